"""`AsyncSqlStore`: the storage port on a SQL database, for asyncio. `store` is its twin."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from entractes_auth.backends.batch import (
    AccountKey,
    AccountQuery,
    Batch,
    Committed,
    EventQuery,
    Expendable,
    MessageQuery,
    Page,
    Purged,
    RegistrationQuery,
    Settlement,
    StoredMessage,
)
from entractes_auth.backends.storage.purging import in_all, may_leave_more
from entractes_auth.backends.storage.sqlalchemy import reads, writes
from entractes_auth.backends.storage.sqlalchemy.async_database import AsyncDatabase
from entractes_auth.backends.storage.sqlalchemy.engine import BUSY_TIMEOUT, CONNECTIONS
from entractes_auth.errors import StoreUnavailable
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["AsyncSqlStore"]


class AsyncSqlStore:
    """An `AsyncStore` on a SQL database, for asyncio (not trio); safe beside other processes on it.

    It holds its own short transactions, on its own connections: what the host rolls back does
    not give attempts back. Use it in one event loop, and `close` it there. For forks, see `SqlStore`.
    """

    def __init__(
        self,
        source: str | URL | AsyncEngine,
        *,
        busy_timeout: timedelta = BUSY_TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:
        """Take a URL or an engine: `sqlite+aiosqlite:////srv/app/auth.db`, `postgresql+psycopg://app@db/auth`.

        Nothing is opened yet. `busy_timeout` is how long to wait for what another one holds:
        SQLite's lock, or PostgreSQL's answer to a statement that writes; after it comes
        `StoreUnavailable`. At most so many `connections` to PostgreSQL are opened.

        Of a SQLite engine only the URL is used. A PostgreSQL engine lends its connections, and
        the store never closes them; `connections` says nothing then.

        Raises:
            ConfigurationError: the URL cannot be used; the text says why.
        """
        self.database = AsyncDatabase(source, busy_timeout, connections)

    async def upgrade(self) -> None:
        """Create the database, or bring it up to this release. Every process may call it at every start.

        It leaves no connection open: a server may fork its workers after it. A database that a
        later release has upgraded is left as it is.

        Raises:
            ConfigurationError: that later release has left this one behind.
            StoreUnavailable: the directory is missing, the file cannot be written, the server
                cannot be reached, or a table that must be altered was in use for too long.
        """
        await self.database.upgrade()

    async def check(self) -> None:
        """Check that this release works on the schema. It leaves no connection open, as `upgrade` does.

        Raises:
            ConfigurationError: it does not; the text says what to call.
            StoreUnavailable: the database cannot be read.
        """
        (await self.database.schema()).require_served()

    async def close(self) -> None:
        """Give all connections back. A store that is used again opens new ones."""
        await self.database.close()

    async def registration(self, registration_id: str) -> Registration | None:
        """See `AsyncStore.registration`."""
        return await self.database.read(reads.registration(registration_id))

    async def account(self, account_id: str) -> Account | None:
        """See `AsyncStore.account`."""
        return await self.database.read(reads.account(account_id))

    async def find_account(self, key: AccountKey) -> Account | None:
        """See `AsyncStore.find_account`."""
        return await self.database.read(reads.find_account(key))

    async def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `AsyncStore.free_identifiers`."""
        return await self.database.read(reads.free_identifiers(candidates))

    async def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `AsyncStore.registrations`."""
        return await self.database.read(reads.registrations(query))

    async def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `AsyncStore.accounts`."""
        return await self.database.read(reads.accounts(query))

    async def events(self, query: EventQuery) -> Page[Event]:
        """See `AsyncStore.events`."""
        return await self.database.read(reads.events(query))

    async def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `AsyncStore.outbox`."""
        return await self.database.read(reads.outbox(query))

    async def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `AsyncStore.glance`."""
        return await self.database.read(reads.glance(challenge_id, now))

    async def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `AsyncStore.spend`."""
        return await self.database.write(writes.spend(challenge_id, now))

    async def commit(self, batch: Batch) -> Committed:
        """See `AsyncStore.commit`."""
        return await self.database.write(writes.commit(batch))

    async def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `AsyncStore.lease`."""
        return await self.database.write(writes.lease(now, until, limit, only, secrets.token_hex(16)))

    async def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `AsyncStore.settle`."""
        await self.database.write(writes.settle(settlements))

    async def purge(self, now: datetime) -> Purged:
        """See `AsyncStore.purge`. On SQLite it empties the write-ahead log, which kept what was erased."""
        parts = [await self.database.write(writes.purge(now))]
        while may_leave_more(parts[-1]):
            parts.append(await self.database.write(writes.purge(now)))
        if self.database.engines.file is not None:
            # Nonces and seeds are erased already; a log that cannot be emptied now is emptied next time.
            with suppress(StoreUnavailable):
                await self.database.read(reads.fold_wal())
        return in_all(parts)

    async def expendable(self, what: Expendable, before: datetime) -> int:
        """See `AsyncStore.expendable`."""
        return await self.database.read(reads.expendable(what, before))

    async def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `AsyncStore.erase`."""
        return await self.database.write(writes.erase(what, before, limit))

    async def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `AsyncStore.unnamed_documents`."""
        return await self.database.read(reads.unnamed_documents(candidates)) if candidates else ()
