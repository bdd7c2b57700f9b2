"""Valid records for tests: made-up people, published test numbers, fixed times.

`n` tells records of one kind apart: two different ones share no unique key, and the account,
the registration and the challenge of one `n` belong together. Everything is the same at each
run. Named arguments replace fields: `account(3, state=AccountState.SUSPENDED)`.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from entractes_auth.backends.batch import Batch
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Challenge, Proof, Sending
from entractes_auth.records.event import Actor, Event, What
from entractes_auth.records.kinds import Channel, Locale, Purpose
from entractes_auth.records.message import CodeSeed, Message, Template
from entractes_auth.records.registration import Registration
from entractes_auth.testing.applicants import (
    NOW,
    account,
    an_id,
    care,
    contacts,
    identity,
    practice,
    registration,
)

__all__ = [
    "NOW",
    "account",
    "an_id",
    "batch",
    "care",
    "challenge",
    "code_message",
    "contacts",
    "event",
    "identity",
    "message",
    "practice",
    "proof",
    "proof_of",
    "registration",
    "sending",
]

T = TypeVar("T")


def sending(n: int = 1, counter: int = 1, **changes: Any) -> Sending:
    """The sending number `counter` of challenge `n`, by SMS; each has its own nonce."""
    record = Sending(
        challenge_id=an_id("challenge", n),
        counter=counter,
        key_id="k1",
        nonce=hashlib.blake2b(f"nonce/{n}/{counter}".encode(), digest_size=16).digest(),
        channel=Channel.SMS,
        address=contacts(n).mobile,
        expires_at=NOW + timedelta(minutes=10),
        sent_at=NOW,
    )
    return replace(record, **changes)


def challenge(n: int = 1, **changes: Any) -> Challenge:
    """An open challenge of 3 attempts whose first code was sent; `sending=None` for one that sent nothing."""
    record = Challenge(
        id=an_id("challenge", n),
        purpose=Purpose.CONFIRM,
        subject_id=an_id("registration", n),
        binding=contacts(n).email,
        attempts=3,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=24),
        sending=sending(n),
    )
    return replace(record, **changes)


def proof(n: int = 1, counter: int = 1, **changes: Any) -> Proof:
    """The proof that a right code of challenge `n` gives. Outside tests only `codes.judge` makes one."""
    sent, about = sending(n, counter), challenge(n)
    record = Proof(
        challenge_id=about.id,
        purpose=about.purpose,
        subject_id=about.subject_id,
        binding=about.binding,
        channel=sent.channel,
        address=sent.address,
        counter=counter,
    )
    return replace(record, **changes)


def proof_of(attempt: Attempt) -> Proof:
    """The proof that the right code would have given for this attempt."""
    return Proof(
        challenge_id=attempt.challenge_id,
        purpose=attempt.purpose,
        subject_id=attempt.subject_id,
        binding=attempt.binding,
        channel=attempt.channel,
        address=attempt.address,
        counter=attempt.counter,
    )


def message(n: int = 1, **changes: Any) -> Message:
    """An e-mail without a secret; each is one second younger than the one before."""
    record = Message(
        id=an_id("message", n),
        template=Template.REJECTED,
        channel=Channel.EMAIL,
        address=contacts(n).email,
        locale=Locale.FR,
        created_at=NOW + timedelta(seconds=n),
        deadline=NOW + timedelta(days=3),
        params={"reason": "Le document n’est pas lisible."},
    )
    return replace(record, **changes)


def code_message(n: int = 1, **changes: Any) -> Message:
    """The SMS that carries the first code of challenge `n`, under the challenge's topic."""
    sent = sending(n)
    seed = CodeSeed(sent.challenge_id, sent.key_id, sent.nonce, sent.address, sent.counter)
    record = message(n, template=Template.CONFIRM_CODE, channel=Channel.SMS, address=sent.address, params={})
    record = replace(record, topic=sent.challenge_id, seed=seed, deadline=sent.expires_at)
    return replace(record, **changes)


def event(n: int = 1, **changes: Any) -> Event:
    """A line of the audit trail of registration `n`; each is one second younger than the one before."""
    record = Event(
        id=an_id("event", n),
        at=NOW + timedelta(seconds=n),
        what=What.CODE_SENT,
        subject_id=an_id("registration", n),
        actor=Actor.SUBJECT,
        details={"channel": "sms"},
    )
    return replace(record, **changes)


def batch(
    *parts: Registration | Account | Challenge | Sending | Proof | Message | Event,
    at: datetime = NOW,
    close: tuple[str, ...] = (),
    withdraw: tuple[str, ...] = (),
) -> Batch:
    """One commit of these parts, each put where it belongs; a `Proof` is redeemed."""

    def all_of(kind: type[T]) -> tuple[T, ...]:
        return tuple(part for part in parts if isinstance(part, kind))

    return Batch(
        at=at,
        registrations=all_of(Registration),
        accounts=all_of(Account),
        challenges=all_of(Challenge),
        sendings=all_of(Sending),
        redeem=next(iter(all_of(Proof)), None),
        close=close,
        withdraw=withdraw,
        messages=all_of(Message),
        events=all_of(Event),
    )
