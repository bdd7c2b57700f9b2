"""Every read, as one statement. A page asks for one row more than it shows: is there another page?"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, Executable, Select, Table, literal, or_, select, tuple_

from entractes_auth.backends.batch import (
    AccountQuery,
    EventQuery,
    MessageQuery,
    RegistrationQuery,
)
from entractes_auth.backends.storage.cursors import Cursor, page_size
from entractes_auth.backends.storage.sqlalchemy.instants import Instant
from entractes_auth.backends.storage.sqlalchemy.parameters import given, instant, unsought
from entractes_auth.backends.storage.sqlalchemy.tables import (
    NAMES_DOCUMENTS,
    accounts,
    challenges,
    events,
    messages,
    registrations,
)
from entractes_auth.errors import InvalidInput, Problem

__all__ = [
    "account_page",
    "account_with",
    "event_page",
    "glance",
    "message_page",
    "named_documents",
    "one",
    "registration_page",
    "taken_identifiers",
]

_Rows: TypeAlias = Select[*tuple[Any, ...]]

_ACCOUNT_KEYS: Final = {
    "identifier": accounts.c.identifier,
    "email": accounts.c.email_key,
    "registration_id": accounts.c.registration_id,
}


@cache
def one(table: Table) -> _Rows:
    """The row with the id `at_id`."""
    return select(table).where(table.c.id == given("at_id"))


@cache
def account_with(field: str) -> _Rows:
    """The one account with the key `at_key`; each key has its unique index."""
    column = _ACCOUNT_KEYS.get(field)
    if column is None:
        raise InvalidInput(Problem("field", "unknown_field"))
    return select(accounts).where(column == given("at_key"))


def taken_identifiers(candidates: tuple[str, ...]) -> Executable:
    """Those of the candidates that an account has, in no order."""
    return select(accounts.c.identifier).where(accounts.c.identifier.in_(candidates))


@cache
def glance() -> _Rows:
    """What a page may show of the challenge `at_id`, open at `now`. The nonce and the key's name are not even read."""
    c = challenges.c
    shown = (c.id, c.purpose, c.subject_id, c.binding, c.channel, c.address, c.counter, c.sent_at)
    ends = (c.attempts_left, c.code_expires_at, c.expires_at)
    return select(*shown, *ends).where(
        c.id == given("at_id"), c.ended_at.is_(None), c.expires_at > instant("now")
    )


def registration_page(query: RegistrationQuery) -> Executable:
    """A page of the operators' queue, oldest first."""
    c = registrations.c
    rows: _Rows = select(registrations)
    if query.states:
        # Where a number or an address leads, few rows are left; the states of a queue hold most of the table.
        state = unsought(c.state) if query.number or query.email else c.state
        rows = rows.where(state.in_([each.value for each in query.states]))
    if query.kinds:
        rows = rows.where(c.kind.in_([kind.value for kind in query.kinds]))
    if query.reviewer_id:
        rows = rows.where(c.reviewer_id == query.reviewer_id)
    if query.email:
        rows = rows.where(c.email_key == query.email)
    if query.number:
        number = str(query.number)  # numbers are subclasses of str, which a driver need not know
        rows = rows.where(or_(c.professional_number == number, c.structure_number == number))
    if query.expired_at is not None:
        rows = rows.where(c.expires_at <= query.expired_at)
    if query.unchanged_since is not None:
        rows = rows.where(c.updated_at <= query.unchanged_since)
    if query.with_documents:
        rows = rows.where(NAMES_DOCUMENTS)
    return _keyset(rows, c.position, c.id, query.after, query.limit)


def named_documents() -> Executable:
    """The documents that each registration names, of those that name any."""
    return select(registrations.c.documents).where(NAMES_DOCUMENTS)


def account_page(query: AccountQuery) -> Executable:
    """A page of the accounts that hold a number, by id."""
    c, number = accounts.c, str(query.number)
    rows: _Rows = select(accounts).where(or_(c.professional_number == number, c.structure_number == number))
    if query.after is not None:
        rows = rows.where(c.id > Cursor.decode(query.after).id)
    return rows.order_by(c.id).limit(page_size(query.limit) + 1)


def event_page(query: EventQuery) -> Executable:
    """A page of the audit trail, newest first."""
    rows: _Rows = select(events)
    if query.subject_id:
        rows = rows.where(events.c.subject_id == query.subject_id)
    return _keyset(rows, events.c.at, events.c.id, query.after, query.limit, newest_first=True)


def message_page(query: MessageQuery) -> Executable:
    """A page of the outbox in one state, oldest first. The seeds are not even read."""
    shown = [column for column in messages.c if not column.name.startswith("seed_")]
    rows: _Rows = select(*shown).where(messages.c.state == query.state.value)
    return _keyset(rows, messages.c.created_at, messages.c.id, query.after, query.limit)


def _keyset(
    rows: _Rows,
    position: Column[datetime],
    row_id: Column[str],
    after: str | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> Executable:
    if after is not None:
        last = Cursor.decode(after)
        here, mark = tuple_(position, row_id), tuple_(literal(last.position, Instant()), literal(last.id))
        rows = rows.where(here < mark if newest_first else here > mark)
    order = (position.desc(), row_id.desc()) if newest_first else (position, row_id)
    return rows.order_by(*order).limit(page_size(limit) + 1)
