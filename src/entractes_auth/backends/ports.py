"""What the flows need from the world, as protocols; twins in two colours where I/O happens.

Written for you who implement one. Every "must" is checked by the contract suites in
`entractes_auth.testing`; run them on your adapter. Write one colour, sync or async: a sync
port serves `AsyncAuth` too, in worker threads, and so it must be thread-safe.

A port returns a proof or None, never a bool: a forgotten `await` then cannot open a door.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from entractes_auth.policy import Budget
from entractes_auth.records.message import Outgoing
from entractes_auth.records.registration import Document

__all__ = [
    "AsyncCaptcha",
    "AsyncDocuments",
    "AsyncHasher",
    "AsyncLimits",
    "AsyncMessenger",
    "Captcha",
    "CaptchaPassed",
    "Documents",
    "Exceeded",
    "Granted",
    "Hasher",
    "Limits",
    "Matched",
    "Messenger",
    "Outgoing",
    "Receipt",
]


@dataclass(frozen=True, slots=True)
class Granted:
    """The hit was counted and is within its budget; `remaining` hits are left in this window."""

    remaining: int


@dataclass(frozen=True, slots=True)
class Exceeded:
    """The budget is used up until `retry_at` (aware, UTC)."""

    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Matched:
    """The secret is the one that was hashed. `outdated` asks for a new hash with today's parameters."""

    outdated: bool


@dataclass(frozen=True, slots=True)
class CaptchaPassed:
    """The answer was checked and right."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message was handed over; `reference` is the carrier's, for the operator's log."""

    reference: str = ""


class Limits(Protocol):
    """Counters of named budgets. Must be atomic between threads, and between processes where shared.

    Every method may raise `StoreUnavailable`. The flow then ends with it: a budget that cannot
    be read must not pass for one that is not used up.
    """

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """Count one hit for the subject; a refused hit must not be counted, nor make the wait longer.

        A window begins with its first hit, at the `now` of that hit, and is over at exactly `per` after it:
        `retry_at` is that instant. A clock that steps back must give no hit back; but a window that begins
        more than `per` after `now` was written by a wrong clock, and must be taken for over. Any text is a
        subject, one that UTF-8 cannot write too, and must not be kept where others read it.
        """
        ...

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """Tell what `hit` would say, without counting."""
        ...

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """Forget the subject's hits on this budget."""
        ...


class AsyncLimits(Protocol):
    """`Limits` in async."""

    async def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        ...

    async def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        ...

    async def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        ...


class Hasher(Protocol):
    """Slow password hashing. Must be thread-safe and must release the GIL while it works."""

    def hash(self, secret: bytes) -> str:
        """Hash with today's parameters and a fresh salt; the text names both."""
        ...

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        """None when the secret is another. Must cost as much for a wrong secret as for the right one."""
        ...

    def decoy(self) -> str:
        """A hash with today's parameters that no secret is known for: what an unknown identifier is checked on."""
        ...


class AsyncHasher(Protocol):
    """`Hasher` in async."""

    async def hash(self, secret: bytes) -> str:
        """See `Hasher.hash`."""
        ...

    async def verify(self, hashed: str, secret: bytes) -> Matched | None:
        """See `Hasher.verify`."""
        ...

    async def decoy(self) -> str:
        """See `Hasher.decoy`."""
        ...


class Captcha(Protocol):
    """The robot check."""

    def verify(self, answer: str, network: str) -> CaptchaPassed | None:
        """Check the answer that the page posted; None when it is wrong, missing or was used before."""
        ...


class AsyncCaptcha(Protocol):
    """`Captcha` in async."""

    async def verify(self, answer: str, network: str) -> CaptchaPassed | None:
        """See `Captcha.verify`."""
        ...


class Documents(Protocol):
    """Supporting documents, under random names; what they are is found from their content."""

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """Store one document durably and give its id, its media type and its size.

        Must stop reading as soon as `maximum_bytes` is passed, and must leave nothing behind
        when it raises. Raises `DocumentRefused` (field "document"; codes "empty", "too_large",
        "not_accepted", "ambiguous") or `StoreUnavailable` (full or gone).
        """
        ...

    def read(self, document_id: str) -> bytes:
        """Give the content. Raises `NotFound`, also for an id that is not of the form this port gives."""
        ...

    def delete(self, document_id: str) -> None:
        """Remove it; an unknown id is no error."""
        ...

    def stored(self, before: datetime) -> tuple[str, ...]:
        """The ids of what was stored at or before `before`, in any order; also of uploads that were cut.

        By the time of where they are kept, which may be some seconds off. `delete` must remove each of them.
        """
        ...


class AsyncDocuments(Protocol):
    """`Documents` in async."""

    async def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """See `Documents.put`."""
        ...

    async def read(self, document_id: str) -> bytes:
        """See `Documents.read`."""
        ...

    async def delete(self, document_id: str) -> None:
        """See `Documents.delete`."""
        ...

    async def stored(self, before: datetime) -> tuple[str, ...]:
        """See `Documents.stored`."""
        ...


class Messenger(Protocol):
    """Carries rendered messages of one channel."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the message over, once. Raises `DeliveryFailed`; its text must not hold the address or the text."""
        ...


class AsyncMessenger(Protocol):
    """`Messenger` in async."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """See `Messenger.send`."""
        ...
