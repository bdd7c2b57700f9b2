"""Budgets counted in a table beside the SQL store's: every process on the database shares them.

A hit is one statement that counts and answers, so no second hit fits between the two. What is
used up already is refused by a read alone: a flood of refused hits costs no write.

The subjects (phones, addresses, networks) are kept as a MAC: the table has no personal data,
and without the key nobody can try out which phone a row is about. A new active key begins new
windows, once: an accepted weakness of rotation.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import URL, BindParameter, Engine, Executable, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.sqlalchemy.database import Database
from entractes_auth.backends.storage.sqlalchemy.engine import BUSY_TIMEOUT
from entractes_auth.backends.storage.sqlalchemy.instants import Instant
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Step, Write
from entractes_auth.backends.storage.sqlalchemy.rows import Row
from entractes_auth.backends.storage.sqlalchemy.store import SqlStore
from entractes_auth.backends.storage.sqlalchemy.tables import budgets
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["SqlLimits"]

_PURPOSE: Final = "limit-subject"
_HITS_BETWEEN_SWEEPS: Final = 256


class SqlLimits:
    """A `Limits` on a SQL database; thread-safe, and shared by processes. Raises `StoreUnavailable` as the store does.

    The table comes with the store's schema: `SqlStore.upgrade` creates it.
    """

    def __init__(
        self,
        source: SqlStore | str | URL | Engine,
        keys: Keyring,
        *,
        busy_timeout: timedelta = BUSY_TIMEOUT,
    ) -> None:
        """Share a store's connections, or open one's own; `busy_timeout` is for the latter."""
        self._database = source.database if isinstance(source, SqlStore) else Database(source, busy_timeout)
        self._keys = keys
        self._count = itertools.count(1)

    def close(self) -> None:
        """Give all connections back, a shared store's too; they are opened again when needed."""
        self._database.close()

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        known = self.peek(name, subject, budget, now)
        if isinstance(known, Exceeded):
            return known
        dialect = self._database.engines.writer.dialect.name
        values = {
            "name": name,
            "subject": self._digest(name, subject),
            "started_at": now,
            "hits": 1,
            "at_over": now - budget.per,
            "at_amount": budget.amount,
        }
        answer = self._database.write(
            Write((Step(_count_hit(dialect), values),), lambda results: _judge(results[0], budget))
        )
        if next(self._count) % _HITS_BETWEEN_SWEEPS == 0:
            self._sweep(name, now - budget.per)
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        digest = self._digest(name, subject)
        return self._database.read(
            Read(_window(name, digest, now - budget.per), lambda rows: _foretell(rows, budget))
        )

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        values = {"at_name": name, "at_subject": self._digest(name, subject)}
        self._database.write(Write((Step(_clear(), values),), lambda results: None))

    def _digest(self, name: str, subject: str) -> bytes:
        # Any text that JSON can bring must count, half a surrogate pair too: it must not be an error.
        parts = (name.encode(), subject.encode(errors="surrogatepass"))
        return self._keys.mac(self._keys.active, _PURPOSE, *parts)

    def _sweep(self, name: str, over_at: datetime) -> None:
        """Forget the windows of this budget that are over, so that the table stays as large as its use."""
        values = {"at_name": name, "at_over": over_at}
        self._database.write(Write((Step(_forget(), values),), lambda results: None))


def _judge(rows: Sequence[Row], budget: Budget) -> Granted | Exceeded:
    """The row after the hit: a hit too many stands at one above the amount, and goes no further."""
    hits: int = rows[0]["hits"]
    if hits > budget.amount:
        return Exceeded(rows[0]["started_at"] + budget.per)
    return Granted(budget.amount - hits)


def _foretell(rows: Sequence[Row], budget: Budget) -> Granted | Exceeded:
    hits: int = rows[0]["hits"] if rows else 0
    if hits >= budget.amount:
        return Exceeded(rows[0]["started_at"] + budget.per)
    return Granted(budget.amount - hits - 1)


@cache
def _count_hit(dialect: str) -> Executable:
    """Begin a window, or count in the one that runs, up to one above `at_amount`; give the window."""
    c = budgets.c
    over = c.started_at <= _instant("at_over")
    amount: BindParameter[int] = bindparam("at_amount")
    # The only statement that the engines write each in their own way, though with the same words.
    insert = postgresql.insert(budgets) if dialect == "postgresql" else sqlite.insert(budgets)
    return insert.on_conflict_do_update(
        index_elements=[c.name, c.subject],
        set_={
            "hits": case((over, 1), (c.hits <= amount, c.hits + 1), else_=c.hits),
            "started_at": case((over, insert.excluded.started_at), else_=c.started_at),
        },
    ).returning(c.started_at, c.hits)


def _window(name: str, digest: bytes, over_at: datetime) -> Executable:
    c = budgets.c
    return select(c.started_at, c.hits).where(c.name == name, c.subject == digest, c.started_at > over_at)


@cache
def _clear() -> Executable:
    c = budgets.c
    return delete(budgets).where(c.name == bindparam("at_name"), c.subject == bindparam("at_subject"))


@cache
def _forget() -> Executable:
    c = budgets.c
    return delete(budgets).where(c.name == bindparam("at_name"), c.started_at <= _instant("at_over"))


def _instant(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Instant())
