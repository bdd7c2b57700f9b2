"""`DjangoStore`: the storage port on one of the host's Django databases, sync."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.core.checks import ERROR

from entractes_auth.backends.batch import (
    ENOUGH,
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
from entractes_auth.backends.storage.django import erasing, models, queries, writes
from entractes_auth.backends.storage.django.checks import mistakes
from entractes_auth.backends.storage.django.database import Database
from entractes_auth.backends.storage.message_rows import stored_message_from
from entractes_auth.backends.storage.paging import page_of
from entractes_auth.backends.storage.purging import in_all, may_leave_more
from entractes_auth.backends.storage.registration_rows import registration_from, unnamed_among
from entractes_auth.backends.storage.rows import Row, account_from, event_from, glance_from
from entractes_auth.errors import ConfigurationError
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["DjangoStore"]

T = TypeVar("T")


class DjangoStore:
    """A `Store` on a database of `DATABASES`; thread-safe, since Django has a connection for each thread.

    It writes in short transactions of its own, and refuses to where the host has one open
    (`ConfigurationError`): what the host rolls back must not give attempts back. `database` is for
    `DjangoLimits`, which counts in the same way.

    For `AsyncAuth` take `AsyncDjangoStore`, which runs where Django looks after connections.
    """

    def __init__(self, using: str = "default") -> None:
        """Take the alias. Nothing is opened yet.

        Raises:
            ConfigurationError: the settings of the alias cannot work; the text says how to mend them.
        """
        wrong = [mistake for mistake in mistakes(using) if mistake.level >= ERROR]
        if wrong:
            raise ConfigurationError("; ".join(f"{each.msg} (mend: {each.hint})" for each in wrong))
        self.using = using
        self.database = Database(using)

    def registration(self, registration_id: str) -> Registration | None:
        """See `Store.registration`."""
        return self._one(queries.one(self.using, models.Registration, registration_id), registration_from)

    def account(self, account_id: str) -> Account | None:
        """See `Store.account`."""
        return self._one(queries.one(self.using, models.Account, account_id), account_from)

    def find_account(self, key: AccountKey) -> Account | None:
        """See `Store.find_account`."""
        return self._one(queries.account_with(self.using, key), account_from)

    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.free_identifiers`."""
        rows = self._rows(queries.taken_identifiers(self.using, candidates))
        taken = {row["identifier"] for row in rows}
        return tuple(each for each in candidates if each not in taken)[:ENOUGH]

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        rows = self._rows(queries.registration_page(self.using, query))
        return page_of(rows, registration_from, query.limit, "position")

    def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        return page_of(self._rows(queries.account_page(self.using, query)), account_from, query.limit)

    def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        return page_of(self._rows(queries.event_page(self.using, query)), event_from, query.limit, "at")

    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        rows = self._rows(queries.message_page(self.using, query))
        return page_of(rows, stored_message_from, query.limit, "created_at")

    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        return self._one(queries.glance(self.using, challenge_id, now), glance_from)

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        return self.database.write(lambda: writes.spend(self.using, challenge_id, now))

    def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        return self.database.write(lambda: writes.commit(self.using, batch))

    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `Store.lease`."""
        token = secrets.token_hex(16)
        return self.database.write(lambda: writes.lease(self.using, now, until, limit, only, token))

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        self.database.write(lambda: writes.settle(self.using, settlements))

    def purge(self, now: datetime) -> Purged:
        """See `Store.purge`. On SQLite it empties the write-ahead log, which kept what was erased."""
        parts = [self.database.write(lambda: writes.purge(self.using, now))]
        while may_leave_more(parts[-1]):
            parts.append(self.database.write(lambda: writes.purge(self.using, now)))
        self.database.fold_wal()
        return in_all(parts)

    def expendable(self, what: Expendable, before: datetime) -> int:
        """See `Store.expendable`."""
        return self.database.read(erasing.served(self.using, what, before).count, 0)

    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `Store.erase`."""
        return self.database.write(lambda: erasing.erase(self.using, what, before, limit))

    def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.unnamed_documents`."""
        rows = self._rows(queries.named_documents(self.using)) if candidates else ()
        return unnamed_among(candidates, (row["documents"] for row in rows))

    def _rows(self, query: queries.Rows) -> Sequence[Row]:
        nothing: Sequence[Row] = ()
        return self.database.read(lambda: list(query.all()), nothing)

    def _one(self, query: queries.Rows, make: Callable[[Row], T]) -> T | None:
        rows = self._rows(query)
        return make(rows[0]) if rows else None
