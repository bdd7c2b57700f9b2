"""What is erased by its age: how many rows, and one short DELETE of a few of them.

Each kind's rows are found by an index that begins with its state or its time: a batch costs the same
however long the table is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, Table, and_, delete, func, select, text, true

from entractes_auth.backends.batch import Expendable
from entractes_auth.backends.storage.sqlalchemy.parameters import given, instant
from entractes_auth.backends.storage.sqlalchemy.tables import challenges, events, messages, registrations

__all__ = ["count_rows", "erase_rows"]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where rows are: the column that their age counts from, an order that an index has, what they must be."""

    table: Table
    aged: Column[datetime]
    order: tuple[Column[Any], ...]
    state: ColumnElement[bool]


def count_rows(what: Expendable, before: datetime) -> Executable:
    """How many rows of `what` have served."""
    shelf = _shelf(what)
    served = and_(shelf.state, shelf.aged <= before)
    return select(func.count().label("rows")).select_from(shelf.table).where(served)


@cache
def erase_rows(what: Expendable) -> Executable:
    """Erase up to `at_most` rows of `what`, as old as `before` or older; the first that nobody else holds."""
    shelf = _shelf(what)
    row_id: Column[str] = shelf.table.c.id
    served = and_(shelf.state, shelf.aged <= instant("before"))
    first = (
        select(row_id)
        .where(served)
        .order_by(*shelf.order)
        .limit(given("at_most"))
        .with_for_update(skip_locked=True)
        .cte("first")
    )
    # By their ids alone: what has served stays so, and the guard once more would have SQLite walk by it.
    return delete(shelf.table).where(row_id.in_(select(first.c.id))).returning(row_id)


def _shelf(what: Expendable) -> _Shelf:
    r, c, m, e = registrations.c, challenges.c, messages.c, events.c
    state = what.state
    match what:
        case (
            Expendable.WITHDRAWN_REGISTRATIONS
            | Expendable.EXPIRED_REGISTRATIONS
            | Expendable.REJECTED_REGISTRATIONS
        ):
            without_documents = text("documents = '[]'")
            return _Shelf(
                registrations, r.updated_at, (r.position, r.id), and_(r.state == state, without_documents)
            )
        case Expendable.SENT_MESSAGES | Expendable.WITHDRAWN_MESSAGES | Expendable.DEAD_MESSAGES:
            return _Shelf(messages, m.created_at, (m.created_at, m.id), m.state == state)
        case Expendable.CHALLENGES:
            return _Shelf(challenges, c.expires_at, (c.expires_at,), true())
        case Expendable.EVENTS:
            return _Shelf(events, e.at, (e.at, e.id), true())
