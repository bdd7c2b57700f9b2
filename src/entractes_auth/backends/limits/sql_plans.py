"""The statements of the budgets' table, and what their rows mean: written once for both colours of `sql`.

A hit is one statement that counts and answers, so no second hit fits between the two. What is
used up already is refused by a read alone: a flood of refused hits costs no write. Who found a hit left
and came too late for it wrote nothing, and reads again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    bindparam,
    case,
    delete,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from entractes_auth.backends.limits.windows import SWEPT_AT_ONCE, Window, foretell
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.instants import Instant
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Step, Write
from entractes_auth.backends.storage.sqlalchemy.tables import budgets
from entractes_auth.policy import Budget

__all__ = ["clear", "hit", "peek", "sweep"]


def hit(dialect: str, name: str, digest: bytes, budget: Budget, now: datetime) -> Write[Granted | None]:
    """Count one hit, and give what it was granted; None if the window had no hit left, and nothing was written."""
    values = {
        "name": name,
        "subject": digest,
        "started_at": now,
        "hits": 1,
        "at_amount": budget.amount,
        **_bounds(budget, now),
    }

    def give(results: Sequence[Sequence[Row]]) -> Granted | None:
        return Granted(budget.amount - _window(results[0][0]).hits) if results[0] else None

    return Write((Step(_count(dialect), values),), give)


def peek(name: str, digest: bytes, budget: Budget, now: datetime) -> Read[Granted | Exceeded]:
    """Foretell what a hit would be told."""
    values = {"at_name": name, "at_subject": digest, **_bounds(budget, now)}

    def give(rows: Sequence[Row]) -> Granted | Exceeded:
        return foretell(_window(rows[0]) if rows else None, budget)

    return Read(_peek(), give, values)


def clear(name: str, digest: bytes) -> Write[None]:
    """Forget one window."""
    return Write((Step(_clear(), {"at_name": name, "at_subject": digest}),), lambda results: None)


def sweep(name: str, budget: Budget, now: datetime) -> Write[None]:
    """Forget some windows of this budget that are over, the oldest first, so that the table stays as large as its use.

    Not all of them: after a flood there may be a million, and sign-ins would wait for the end of it.
    """
    return Write((Step(_sweep(), {"at_name": name, **_bounds(budget, now)}),), lambda results: None)


def _bounds(budget: Budget, now: datetime) -> dict[str, datetime]:
    return {"at_over": now - budget.per, "at_ahead": now + budget.per}


def _window(row: Row) -> Window:
    return Window(row["started_at"], row["hits"])


def _is_over() -> ColumnElement[bool]:
    """`Window.runs`, denied, in SQL."""
    started = budgets.c.started_at
    return or_(started <= _instant("at_over"), started > _instant("at_ahead"))


@cache
def _count(dialect: str) -> Executable:
    """Begin a window, or count in the one that runs, up to `at_amount`; give the window if it was counted."""
    c = budgets.c
    over = _is_over()
    # The only statement that the engines write each in their own way, though with the same words.
    insert = postgresql.insert(budgets) if dialect == "postgresql" else sqlite.insert(budgets)
    return insert.on_conflict_do_update(
        index_elements=[c.name, c.subject],
        set_={
            "hits": case((over, 1), else_=c.hits + 1),
            "started_at": case((over, insert.excluded.started_at), else_=c.started_at),
        },
        where=or_(over, c.hits < bindparam("at_amount")),
    ).returning(c.started_at, c.hits)


@cache
def _peek() -> Executable:
    """The window that runs, if one does: `Window.runs`, in SQL."""
    c = budgets.c
    runs = (c.started_at > _instant("at_over"), c.started_at <= _instant("at_ahead"))
    return select(c.started_at, c.hits).where(
        c.name == bindparam("at_name"), c.subject == bindparam("at_subject"), *runs
    )


@cache
def _clear() -> Executable:
    c = budgets.c
    return delete(budgets).where(c.name == bindparam("at_name"), c.subject == bindparam("at_subject"))


@cache
def _sweep() -> Executable:
    c = budgets.c
    over = (
        select(c.name, c.subject)
        .where(c.name == bindparam("at_name"), c.started_at <= _instant("at_over"))
        .order_by(c.started_at)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)  # where the engine has it: sweeps side by side do not wait
    )
    return delete(budgets).where(tuple_(c.name, c.subject).in_(over))


def _instant(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Instant())
