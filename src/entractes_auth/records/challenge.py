"""One proof in progress. It is created and spent; no port reads one back whole.

The row holds what a code is derived from (with a key that the row only names), never a code
nor a hash of one: ten thousand candidates make any hash a plaintext.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from entractes_auth.records.kinds import Channel, Purpose

__all__ = ["Attempt", "Challenge", "Glance", "Proof", "Sending"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sending:
    """One sending of a challenge's code: the challenge moves to `counter`, which must follow the stored one.

    Only the newest sending is right: `nonce` and `key_id` replace the earlier ones.
    """

    challenge_id: str
    counter: int
    key_id: str
    nonce: bytes
    channel: Channel
    address: str
    expires_at: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Challenge:
    """A new challenge, as it is inserted.

    `binding` is what must still be true of the subject when the proof is used: the e-mail
    that the link went to, or the serial of the credential that was checked. `code_expires_at`
    is when the newest code ends; `expires_at` ends the challenge itself. A challenge that
    has sent nothing yet (`sending` is None) cannot be spent.
    """

    id: str
    purpose: Purpose
    subject_id: str
    binding: str
    attempts: int
    created_at: datetime
    expires_at: datetime
    sending: Sending | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attempt:
    """What `spend` gives for one counted attempt: all that is needed to judge one code."""

    challenge_id: str
    purpose: Purpose
    subject_id: str
    binding: str
    key_id: str
    nonce: bytes
    channel: Channel
    address: str
    counter: int
    attempts_left: int

    @override
    def __repr__(self) -> str:
        return f"Attempt(challenge_id={self.challenge_id!r}, attempts_left={self.attempts_left})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a page may show of an open challenge: nothing here helps to judge a code.

    `masked` is the address of the newest sending, masked by the store's caller-independent
    rule, or "" when nothing was sent. `sendings` counts the messages so far.
    """

    challenge_id: str
    purpose: Purpose
    subject_id: str
    binding: str = field(repr=False)
    channel: Channel | None
    masked: str = field(repr=False)
    sendings: int
    sent_at: datetime | None
    attempts_left: int
    code_expires_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Proof:
    """The code was right. Made by `codes.judge` alone; redeemed, once, by `Store.commit`."""

    challenge_id: str
    purpose: Purpose
    subject_id: str
    binding: str
    channel: Channel
    address: str
    counter: int

    @override
    def __repr__(self) -> str:
        return f"Proof(challenge_id={self.challenge_id!r}, purpose={self.purpose.value!r})"
