"""What a method of the port does, as a value: statements in order, and what their rows mean.

The sync and the async store only execute plans. So the order of a commit's guards, and what
zero rows mean, are written once, in `reads` and `writes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Executable

from entractes_auth.backends.storage.rows import Row
from entractes_auth.errors import StoreError

__all__ = ["Read", "Step", "Values", "Write"]

T = TypeVar("T")
Values: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""By the parameters' names: of one row, or of each of several; a tuple is a list for `IN`."""


@dataclass(frozen=True, slots=True, repr=False)
class Read(Generic[T]):
    """One statement that changes nothing, its values, and what its rows are."""

    statement: Executable
    give: Callable[[Sequence[Row]], T]
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One statement with its values. A guarded one raises `lost` when no row comes back, or is followed by
    the step that is to be run `otherwise`."""

    statement: Executable
    values: Values
    lost: type[StoreError] | None = None
    otherwise: Step | None = None

    def judge(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that came back; raises `lost`."""
        if self.lost is not None and not rows:
            raise self.lost
        return rows


@dataclass(frozen=True, slots=True, repr=False)
class Write(Generic[T]):
    """The steps of one transaction, in order; `give` makes the answer of the rows of each of them."""

    steps: tuple[Step, ...]
    give: Callable[[Sequence[Sequence[Row]]], T]
