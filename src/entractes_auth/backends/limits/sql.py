"""Budgets counted in a table beside the SQL store's: every process on the database shares them.

The subjects (phones, addresses, networks) are kept as a MAC: the table has no personal data,
and without the key nobody can try out which phone a row is about.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import URL, Engine

from entractes_auth.backends.limits import sql_plans
from entractes_auth.backends.limits.windows import subject_mac, sweeps
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.sqlalchemy.engine import BUSY_TIMEOUT
from entractes_auth.backends.storage.sqlalchemy.store import SqlStore
from entractes_auth.errors import StoreError
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["SqlLimits"]


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
        store = source if isinstance(source, SqlStore) else SqlStore(source, busy_timeout=busy_timeout)
        self._database = store.database
        self._keys = keys

    def close(self) -> None:
        """Give all connections back, a shared store's too; they are opened again when needed."""
        self._database.close()

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        digest = subject_mac(self._keys, name, subject)
        dialect = self._database.engines.writer.dialect.name
        answer = None
        while answer is None:
            known = self._database.read(sql_plans.peek(name, digest, budget, now))
            if isinstance(known, Exceeded):
                return known
            answer = self._database.write(sql_plans.hit(dialect, name, digest, budget, now))
        if sweeps(digest, answer, budget):
            # The hit is counted; what cannot be swept now is swept later.
            with suppress(StoreError):
                self._database.write(sql_plans.sweep(name, budget, now))
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        digest = subject_mac(self._keys, name, subject)
        return self._database.read(sql_plans.peek(name, digest, budget, now))

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        self._database.write(sql_plans.clear(name, subject_mac(self._keys, name, subject)))
