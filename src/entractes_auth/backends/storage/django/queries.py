"""Every read, as one query of plain rows. A page asks for one row more than it shows: is there another page?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from entractes_auth.backends.batch import (
    AccountKey,
    AccountQuery,
    EventQuery,
    MessageQuery,
    RegistrationQuery,
)
from entractes_auth.backends.storage.cursors import Cursor, page_size
from entractes_auth.backends.storage.django.models import Account, Challenge, Event, Message, Registration
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.records.kinds import State

__all__ = [
    "Rows",
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

Rows = QuerySet[Any, dict[str, Any]]

_ACCOUNT_KEYS: Final = {
    "identifier": "identifier",
    "email": "email_key",
    "registration_id": "registration_id",
}
_GLANCED: Final = (
    *("id", "purpose", "subject_id", "binding", "channel", "address", "counter", "sent_at"),
    *("attempts_left", "code_expires_at", "expires_at"),
)


def one(using: str, model: type[Model], row_id: str) -> Rows:
    """The row with this id."""
    return _rows(using, model).filter(id=row_id)


def account_with(using: str, key: AccountKey) -> Rows:
    """The one account with this key; each key has its unique index."""
    column = _ACCOUNT_KEYS.get(key.field)
    if column is None:
        raise InvalidInput(Problem("field", "unknown_field"))
    return _rows(using, Account).filter(**{column: key.value})


def taken_identifiers(using: str, candidates: tuple[str, ...]) -> Rows:
    """Those of the candidates that an account has, in no order."""
    return _rows(using, Account, "identifier").filter(identifier__among=candidates)


def glance(using: str, challenge_id: str, now: datetime) -> Rows:
    """What a page may show of an open challenge. The nonce and the key's name are not even read."""
    return _rows(using, Challenge, *_GLANCED).filter(
        id=challenge_id, ended_at__isnull=True, expires_at__gt=now
    )


def registration_page(using: str, query: RegistrationQuery) -> Rows:
    """A page of the operators' queue, oldest first.

    Of several states it is merged from one page of each, along the index of states: in one walk over all
    of them the oldest would stand first, and those are the members, who were applicants once.
    """
    rows, leads = _sought(using, query)
    states = [state.value for state in query.states]
    if leads:
        # The states only sift, in a form that no index serves: SQLite would take theirs, since it is longer.
        state = Concat("state", Value(""), output_field=TextField())
        sifted = rows.alias(unsought=state).filter(unsought__in=states) if states else rows
        return _keyset(sifted, "position", query.after, query.limit)
    pages = [
        _keyset(rows.filter(state=state), "position", query.after, query.limit)
        for state in states or list(State)
    ]
    if len(pages) == 1:
        return pages[0]
    each = [_rows(using, Registration).filter(id__in=page.values("id")) for page in pages]
    return _keyset(each[0].union(*each[1:], all=True), "position", None, query.limit)


def _sought(using: str, query: RegistrationQuery) -> tuple[Rows, bool]:
    """The rows that every filter but the states' keeps; and whether an index leads to few of them."""
    rows = _rows(using, Registration)
    if query.kinds:
        rows = rows.filter(kind__in=[kind.value for kind in query.kinds])
    if query.unchanged_since is not None:
        rows = rows.filter(updated_at__lte=query.unchanged_since)
    if query.with_documents:
        rows = rows.filter(documents__named=True)
    leading = [
        Q(reviewer_id=query.reviewer_id) if query.reviewer_id else None,
        Q(email_key=query.email) if query.email else None,
        _holds(query.number) if query.number else None,
        None if query.expired_at is None else Q(expires_at__lte=query.expired_at),
    ]
    found = [each for each in leading if each is not None]
    return rows.filter(*found), bool(found)


def named_documents(using: str) -> Rows:
    """The documents that each registration names, of those that name any."""
    return _rows(using, Registration, "documents").filter(documents__named=True)


def account_page(using: str, query: AccountQuery) -> Rows:
    """A page of the accounts that hold a number, by id."""
    rows = _rows(using, Account).filter(_holds(query.number))
    if query.after is not None:
        rows = rows.filter(id__gt=Cursor.decode(query.after).id)
    return rows.order_by("id")[: page_size(query.limit) + 1]


def event_page(using: str, query: EventQuery) -> Rows:
    """A page of the audit trail, newest first."""
    rows = _rows(using, Event)
    if query.subject_id:
        rows = rows.filter(subject_id=query.subject_id)
    return _keyset(rows, "at", query.after, query.limit, newest_first=True)


def message_page(using: str, query: MessageQuery) -> Rows:
    """A page of the outbox in one state, oldest first. The seeds are not even read."""
    shown = [field.name for field in Message._meta.fields if not field.name.startswith("seed_")]
    rows = _rows(using, Message, *shown).filter(state=query.state.value)
    return _keyset(rows, "created_at", query.after, query.limit)


def _rows(using: str, model: type[Model], *columns: str) -> Rows:
    return model._default_manager.using(using).values(*columns)


def _holds(number: str) -> Q:
    number = str(number)  # numbers are subclasses of str, which a driver need not know
    return Q(professional_number=number) | Q(structure_number=number)


def _keyset(rows: Rows, position: str, after: str | None, limit: int, *, newest_first: bool = False) -> Rows:
    if after is not None:
        last, way = Cursor.decode(after), "lt" if newest_first else "gt"
        # The first part alone would say too much; it is what an index can begin at.
        rows = rows.filter(
            Q(**{f"{position}__{way}e": last.position}),
            Q(**{f"{position}__{way}": last.position}) | Q(**{f"id__{way}": last.id}),
        )
    order = (f"-{position}", "-id") if newest_first else (position, "id")
    return rows.order_by(*order)[: page_size(limit) + 1]
