"""The rows that a query of `limit + 1` gave, as a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from entractes_auth.backends.batch import Page
from entractes_auth.backends.storage.cursors import EPOCH, Cursor
from entractes_auth.backends.storage.rows import Row

__all__ = ["page_of"]

T = TypeVar("T")


def page_of(
    rows: Sequence[Row], make: Callable[[Row], T], limit: int, position: str | None = None
) -> Page[T]:
    """The rows that were asked for, and the cursor of the last where one more came.

    `position` is the column that they are ordered by, before their ids.
    """
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(tuple(map(make, shown)), None)
    at = EPOCH if position is None else shown[-1][position]
    return Page(tuple(map(make, shown)), Cursor(at, shown[-1]["id"]).encode())
