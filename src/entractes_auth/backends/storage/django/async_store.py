"""`AsyncDjangoStore`: the same store for `AsyncAuth` on asyncio, in the threads that Django looks after.

Each call goes through asgiref's `sync_to_async`, as Django's own async queries do. Under Django's
ASGI handler all calls of one request then run in that request's thread, on one connection, which
Django closes (or gives back to its pool) when the request ends. In Django's async tests they run in
the test's own thread, and see what its transaction wrote. Elsewhere in a process they share one
thread and one connection.

A `DjangoStore` given to `AsyncAuth` is correct as well, but runs in worker threads that Django does
not know: each keeps a connection of its own until the thread ends.
"""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import sync_to_async

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
from entractes_auth.backends.storage.django.store import DjangoStore
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["AsyncDjangoStore"]


class AsyncDjangoStore:
    """An `AsyncStore` on a database of `DATABASES`. See `DjangoStore`, which does the work."""

    def __init__(self, using: str = "default") -> None:
        """See `DjangoStore`; raises `ConfigurationError` as it does."""
        self.sync = DjangoStore(using)

    async def registration(self, registration_id: str) -> Registration | None:
        """See `Store.registration`."""
        return await sync_to_async(self.sync.registration)(registration_id)

    async def account(self, account_id: str) -> Account | None:
        """See `Store.account`."""
        return await sync_to_async(self.sync.account)(account_id)

    async def find_account(self, key: AccountKey) -> Account | None:
        """See `Store.find_account`."""
        return await sync_to_async(self.sync.find_account)(key)

    async def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.free_identifiers`."""
        return await sync_to_async(self.sync.free_identifiers)(candidates)

    async def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        return await sync_to_async(self.sync.registrations)(query)

    async def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        return await sync_to_async(self.sync.accounts)(query)

    async def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        return await sync_to_async(self.sync.events)(query)

    async def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        return await sync_to_async(self.sync.outbox)(query)

    async def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        return await sync_to_async(self.sync.glance)(challenge_id, now)

    async def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        return await sync_to_async(self.sync.spend)(challenge_id, now)

    async def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        return await sync_to_async(self.sync.commit)(batch)

    async def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `Store.lease`."""
        return await sync_to_async(self.sync.lease)(now, until, limit, only)

    async def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        await sync_to_async(self.sync.settle)(settlements)

    async def purge(self, now: datetime) -> Purged:
        """See `Store.purge`."""
        return await sync_to_async(self.sync.purge)(now)

    async def expendable(self, what: Expendable, before: datetime) -> int:
        """See `Store.expendable`."""
        return await sync_to_async(self.sync.expendable)(what, before)

    async def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `Store.erase`."""
        return await sync_to_async(self.sync.erase)(what, before, limit)

    async def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.unnamed_documents`."""
        return await sync_to_async(self.sync.unnamed_documents)(candidates)
