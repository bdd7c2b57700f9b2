"""Rows in bulk: what the store would write for one record, with gaps for what differs from row to row.

A made-up record goes through the store's own row functions once; after that, a row is a copy with some
values replaced. So the columns are the store's, and a million rows take seconds and not hours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Table

__all__ = ["Bulk", "Encode", "Pattern", "Values"]

Values: TypeAlias = tuple[Any, ...]
Encode: TypeAlias = Callable[[datetime], Any]
"""How a database takes an instant."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """Rows for one table, made while they are loaded."""

    table: Table
    columns: tuple[str, ...]
    rows: Iterable[Values]


def _encoded(value: Any, instant: Encode) -> Any:
    """One value as a driver takes it, with nothing of SQLAlchemy's between."""
    match value:
        case datetime():
            return instant(value)
        case dict() | list():
            return json.dumps(value)
        case _:
            return value


class Pattern:
    """A row of `table`, and which of its columns are gaps."""

    def __init__(self, table: Table, row: Mapping[str, Any], gaps: tuple[str, ...], instant: Encode) -> None:
        self.table = table
        self.columns = tuple(row)
        self._row = [_encoded(value, instant) for value in row.values()]
        self.gaps = gaps
        self._places = tuple(self.columns.index(name) for name in gaps)

    def bulk(self, rows: Iterable[Values]) -> Bulk:
        """These rows, for this pattern's table."""
        return Bulk(self.table, self.columns, rows)

    def filled(self, *values: Any) -> Values:
        """The row with these values in its gaps, in the order in which they were named."""
        row = self._row.copy()
        for place, value in zip(self._places, values, strict=True):
            row[place] = value
        return tuple(row)
