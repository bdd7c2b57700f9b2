"""Storage in memory: the contract of `backends.store`, in plain Python. Read this before you write one.

One lock makes every method atomic. A commit is written to a draft, in the contract's order
(`memory_draft.write`), and the draft is merged once nothing can fail any more: so it is all,
or nothing. Nothing outlives the process; it is for tests and demonstrations.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from itertools import islice
from threading import Lock

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
from entractes_auth.backends.storage.cursors import EPOCH, Cursor
from entractes_auth.backends.storage.memory_draft import ACCOUNT_KEYS, Tables, write
from entractes_auth.backends.storage.memory_erasing import remove, served
from entractes_auth.backends.storage.memory_pages import matches, page, registration_cursor
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["MemoryStore"]


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

    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.free_identifiers`."""
        keys = [AccountKey("identifier", each) for each in candidates]
        with self._lock:
            free = (key.value for key in keys if self._tables.account_with(key) is None)
            return tuple(islice(free, ENOUGH))

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        with self._lock:
            found = [r for r in self._tables.registrations.values() if matches(r, query)]
        return page(found, registration_cursor, query.after, query.limit)

    def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        with self._lock:
            found = [
                a
                for a in self._tables.accounts.values()
                if query.number in (a.professional_number, a.structure_number)
            ]
        return page(found, lambda account: Cursor(EPOCH, account.id), query.after, query.limit)

    def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        with self._lock:
            found = [e for e in self._tables.events.values() if query.subject_id in ("", e.subject_id)]
        return page(found, lambda e: Cursor(e.at, e.id), query.after, query.limit, newest_first=True)

    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        with self._lock:
            found = [row.shown() for row in self._tables.messages.values() if row.state is query.state]
        return page(found, lambda m: Cursor(m.message.created_at, m.message.id), query.after, query.limit)

    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        with self._lock:
            row = self._tables.challenges.get(challenge_id)
        return None if row is None or row.is_over(now) else row.glance()

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        with self._lock:
            row = self._tables.challenges.get(challenge_id)
            sending = None if row is None else row.to_judge(now)
            if row is None or sending is None:
                return None
            row = replace(row, attempts_left=row.attempts_left - 1)
            self._tables.challenges[challenge_id] = row
        return row.attempt(sending)

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
                if r.is_due(now) and (not only or r.message.id in only)
            ]
            due.sort(key=lambda row: (row.message.created_at, row.message.id))
            taken = [row.leased(token, until) for row in due[: max(limit, 0)]]
            self._tables.messages.update({row.message.id: row for row in taken})
        return tuple(Leased(row.message, token, row.tries) for row in taken)

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        with self._lock:
            for settlement in settlements:
                row = self._tables.messages.get(settlement.message_id)
                if row is not None and row.token == settlement.token:
                    self._tables.messages[settlement.message_id] = row.settled(settlement)

    def purge(self, now: datetime) -> Purged:
        """See `Store.purge`."""
        with self._lock:
            over = [r for r in self._tables.challenges.values() if r.is_over(now) and r.holds_nonce()]
            late = [r for r in self._tables.messages.values() if r.is_overdue(now)]
            self._tables.challenges.update({row.challenge.id: row.erased() for row in over})
            dead = {row.message.id: row.ended(MessageState.DEAD, "deadline") for row in late}
            self._tables.messages.update(dead)
        return Purged(challenges=len(over), messages=len(late))

    def expendable(self, what: Expendable, before: datetime) -> int:
        """See `Store.expendable`."""
        with self._lock:
            return len(served(self._tables, what, before))

    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `Store.erase`."""
        with self._lock:
            return remove(self._tables, what, served(self._tables, what, before)[: max(limit, 0)])

    def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.unnamed_documents`."""
        with self._lock:
            named = {d.id for r in self._tables.registrations.values() for d in r.documents}
        return tuple(each for each in candidates if each not in named)
