"""`AsyncSqlLimits`: budgets in a table beside the SQL store's, for asyncio. `sql` is its twin."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from entractes_auth.backends.limits import sql_plans
from entractes_auth.backends.limits.windows import subject_mac, sweeps
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.sqlalchemy.async_store import AsyncSqlStore
from entractes_auth.backends.storage.sqlalchemy.engine import BUSY_TIMEOUT
from entractes_auth.errors import StoreError
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["AsyncSqlLimits"]


class AsyncSqlLimits:
    """An `AsyncLimits` on a SQL database, for asyncio (not trio). Shares its counters with `SqlLimits`.

    Use it in one event loop, and `close` it there.
    """

    def __init__(
        self,
        source: AsyncSqlStore | str | URL | AsyncEngine,
        keys: Keyring,
        *,
        busy_timeout: timedelta = BUSY_TIMEOUT,
    ) -> None:
        """See `SqlLimits`."""
        store = (
            source if isinstance(source, AsyncSqlStore) else AsyncSqlStore(source, busy_timeout=busy_timeout)
        )
        self._database = store.database
        self._keys = keys

    async def close(self) -> None:
        """See `SqlLimits.close`."""
        await self._database.close()

    async def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        digest = subject_mac(self._keys, name, subject)
        dialect = self._database.engines.writer.dialect.name
        answer = None
        while answer is None:
            known = await self._database.read(sql_plans.peek(name, digest, budget, now))
            if isinstance(known, Exceeded):
                return known
            answer = await self._database.write(sql_plans.hit(dialect, name, digest, budget, now))
        if sweeps(digest, answer, budget):
            # The hit is counted; what cannot be swept now is swept later.
            with suppress(StoreError):
                await self._database.write(sql_plans.sweep(name, budget, now))
        return answer

    async def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        digest = subject_mac(self._keys, name, subject)
        return await self._database.read(sql_plans.peek(name, digest, budget, now))

    async def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        await self._database.write(sql_plans.clear(name, subject_mac(self._keys, name, subject)))
