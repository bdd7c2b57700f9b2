"""The plans of the port's reading methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import text

from entractes_auth.backends.batch import (
    ENOUGH,
    AccountKey,
    AccountQuery,
    EventQuery,
    Expendable,
    MessageQuery,
    Page,
    RegistrationQuery,
    StoredMessage,
)
from entractes_auth.backends.storage.message_rows import stored_message_from
from entractes_auth.backends.storage.paging import page_of
from entractes_auth.backends.storage.registration_rows import registration_from, unnamed_among
from entractes_auth.backends.storage.rows import (
    Row,
    account_from,
    event_from,
    glance_from,
)
from entractes_auth.backends.storage.sqlalchemy import erasing, queries, tables
from entractes_auth.backends.storage.sqlalchemy.plan import Read
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Glance
from entractes_auth.records.event import Event
from entractes_auth.records.registration import Registration

__all__ = [
    "account",
    "accounts",
    "events",
    "expendable",
    "find_account",
    "fold_wal",
    "free_identifiers",
    "glance",
    "outbox",
    "registration",
    "registrations",
    "unnamed_documents",
]

T = TypeVar("T")


def registration(registration_id: str) -> Read[Registration | None]:
    """See `Store.registration`."""
    return Read(
        queries.one(tables.registrations), _one_or_none(registration_from), {"at_id": registration_id}
    )


def account(account_id: str) -> Read[Account | None]:
    """See `Store.account`."""
    return Read(queries.one(tables.accounts), _one_or_none(account_from), {"at_id": account_id})


def find_account(key: AccountKey) -> Read[Account | None]:
    """See `Store.find_account`."""
    return Read(queries.account_with(key.field), _one_or_none(account_from), {"at_key": key.value})


def free_identifiers(candidates: tuple[str, ...]) -> Read[tuple[str, ...]]:
    """See `Store.free_identifiers`."""
    values = {"candidates": list(candidates), "at_most": ENOUGH}
    return Read(queries.free_identifiers(), lambda rows: tuple(row["value"] for row in rows), values)


def glance(challenge_id: str, now: datetime) -> Read[Glance | None]:
    """See `Store.glance`."""
    return Read(queries.glance(), _one_or_none(glance_from), {"at_id": challenge_id, "now": now})


def registrations(query: RegistrationQuery) -> Read[Page[Registration]]:
    """See `Store.registrations`."""
    return _page(queries.registration_page(query), registration_from, query.limit, "position")


def accounts(query: AccountQuery) -> Read[Page[Account]]:
    """See `Store.accounts`."""
    return _page(queries.account_page(query), account_from, query.limit)


def events(query: EventQuery) -> Read[Page[Event]]:
    """See `Store.events`."""
    return _page(queries.event_page(query), event_from, query.limit, "at")


def outbox(query: MessageQuery) -> Read[Page[StoredMessage]]:
    """See `Store.outbox`."""
    return _page(queries.message_page(query), stored_message_from, query.limit, "created_at")


def expendable(what: Expendable, before: datetime) -> Read[int]:
    """See `Store.expendable`."""
    return Read(erasing.count_rows(what, before), lambda rows: int(rows[0]["rows"]) if rows else 0)


def unnamed_documents(candidates: tuple[str, ...]) -> Read[tuple[str, ...]]:
    """See `Store.unnamed_documents`."""
    return Read(
        queries.named_documents(), lambda rows: unnamed_among(candidates, (row["documents"] for row in rows))
    )


def fold_wal() -> Read[None]:
    """SQLite only: move the write-ahead log into the database and cut it to nothing.

    The log keeps what was erased until it is written over; so does a copy of the files.
    """
    return Read(text("PRAGMA wal_checkpoint(TRUNCATE)"), lambda rows: None)


def _one_or_none(make: Callable[[Row], T]) -> Callable[[Sequence[Row]], T | None]:
    return lambda rows: make(rows[0]) if rows else None


def _page(
    asked: queries.Asked, make: Callable[[Row], T], limit: int, position: str | None = None
) -> Read[Page[T]]:
    statement, values = asked
    return Read(statement, lambda rows: page_of(rows, make, limit, position), values)
