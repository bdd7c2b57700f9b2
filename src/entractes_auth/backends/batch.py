"""The values that the storage port takes and gives."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from typing_extensions import override

from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Challenge, Proof, Sending
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import Kind, MessageState, State
from entractes_auth.records.message import Message
from entractes_auth.records.registration import Registration

__all__ = [
    "ENOUGH",
    "AccountKey",
    "AccountQuery",
    "Batch",
    "Committed",
    "EventQuery",
    "Expendable",
    "Lease",
    "MessageQuery",
    "Page",
    "Purged",
    "RegistrationQuery",
    "Settlement",
    "StoredMessage",
]

T = TypeVar("T")

ENOUGH: Final = 20
"""How many free identifiers one read gives at most: so many approvals may be quicker with the first of them."""


@dataclass(frozen=True, slots=True)
class Lease:
    """In whose hands a message is, and until when: nobody else has it before `until`. See `Store.lease`."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that one commit writes. Either every part is durable when `commit` returns, or none is.

    `registrations` and `accounts` with version 0 are inserted, as version 1; others replace
    the row of exactly their version, which becomes one higher. `challenges` are inserted.
    `sendings` move an open challenge to the next counter. `redeem` uses a challenge up.
    `close` ends challenges that have become pointless (unknown or ended ids are no error).
    `withdraw` ends the queued messages of these topics as `WITHDRAWN`, before `messages` are
    added; "" is no topic. `at` is when it happens, for what is ended. With a `lease`, the messages
    are queued as leased under it, by the one who commits, and as tried once.
    """

    at: datetime
    registrations: tuple[Registration, ...] = ()
    accounts: tuple[Account, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    sendings: tuple[Sending, ...] = ()
    redeem: Proof | None = None
    close: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    lease: Lease | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The batch is durable; `message_ids` are those that it queued, in order."""

    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountKey:
    """How an account is looked up: one account or none has it.

    `field` is "identifier", "email" (give `contacts.email_key`) or "registration_id"; a store
    raises `InvalidInput` for any other. The value is compared whole and as it is.
    """

    field: str
    value: str

    @override
    def __repr__(self) -> str:
        return f"AccountKey({self.field!r})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegistrationQuery:
    """One keyset page of registrations, oldest first by `submitted_at or created_at`, then by id.

    Of this and of every query below, `after` is None or the `next` of the page before: a store
    raises `InvalidInput` for any other text. `limit` is 1 or more: it raises `InvalidInput` below.

    Filters that are empty, None or False do not filter. `email` is a `contacts.email_key`; `number`
    equals the professional or the structure number; `expired_at` keeps those whose
    `expires_at` is at or before it, `unchanged_since` those whose `updated_at` is, and
    `with_documents` those that name a document.
    """

    states: tuple[State, ...] = ()
    kinds: tuple[Kind, ...] = ()
    reviewer_id: str | None = None
    email: str | None = None
    number: str | None = None
    expired_at: datetime | None = None
    unchanged_since: datetime | None = None
    with_documents: bool = False
    after: str | None = None
    limit: int = 25


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccountQuery:
    """One keyset page of accounts by id; `number` equals the professional or the structure number."""

    number: str
    after: str | None = None
    limit: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """One keyset page of the audit trail, newest first; of one subject, or of all with ""."""

    subject_id: str = ""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """One keyset page of the outbox in one state, by `created_at`, oldest first: dead letters are seen here."""

    state: MessageState
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the outbox holds it, without its seed; `reason` says why it is dead."""

    message: Message
    state: MessageState
    tries: int
    reason: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order, and the cursor of the page after this one (None on the last)."""

    rows: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of one leased message: sent, dead, or queued again until `retry_at`.

    Counts only while `token` is still the message's lease. Without `retry_at` a queued message
    is due again at `at`.
    """

    message_id: str
    token: str
    state: MessageState
    at: datetime
    retry_at: datetime | None = None
    reason: str = ""


class Expendable(enum.StrEnum):
    """What may be erased by its age: a closed list, in which no account, no approved registration and no
    queued message stands.

    A registration's age counts from its `updated_at`, which is when it ended; a message's from its
    `created_at`, a challenge's from its `expires_at`, an event's from its `at`.
    """

    WITHDRAWN_REGISTRATIONS = "withdrawn_registrations"
    EXPIRED_REGISTRATIONS = "expired_registrations"
    REJECTED_REGISTRATIONS = "rejected_registrations"
    SENT_MESSAGES = "sent_messages"
    WITHDRAWN_MESSAGES = "withdrawn_messages"
    DEAD_MESSAGES = "dead_messages"
    CHALLENGES = "challenges"
    EVENTS = "events"

    @property
    def state(self) -> str:
        """The state that a row must be in; "" where any will do."""
        return _STATES.get(self, "")


_STATES: Final[Mapping[Expendable, str]] = {
    Expendable.WITHDRAWN_REGISTRATIONS: State.WITHDRAWN.value,
    Expendable.EXPIRED_REGISTRATIONS: State.EXPIRED.value,
    Expendable.REJECTED_REGISTRATIONS: State.REJECTED.value,
    Expendable.SENT_MESSAGES: MessageState.SENT.value,
    Expendable.WITHDRAWN_MESSAGES: MessageState.WITHDRAWN.value,
    Expendable.DEAD_MESSAGES: MessageState.DEAD.value,
}


@dataclass(frozen=True, slots=True)
class Purged:
    """How many ended challenges gave up their nonces, and how many overdue messages died with their seeds."""

    challenges: int
    messages: int
