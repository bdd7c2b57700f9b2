"""Every read, as one statement. A page asks for one row more than it shows: is there another page?

Statements are built once for each shape: which filters there are, and whether it is a first page.
Their values come when they run, and a page's values are made by the function of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Select,
    String,
    Table,
    bindparam,
    or_,
    select,
    tuple_,
    union_all,
)

from entractes_auth.backends.batch import (
    AccountQuery,
    EventQuery,
    MessageQuery,
    RegistrationQuery,
)
from entractes_auth.backends.storage.cursors import Cursor, page_size
from entractes_auth.backends.storage.sqlalchemy.parameters import any_of, each_of, given, instant, unsought
from entractes_auth.backends.storage.sqlalchemy.tables import (
    NAMES_DOCUMENTS,
    accounts,
    challenges,
    events,
    messages,
    registrations,
)
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.records.kinds import State

__all__ = [
    "Asked",
    "account_page",
    "account_with",
    "event_page",
    "free_identifiers",
    "glance",
    "message_page",
    "named_documents",
    "one",
    "registration_page",
]

_Rows: TypeAlias = Select[*tuple[Any, ...]]
Asked: TypeAlias = tuple[Executable, Mapping[str, Any]]
"""A statement and its values."""

_ACCOUNT_KEYS: Final = {
    "identifier": accounts.c.identifier,
    "email": accounts.c.email_key,
    "registration_id": accounts.c.registration_id,
}
# Few registrations fulfil one of these, and an index leads to them. A state may be most of the table's.
_LEADING: Final = frozenset({"number", "email", "reviewer_id", "expired_at"})


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


@cache
def free_identifiers() -> _Rows:
    """The first `at_most` of the list `candidates` that no account has, in its order.

    One candidate is looked up after the other, and none after the last that is wanted: where every second
    identifier is taken, that is a few steps in an index, and not a thousand. A subquery for one value is never
    turned into a join, which would look them all up, in an order of its own.
    """
    each, candidate = each_of("candidates")
    holder = select(accounts.c.id).where(accounts.c.identifier == candidate).scalar_subquery()
    return select(candidate.label("value")).select_from(each).where(holder.is_(None)).limit(given("at_most"))


@cache
def glance() -> _Rows:
    """What a page may show of the challenge `at_id`, open at `now`. The nonce and the key's name are not even read."""
    c = challenges.c
    shown = (c.id, c.purpose, c.subject_id, c.binding, c.channel, c.address, c.counter, c.sent_at)
    ends = (c.attempts_left, c.code_expires_at, c.expires_at)
    return select(*shown, *ends).where(
        c.id == given("at_id"), c.ended_at.is_(None), c.expires_at > instant("now")
    )


@cache
def named_documents() -> _Rows:
    """The documents that each registration names, of those that name any."""
    return select(registrations.c.documents).where(NAMES_DOCUMENTS)


def registration_page(query: RegistrationQuery) -> Asked:
    """A page of the operators' queue, oldest first."""
    sought: dict[str, Any] = {
        "kinds": tuple(kind.value for kind in query.kinds),
        "reviewer_id": query.reviewer_id,
        "email": query.email,
        "number": query.number and str(query.number),  # a subclass of str, which a driver need not know
        "expired_at": query.expired_at,
        "unchanged_since": query.unchanged_since,
    }
    values = {name: value for name, value in sought.items() if value} | _place(query.after, query.limit)
    states: dict[str, Any] = {f"state_{n}": state.value for n, state in enumerate(query.states or State)}
    if not _LEADING.isdisjoint(values):
        states = {"states": tuple(states.values())} if query.states else {}
    return _registrations(frozenset({*values, *states}), query.with_documents), {**values, **states}


def account_page(query: AccountQuery) -> Asked:
    """A page of the accounts that hold a number, by id."""
    values = {"number": str(query.number), "at_most": page_size(query.limit) + 1}
    after = {} if query.after is None else {"after_id": Cursor.decode(query.after).id}
    return _accounts(bool(after)), {**values, **after}


def event_page(query: EventQuery) -> Asked:
    """A page of the audit trail, newest first."""
    subject = {"subject_id": query.subject_id} if query.subject_id else {}
    return _events(bool(subject), query.after is not None), {**subject, **_place(query.after, query.limit)}


def message_page(query: MessageQuery) -> Asked:
    """A page of the outbox in one state, oldest first. The seeds are not even read."""
    values = {"state": query.state.value, **_place(query.after, query.limit)}
    return _messages(query.after is not None), values


def _place(after: str | None, limit: int) -> dict[str, Any]:
    """Where a page begins, and how many rows are asked for."""
    size = {"at_most": page_size(limit) + 1}
    if after is None:
        return size
    last = Cursor.decode(after)
    return {"after_position": last.position, "after_id": last.id, **size}


@cache
def _registrations(names: frozenset[str], with_documents: bool) -> _Rows:
    """The page whose values have these names.

    Of several states it is merged from one page of each, along the index of states: in one walk over all
    of them the oldest would stand first, and those are the members, who were applicants once.
    """
    c, after = registrations.c, "after_id" in names
    conditions = [condition for name, condition in _registration_filters().items() if name in names]
    documents = [NAMES_DOCUMENTS] if with_documents else []
    states = [c.state == given(name) for name in sorted(names) if name.startswith("state_")]
    if len(states) <= 1:
        rows = select(registrations).where(*states, *conditions, *documents)
        return _keyset(rows, c.position, c.id, after)
    pages = (select(c.id).where(state, *conditions, *documents) for state in states)
    each = (_keyset(page, c.position, c.id, after).subquery() for page in pages)
    first = union_all(*(select(page.c.id) for page in each))
    return _keyset(select(registrations).where(c.id.in_(first)), c.position, c.id, after=False)


def _registration_filters() -> Mapping[str, ColumnElement[bool]]:
    c, number = registrations.c, given("number")
    return {
        "states": unsought(c.state).in_(any_of("states")),
        "kinds": c.kind.in_(any_of("kinds")),
        "reviewer_id": c.reviewer_id == given("reviewer_id"),
        "email": c.email_key == given("email"),
        "number": or_(c.professional_number == number, c.structure_number == number),
        "expired_at": c.expires_at <= instant("expired_at"),
        "unchanged_since": c.updated_at <= instant("unchanged_since"),
    }


@cache
def _accounts(after: bool) -> _Rows:
    c, number = accounts.c, given("number")
    rows: _Rows = select(accounts).where(or_(c.professional_number == number, c.structure_number == number))
    if after:
        rows = rows.where(c.id > given("after_id"))
    return rows.order_by(c.id).limit(given("at_most"))


@cache
def _events(of_one: bool, after: bool) -> _Rows:
    c = events.c
    rows: _Rows = select(events)
    if of_one:
        rows = rows.where(c.subject_id == given("subject_id"))
    return _keyset(rows, c.at, c.id, after, newest_first=True)


@cache
def _messages(after: bool) -> _Rows:
    c = messages.c
    shown = [column for column in c if not column.name.startswith("seed_")]
    return _keyset(select(*shown).where(c.state == given("state")), c.created_at, c.id, after)


def _keyset(
    rows: Select[Any],
    position: Column[datetime],
    row_id: Column[str],
    after: bool,
    *,
    newest_first: bool = False,
) -> _Rows:
    if after:
        here = tuple_(position, row_id)
        mark = tuple_(instant("after_position"), bindparam("after_id", type_=String()))
        rows = rows.where(here < mark if newest_first else here > mark)
    order = (position.desc(), row_id.desc()) if newest_first else (position, row_id)
    return rows.order_by(*order).limit(given("at_most"))
