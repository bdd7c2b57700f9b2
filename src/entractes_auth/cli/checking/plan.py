"""What is to be checked, and what was found: the two values that processes exchange."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

__all__ = ["BadRow", "Column", "ColumnCount", "Outcome", "Plan", "Problem"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column to check. `type_index`: of the column that says, row by row, which kind it is."""

    index: int
    name: str
    kind: str
    type_index: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How the file is written, which of its columns are checked, and what is kept.

    `width`: columns of the header, without the empty one behind a trailing delimiter.
    `quoting`: whether a quote opens a quoted field, as in CSV. `required`: an empty cell is invalid.
    `keep`: whether invalid rows are handed back, or only counted.
    """

    delimiter: str
    encoding: str
    width: int
    quoting: bool
    columns: tuple[Column, ...]
    required: bool
    keep: bool


Problem: TypeAlias = tuple[int | None, str]
"""(place in `Plan.columns`, "code/detail"); None for what is wrong with the row as a whole."""


class BadRow(NamedTuple):
    """An invalid row. `line`: its first line, from 0 in its piece. `raw`: as it stands, without line end."""

    line: int
    problems: tuple[Problem, ...]
    raw: bytes


@dataclass(slots=True)
class ColumnCount:
    """How many cells of one column are valid, empty, or refused by "code/detail"."""

    valid: int = 0
    empty: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])


@dataclass(slots=True)
class Outcome:
    """What was found in one piece, or, added up, in the whole file. Counts but for `kept`."""

    columns: list[ColumnCount]
    lines: int = 0
    rows: int = 0
    blank: int = 0
    invalid: int = 0
    unreadable: Counter[str] = field(default_factory=Counter[str])
    kept: list[BadRow] = field(default_factory=list[BadRow])

    @classmethod
    def empty(cls, plan: Plan) -> Outcome:
        """Nothing found yet."""
        return cls([ColumnCount() for _ in plan.columns])

    def add(self, other: Outcome) -> None:
        """Add the counts of the piece that follows; its kept rows are written, not added up."""
        self.lines += other.lines
        self.rows += other.rows
        self.blank += other.blank
        self.invalid += other.invalid
        self.unreadable += other.unreadable
        for ours, theirs in zip(self.columns, other.columns, strict=True):
            ours.valid += theirs.valid
            ours.empty += theirs.empty
            ours.refused += theirs.refused
