"""Rows of a CSV file with quotes: one row may have several lines, so that it is read by one process.

A line without any quote is split as everywhere else; what the csv module would make of it is the same.
Only a row that holds a quote goes through the csv module, with the lines that it needs. When that
fails (a quote is opened and never closed), the row's first line alone is reported: the lines behind it are
read as if it had not been there, so that one stray quote does not swallow a file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from typing_extensions import override

from entractes_auth.cli.checking.blocks import BAD_BYTE, TOO_LONG, count_unreadable, judge, width_problem
from entractes_auth.cli.checking.plan import Outcome, Plan
from entractes_auth.cli.checking.sources import LONGEST_LINE
from entractes_auth.cli.console import CannotRun

__all__ = ["check_quoted"]

_ROWS_AT_ONCE: Final = 500
_BROKEN: Final = "quotes/broken"
# Bytes that may be read again in any file, and how many for each that was read.
_FREE: Final = 16 * LONGEST_LINE
_FACTOR: Final = 8


class _Lines(Iterator[str]):
    """The physical lines, decoded; `taken` are those of the row at hand, with their numbers from 0."""

    def __init__(self, blocks: Iterable[bytes | None], encoding: str) -> None:
        self._fresh = enumerate(_physical(blocks))
        self._again: deque[tuple[int, bytes]] = deque()
        self._encoding = encoding
        self.taken: list[tuple[int, bytes]] = []
        self.too_long: list[int] = []
        self.bad_byte = False
        self.beyond_end = False
        self.position = 0
        self._size = 0  # of the lines in `taken`
        self._read_once = 0
        self._read_again = 0

    @override
    def __next__(self) -> str:
        number, raw = self._again.popleft() if self._again else self._next_fresh()
        self._size += len(raw)
        if self.taken and self._size > LONGEST_LINE:
            self._again.appendleft((number, raw))
            raise csv.Error("a row is no longer than a line may be")
        self.position = number + 1
        self.taken.append((number, raw))
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError:
            self.bad_byte = True
            return raw.decode(self._encoding, "surrogateescape")

    def begin_row(self) -> None:
        """Forget the row before."""
        self.taken = []
        self._size = 0
        self.too_long = []
        self.bad_byte = False

    def keep_first_only(self) -> None:
        """The lines behind the first one are read again.

        In all not much more often than there are lines: a file whose every line opens a quote that none
        closes would take hours. Raises `CannotRun` for such a file.
        """
        first, *behind = self.taken
        self._read_again += sum(len(raw) for _, raw in behind)
        if self._read_again > _FREE + _FACTOR * self._read_once:
            raise CannotRun(
                "too many quotes are not closed: give --no-quotes, or another --delimiter",
                "trop de guillemets ne sont pas fermés : donnez --no-quotes, ou un autre --delimiter",
            )
        self._again.extendleft(reversed(behind))
        self.taken = [first]
        self.position = first[0] + 1
        self.bad_byte = self.beyond_end = False

    def raw(self) -> bytes:
        """The row as it stands in the file, without its line end."""
        return b"".join(raw for _, raw in self.taken).removesuffix(b"\n").removesuffix(b"\r")

    def _next_fresh(self) -> tuple[int, bytes]:
        for number, raw in self._fresh:
            if raw is not None:
                self._read_once += len(raw)
                return number, raw
            self.too_long.append(number)
            self.position = number + 1
        self.beyond_end = True
        raise StopIteration


def check_quoted(plan: Plan, blocks: Iterable[bytes | None]) -> Iterator[tuple[int, Outcome]]:
    """Size in bytes and findings, some hundreds of rows at a time."""
    lines = _Lines(blocks, plan.encoding)
    while not lines.beyond_end:
        start = lines.position
        outcome = Outcome.empty(plan)
        size = _some_rows(plan, lines, start, outcome)
        outcome.lines = lines.position - start
        yield size, outcome


def _some_rows(plan: Plan, lines: _Lines, start: int, outcome: Outcome) -> int:
    """Judge the next rows; returns how many bytes they had."""
    rows: list[list[str]] = []
    places: list[tuple[int, bytes]] = []
    size = 0
    for _ in range(_ROWS_AT_ONCE):
        lines.begin_row()
        row = _next_row(plan, lines)
        for number in lines.too_long:
            count_unreadable(plan, outcome, TOO_LONG, number - start, b"")
        if row is None:
            break
        line, raw = lines.taken[0][0] - start, lines.raw()
        size += sum(len(part) for _, part in lines.taken)
        if not raw:
            outcome.blank += 1
            continue
        problem = BAD_BYTE if lines.bad_byte else row if isinstance(row, str) else width_problem(plan, row)
        if problem is not None:
            count_unreadable(plan, outcome, problem, line, raw)
        elif not isinstance(row, str):
            rows.append(row)
            places.append((line, raw))
    judge(
        plan,
        len(rows),
        lambda index: [row[index].encode(plan.encoding) for row in rows],
        places.__getitem__,
        outcome,
    )
    outcome.kept.sort(key=lambda bad: bad.line)
    return size


def _next_row(plan: Plan, lines: _Lines) -> list[str] | str | None:
    """The cells; or what is wrong with the quotes; or None at the end."""
    first = next(lines, None)
    if first is None:
        return None
    if '"' not in first:
        return first.removesuffix("\n").removesuffix("\r").split(plan.delimiter)
    try:
        row = next(csv.reader(chain([first], lines), delimiter=plan.delimiter))
    except csv.Error:
        lines.keep_first_only()
        return _BROKEN
    if lines.beyond_end:  # it asked for a line behind the last one: the quote was never closed
        lines.keep_first_only()
        return _BROKEN
    return row


def _physical(blocks: Iterable[bytes | None]) -> Iterator[bytes | None]:
    for block in blocks:
        if block is None:
            yield None
        else:
            yield from io.BytesIO(block)
