"""A whole database, table by table: members with what they left behind, and registrations in every state.

A member left a registration, two lines of the audit trail, a message that was sent and a challenge that was
redeemed. Who signs up left a registration and a line; who is to confirm has an open challenge too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

from benchmarks.scale.homes import Home
from benchmarks.scale.patterns import Bulk, Encode, Pattern, Values
from benchmarks.scale.people import People, id_of, instant, password_hash
from entractes_auth.backends.storage.message_rows import message_row
from entractes_auth.backends.storage.registration_rows import registration_row
from entractes_auth.backends.storage.rows import account_row, challenge_row, event_row
from entractes_auth.backends.storage.sqlalchemy import tables
from entractes_auth.records.event import What
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.steps import dump_step
from entractes_auth.testing import builders

__all__ = ["load", "load_queue", "queued"]

_STORED: Final = {"version": 1}
_NUMBERED: Final = ("professional_number", "structure_number")
_OWN: Final = ("submitted_at", "challenge_id", "proven_email", "account_id")
"""What a registration has from some state on."""


def load(home: Home, people: People, told: Callable[[str], None] = lambda _: None) -> None:
    """Fill an empty database with everybody; `told` hears of each table that begins."""
    for table in (_registrations, _accounts, _events, _messages, _challenges):
        bulk = table(home.encode, people)
        told(bulk.table.name)
        home.load(bulk)
    home.settle()


def load_queue(home: Home, people: People) -> None:
    """Members and registrations alone: all that an approval looks at."""
    for table in (_registrations, _accounts):
        home.load(table(home.encode, people))
    home.settle()


def queued(encode: Encode, numbers: range) -> Bulk:
    """A message for each of these numbers that waits for a relay."""
    pattern = _message(encode, MessageState.QUEUED)
    return pattern.bulk(_message_rows(encode, pattern, "queued", numbers))


def _registrations(encode: Encode, people: People) -> Bulk:
    """The pages are alike but for the e-mail address; the numbers that are searched by differ too."""
    patterns = {state: _registration(encode, state) for state in people.registrations}
    of_states = (
        _registration_rows(encode, patterns[state], numbers)
        for state, numbers in people.registrations.items()
    )
    return patterns[State.APPROVED].bulk(chain.from_iterable(of_states))


def _registration(encode: Encode, state: State) -> Pattern:
    row = {**_STORED, **registration_row(builders.registration(1, state))}
    own = tuple(name for name in _OWN if row[name] is not None)
    gaps = ("id", "created_at", "position", "contacts", "email_key", *_NUMBERED, *own)
    return Pattern(tables.registrations, row, gaps, encode)


def _registration_rows(encode: Encode, pattern: Pattern, numbers: range) -> Iterator[Values]:
    before, after = json.dumps(dump_step(builders.contacts(1))).split(builders.contacts(1).email)
    own = tuple(name for name in _OWN if name in pattern.gaps)
    for n in numbers:
        email, at = _email(n), encode(instant(n))
        of_own: dict[str, Any] = {
            "submitted_at": at,
            "challenge_id": id_of("challenge", n),
            "proven_email": email,
            "account_id": id_of("account", n),
        }
        page = f"{before}{email}{after}"
        named = (of_own[name] for name in own)
        yield pattern.filled(id_of("registration", n), at, at, page, email.lower(), *_numbers(n), *named)


def _accounts(encode: Encode, people: People) -> Bulk:
    row = {**_STORED, **account_row(builders.account(1)), "credential_hash": password_hash()}
    keys = ("id", "identifier", "registration_id", "email", "email_key", "credential_serial")
    pattern = Pattern(tables.accounts, row, (*keys, "created_at", *_NUMBERED), encode)

    def rows() -> Iterator[Values]:
        for n in people.members:
            email, at = _email(n), encode(instant(n))
            ids = (id_of("account", n), people.identifier(n), id_of("registration", n))
            yield pattern.filled(*ids, email, email.lower(), id_of("serial", n), at, *_numbers(n))

    return pattern.bulk(rows())


def _events(encode: Encode, people: People) -> Bulk:
    submitted, signed_in = _event(encode, What.REGISTRATION_SUBMITTED), _event(encode, What.SIGNED_IN)

    def rows(pattern: Pattern, subject: str, numbers: range) -> Iterator[Values]:
        for n in numbers:
            yield pattern.filled(id_of(f"event/{subject}", n), encode(instant(n)), id_of(subject, n))

    everybody = range(max(numbers.stop for numbers in people.registrations.values()))
    signing_up = rows(submitted, "registration", everybody)
    return submitted.bulk(chain(signing_up, rows(signed_in, "account", people.members)))


def _event(encode: Encode, what: What) -> Pattern:
    row = event_row(builders.event(1, what=what))
    return Pattern(tables.events, row, ("id", "at", "subject_id"), encode)


def _messages(encode: Encode, people: People) -> Bulk:
    sent = _message(encode, MessageState.SENT)
    backlog = queued(encode, people.backlog)
    return sent.bulk(chain(_message_rows(encode, sent, "sent", people.members), backlog.rows))


def _message(encode: Encode, state: MessageState) -> Pattern:
    named = {"first_name": "Zoé", "last_name": "Le Goff", "reason": "Le document n’est pas lisible."}
    row = {**message_row(builders.message(1, params=named), None), "state": state.value}
    return Pattern(tables.messages, row, ("id", "created_at", "topic"), encode)


def _message_rows(encode: Encode, pattern: Pattern, kind: str, numbers: range) -> Iterator[Values]:
    for n in numbers:
        topic = f"password/{id_of('account', n)}"
        yield pattern.filled(id_of(f"message/{kind}", n), encode(instant(n)), topic)


def _challenges(encode: Encode, people: People) -> Bulk:
    row = challenge_row(builders.challenge(1))
    gaps = ("id", "subject_id", "binding", "created_at")
    ended = {"ended_at": builders.NOW, "nonce": None}
    redeemed = Pattern(tables.challenges, {**row, **ended}, gaps, encode)
    pending = Pattern(tables.challenges, row, gaps, encode)

    def rows(pattern: Pattern, numbers: range) -> Iterator[Values]:
        for n in numbers:
            ids = (id_of("challenge", n), id_of("registration", n))
            yield pattern.filled(*ids, _email(n), encode(instant(n)))

    return redeemed.bulk(chain(rows(redeemed, people.members), rows(pending, people.submitted)))


def _email(n: int) -> str:
    return f"Membre.{n}@Example.fr"


def _numbers(n: int) -> tuple[str, str]:
    """Made up, in the range of the test identities: no two people alike, and four share a structure."""
    return f"999{n:08d}", f"99{n // 4:07d}"
