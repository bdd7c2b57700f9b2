"""`SqlStore`: the storage port on a SQL database, sync. `async_store` is its twin."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import URL, Engine

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
from entractes_auth.backends.storage.sqlalchemy.database import Database
from entractes_auth.backends.storage.sqlalchemy.engine import BUSY_TIMEOUT, CONNECTIONS
from entractes_auth.errors import StoreUnavailable
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["SqlStore"]


class SqlStore:
    """A `Store` on a SQL database; thread-safe, and safe beside other processes on the same database.

    It holds its own short transactions, on its own connections: what the host rolls back does
    not give attempts back. `database` is for `SqlLimits`, which shares the connections.

    On SQLite, a process that forks must `close` it before: in a child of a process that had the
    database open, every method raises `ConfigurationError`.
    """

    def __init__(
        self,
        source: str | URL | Engine,
        *,
        busy_timeout: timedelta = BUSY_TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:
        """Take a URL or an engine: `sqlite:////srv/app/auth.db`, `postgresql+psycopg://app@db/auth`.

        Nothing is opened yet. `busy_timeout` is how long to wait for what another one holds:
        SQLite's lock, or PostgreSQL's answer to a statement that writes; after it comes
        `StoreUnavailable`. At most so many `connections` to PostgreSQL are opened.

        Of a SQLite engine only the URL is used. A PostgreSQL engine lends its connections, and
        the store never closes them; `connections` says nothing then.

        Raises:
            ConfigurationError: the URL cannot be used; the text says why.
        """
        self.database = Database(source, busy_timeout, connections)

    def upgrade(self) -> None:
        """Create the database, or bring it up to this release. Every process may call it at every start.

        It leaves no connection open: a server may fork its workers after it. A database that a
        later release has upgraded is left as it is.

        Raises:
            ConfigurationError: that later release has left this one behind.
            StoreUnavailable: the directory is missing, the file cannot be written, the server
                cannot be reached, or a table that must be altered was in use for too long.
        """
        self.database.upgrade()

    def check(self) -> None:
        """Check that this release works on the schema. It leaves no connection open, as `upgrade` does.

        Raises:
            ConfigurationError: it does not; the text says what to call.
            StoreUnavailable: the database cannot be read.
        """
        self.database.schema().require_served()

    def close(self) -> None:
        """Give all connections back. A store that is used again opens new ones."""
        self.database.close()

    def registration(self, registration_id: str) -> Registration | None:
        """See `Store.registration`."""
        return self.database.read(reads.registration(registration_id))

    def account(self, account_id: str) -> Account | None:
        """See `Store.account`."""
        return self.database.read(reads.account(account_id))

    def find_account(self, key: AccountKey) -> Account | None:
        """See `Store.find_account`."""
        return self.database.read(reads.find_account(key))

    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.free_identifiers`."""
        return self.database.read(reads.free_identifiers(candidates))

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        return self.database.read(reads.registrations(query))

    def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        return self.database.read(reads.accounts(query))

    def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        return self.database.read(reads.events(query))

    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        return self.database.read(reads.outbox(query))

    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        return self.database.read(reads.glance(challenge_id, now))

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        return self.database.write(writes.spend(challenge_id, now))

    def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        return self.database.write(writes.commit(batch))

    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `Store.lease`."""
        return self.database.write(writes.lease(now, until, limit, only, secrets.token_hex(16)))

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        self.database.write(writes.settle(settlements))

    def purge(self, now: datetime) -> Purged:
        """See `Store.purge`. On SQLite it empties the write-ahead log, which kept what was erased."""
        parts = [self.database.write(writes.purge(now))]
        while may_leave_more(parts[-1]):
            parts.append(self.database.write(writes.purge(now)))
        if self.database.engines.file is not None:
            # Nonces and seeds are erased already; a log that cannot be emptied now is emptied next time.
            with suppress(StoreUnavailable):
                self.database.read(reads.fold_wal())
        return in_all(parts)

    def expendable(self, what: Expendable, before: datetime) -> int:
        """See `Store.expendable`."""
        return self.database.read(reads.expendable(what, before))

    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `Store.erase`."""
        return self.database.write(writes.erase(what, before, limit))

    def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.unnamed_documents`."""
        return self.database.read(reads.unnamed_documents(candidates)) if candidates else ()
