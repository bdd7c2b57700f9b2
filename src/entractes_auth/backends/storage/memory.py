"""Storage in memory: the contract of `backends.store`, in plain Python. Read this before you write one.

One lock makes every method atomic. A commit is written to a draft, in the contract's order
(`memory_draft.write`), and the draft is merged once nothing can fail any more: so it is all,
or nothing. Nothing outlives the process; it is for tests and demonstrations.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import TypeVar

from entractes_auth.backends.batch import (
    AccountKey,
    AccountQuery,
    Batch,
    Committed,
    EventQuery,
    MessageQuery,
    Page,
    Purged,
    RegistrationQuery,
    Settlement,
    StoredMessage,
)
from entractes_auth.backends.storage.cursors import EPOCH, Cursor, page_size
from entractes_auth.backends.storage.glances import masked_address
from entractes_auth.backends.storage.memory_draft import ACCOUNT_KEYS, ChallengeRow, MessageRow, Tables, write
from entractes_auth.contacts import email_key
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["MemoryStore"]

T = TypeVar("T")


class MemoryStore:
    """A `Store` in one process; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tables = Tables()

    def registration(self, registration_id: str) -> Registration | None:
        """See `Store.registration`."""
        with self._lock:
            return self._tables.registrations.get(registration_id)

    def account(self, account_id: str) -> Account | None:
        """See `Store.account`."""
        with self._lock:
            return self._tables.accounts.get(account_id)

    def find_account(self, key: AccountKey) -> Account | None:
        """See `Store.find_account`."""
        if key.field not in ACCOUNT_KEYS:
            raise InvalidInput(Problem("field", "unknown_field"))
        with self._lock:
            return self._tables.account_with(key)

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        with self._lock:
            found = [r for r in self._tables.registrations.values() if _matches(r, query)]
        return _page(found, _registration_cursor, query.after, query.limit)

    def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        with self._lock:
            found = [
                a
                for a in self._tables.accounts.values()
                if query.number in (a.professional_number, a.structure_number)
            ]
        return _page(found, lambda account: Cursor(EPOCH, account.id), query.after, query.limit)

    def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        with self._lock:
            found = [e for e in self._tables.events.values() if query.subject_id in ("", e.subject_id)]
        return _page(found, lambda e: Cursor(e.at, e.id), query.after, query.limit, newest_first=True)

    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        with self._lock:
            found = [
                StoredMessage(replace(row.message, seed=None), row.state, row.tries, row.reason)
                for row in self._tables.messages.values()
                if row.state is query.state
            ]
        return _page(found, lambda m: Cursor(m.message.created_at, m.message.id), query.after, query.limit)

    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        with self._lock:
            row = self._tables.challenges.get(challenge_id)
        if row is None or row.ended_at is not None or row.challenge.expires_at <= now:
            return None
        return _glance(row)

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        with self._lock:
            row = self._tables.challenges.get(challenge_id)
            if row is None or row.ended_at is not None or row.challenge.expires_at <= now:
                return None
            sending = row.challenge.sending
            if row.attempts_left < 1 or sending is None or not sending.nonce or sending.expires_at <= now:
                return None
            row = replace(row, attempts_left=row.attempts_left - 1)
            self._tables.challenges[challenge_id] = row
        return Attempt(
            challenge_id=challenge_id,
            purpose=row.challenge.purpose,
            subject_id=row.challenge.subject_id,
            binding=row.challenge.binding,
            key_id=sending.key_id,
            nonce=sending.nonce,
            channel=sending.channel,
            address=sending.address,
            counter=sending.counter,
            attempts_left=row.attempts_left,
        )

    def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        with self._lock:
            draft = self._tables.draft()
            write(draft, batch)
            self._tables.merge(draft)
        return Committed(tuple(message.id for message in batch.messages))

    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `Store.lease`."""
        token = secrets.token_hex(16)
        with self._lock:
            due = [
                r
                for r in self._tables.messages.values()
                if _due(r, now) and (not only or r.message.id in only)
            ]
            due.sort(key=lambda row: (row.message.created_at, row.message.id))
            taken = [
                replace(row, token=token, leased_until=until, tries=row.tries + 1)
                for row in due[: max(limit, 0)]
            ]
            self._tables.messages.update({row.message.id: row for row in taken})
        return tuple(Leased(row.message, token, row.tries) for row in taken)

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        with self._lock:
            for settlement in settlements:
                row = self._tables.messages.get(settlement.message_id)
                if row is not None and row.token == settlement.token:
                    self._tables.messages[settlement.message_id] = _settled(row, settlement)

    def purge(self, now: datetime) -> Purged:
        """See `Store.purge`."""
        with self._lock:
            over = [
                row
                for row in self._tables.challenges.values()
                if (row.ended_at is not None or row.challenge.expires_at <= now)
                and row.challenge.sending is not None
                and row.challenge.sending.nonce
            ]
            self._tables.challenges.update({row.challenge.id: row.erased() for row in over})
        return Purged(len(over))


def _registration_cursor(registration: Registration) -> Cursor:
    return Cursor(registration.submitted_at or registration.created_at, registration.id)


def _matches(registration: Registration, query: RegistrationQuery) -> bool:
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
    )


def _page(
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


def _glance(row: ChallengeRow) -> Glance:
    challenge, sending = row.challenge, row.challenge.sending
    channel = None if sending is None else sending.channel
    return Glance(
        challenge_id=challenge.id,
        purpose=challenge.purpose,
        subject_id=challenge.subject_id,
        binding=challenge.binding,
        channel=channel,
        masked=masked_address(channel, "" if sending is None else sending.address),
        sendings=0 if sending is None else sending.counter,
        sent_at=None if sending is None else sending.sent_at,
        attempts_left=row.attempts_left,
        code_expires_at=None if sending is None else sending.expires_at,
        expires_at=challenge.expires_at,
    )


def _due(row: MessageRow, now: datetime) -> bool:
    free = row.leased_until is None or row.leased_until <= now
    return row.state is MessageState.QUEUED and row.next_try_at <= now and free


def _settled(row: MessageRow, settlement: Settlement) -> MessageRow:
    if settlement.state is not MessageState.QUEUED:
        return row.ended(settlement.state, settlement.reason)
    retry_at = settlement.retry_at or settlement.at
    return replace(row, next_try_at=retry_at, reason=settlement.reason, token=None, leased_until=None)
