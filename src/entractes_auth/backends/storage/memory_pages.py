"""Pages of `MemoryStore`: what a query keeps, and the rows after a cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from entractes_auth.backends.batch import Page, RegistrationQuery
from entractes_auth.backends.storage.cursors import Cursor, page_size
from entractes_auth.contacts import email_key
from entractes_auth.records.registration import Registration

__all__ = ["matches", "page", "registration_cursor"]

T = TypeVar("T")


def registration_cursor(registration: Registration) -> Cursor:
    """Where a registration stands in the operators' queue."""
    return Cursor(registration.submitted_at or registration.created_at, registration.id)


def matches(registration: Registration, query: RegistrationQuery) -> bool:
    """Whether every filter of the query keeps the registration."""
    practice, contacts, claim = registration.practice, registration.contacts, registration.claim
    numbers = () if practice is None else (practice.professional_number, practice.structure_number)
    expires_at = registration.expires_at
    return (
        (not query.states or registration.state in query.states)
        and (not query.kinds or registration.kind in query.kinds)
        and (not query.reviewer_id or (claim is not None and claim.reviewer_id == query.reviewer_id))
        and (not query.email or (contacts is not None and email_key(contacts.email) == query.email))
        and (not query.number or query.number in numbers)
        and (query.expired_at is None or (expires_at is not None and expires_at <= query.expired_at))
        and (query.unchanged_since is None or registration.updated_at <= query.unchanged_since)
        and (not query.with_documents or bool(registration.documents))
    )


def page(
    found: Iterable[T],
    cursor_of: Callable[[T], Cursor],
    after: str | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> Page[T]:
    """The first `limit` rows after the cursor, by position and then by id."""
    size = page_size(limit)
    keyed = [((cursor := cursor_of(row)).position, cursor.id, row) for row in found]
    if after is not None:
        last = Cursor.decode(after)
        start = (last.position, last.id)
        keyed = [each for each in keyed if (each[:2] < start if newest_first else each[:2] > start)]
    keyed.sort(key=lambda each: each[:2], reverse=newest_first)
    rows = tuple(row for _, _, row in keyed[:size])
    return Page(rows, cursor_of(rows[-1]).encode() if len(keyed) > size else None)
