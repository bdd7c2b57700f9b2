"""Applicants and members: what they hold in their hands, and what they would naturally do next."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from entractes_auth.backends.ports import Exceeded
from entractes_auth.errors import CodeRefused, Limited
from entractes_auth.flows.budgets import of_subject
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Challenge
from entractes_auth.records.kinds import Kind, Purpose, Step
from entractes_auth.records.message import Message
from entractes_auth.records.registration import Registration
from entractes_auth.redact import Secret
from entractes_auth.steps import StepData
from entractes_auth.testing import builders
from tests.machine.laws import CODE_TEMPLATES
from tests.machine.post import Letter, opened
from tests.machine.town import Outcome, Town
from tests.machine.world import KEYS, POLICY

__all__ = [
    "A_MOMENT",
    "PDF",
    "SOON",
    "Person",
    "Typed",
    "Upload",
    "check_judgement",
    "code_for",
    "foresee",
    "page",
    "password_of",
    "sent_tokens",
]

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@dataclass(slots=True)
class Person:
    """One applicant, who may become a member. `link` and `tickets` are what a browser keeps."""

    number: int
    kind: Kind
    id: str
    link: Secret
    tickets: list[Secret] = field(default_factory=list[Secret])

    def registration(self, town: Town) -> Registration:
        """The registration as stored."""
        return town.now.registrations[self.id]

    def account(self, town: Town) -> Account | None:
        """The account, once there is one."""
        return town.now.accounts.get(self.registration(town).account_id or "")


class Upload(enum.Enum):
    """What is uploaded."""

    GOOD = PDF
    EMPTY = b""
    FOREIGN = b"MZ" * 9
    HUGE = PDF + b"\n" * 1024


class Typed(enum.Enum):
    """What is typed into the code boxes."""

    NEWEST = "the newest code that came"
    SPACED = "the same, grouped with spaces"
    STALE = "the code before it"
    WRONG = "another number"
    MALFORMED = "letters"
    FOREIGN = "the newest code of any other challenge"


def page(step: Step, number: int, variant: int) -> StepData:
    """One page of the wizard, well filled in; another variant differs in something that shows.

    Variant 2 of the contacts has the mobile and the e-mail of the person after this one.
    """
    match step:
        case Step.IDENTITY:
            return builders.identity(number, street=f"{variant + 1} rue du Port")
        case Step.PRACTICE:
            return builders.practice(number, networks=(("none", "other")[variant % 2],))
        case Step.CARE:
            return builders.care(visit=True, consultation=bool(variant % 2))
        case Step.CONTACTS:
            return builders.contacts(number + variant // 2, newsletter=bool(variant % 2))


def sent_tokens(town: Town, purpose: Purpose, subject_id: str) -> list[str]:
    """The links of one purpose that were delivered about a registration or an account, newest last."""
    challenges = town.worlds[0].witness.challenges
    ids = {id_ for id_, challenge in challenges.items() if challenge.subject_id == subject_id}
    return [letter.token for letter in town.letters if opened(letter.token, purpose, KEYS) in ids]


def code_for(town: Town, challenge_id: str, typed: Typed) -> str:
    """What is typed; a random-looking number where no such code came."""
    codes = [letter.code for letter in _letters(town, [challenge_id]) if letter.code]
    match typed:
        case Typed.NEWEST if codes:
            return codes[-1]
        case Typed.SPACED if codes:
            return " ".join((codes[-1][:3], codes[-1][3:6], codes[-1][6:]))
        case Typed.STALE if len(codes) > 1:
            return codes[-2]
        case Typed.FOREIGN:
            others = [letter.code for letter in town.letters if letter.code and letter.code not in codes]
            return others[-1] if others else "731904628"
        case Typed.MALFORMED:
            return "12345678O"
        case _:
            return "731904625"


def _letters(town: Town, challenge_ids: Iterable[str]) -> list[Letter]:
    ids = {m.message.id for id_ in challenge_ids for m in town.now.messages_under(id_)}
    return [letter for letter in town.letters if letter.message_id in ids]


def password_of(town: Town, account: Account) -> str:
    """The password that is good now, or "" while nobody has received it."""
    newest = _queued_under(town, f"password/{account.id}")[-1]
    came = [letter.password for letter in town.letters if letter.message_id == newest.id]
    return came[-1] if came else ""


def _queued_under(town: Town, topic: str) -> list[Message]:
    """The messages of one topic in the order in which they were queued, which the instants alone do not tell."""
    messages = (town.now.messages[id_].message for id_ in town.worlds[0].witness.queued)
    return [message for message in messages if message.topic == topic]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What must come of a code, worked out before it is typed, from what was sent and delivered alone."""

    challenge: Challenge | None
    right: bool
    subject_fits: bool
    budget_left: bool


def foresee(town: Town, challenge_id: str, code: str, *, subject_fits: bool) -> Judgement:
    """Work out what must come of it."""
    witness = town.worlds[0].witness
    challenge, glance = witness.challenges.get(challenge_id), town.now.challenges.get(challenge_id)
    if challenge is None or glance is None:
        return Judgement(challenge, False, False, False)
    newest = [m for m in _queued_under(town, challenge_id) if m.template in CODE_TEMPLATES]
    carried = {letter.message_id: letter.code for letter in town.letters}
    code_came = bool(newest) and carried.get(newest[-1].id) == "".join(code.split())
    in_time = bool(newest) and town.now.at < newest[-1].deadline
    budget = POLICY.limits.code_attempts_per_subject
    asked = town.worlds[0].limits.peek(
        "code_attempts_per_subject",
        of_subject(challenge.purpose, challenge.subject_id),
        budget,
        town.now.at,
    )
    return Judgement(
        challenge=challenge,
        right=code_came and in_time and glance.attempts_left > 0,
        subject_fits=subject_fits,
        budget_left=not isinstance(asked, Exceeded),
    )


def check_judgement(town: Town, foreseen: Judgement, outcome: Outcome[object], judged_before: int) -> None:
    """A code opens what it must, and nothing else: neither a stale one, nor a late one, nor a fourth guess."""
    challenge = foreseen.challenge
    due = foreseen.right and foreseen.subject_fits and foreseen.budget_left
    if outcome.value is not None:
        assert challenge is not None
        assert due, "a code was accepted that is not the newest, or came too late, or too often"
        assert challenge.id not in town.now.challenges, "the challenge is still open after its proof"
    elif not outcome.crashed:
        assert not due, f"the right code was refused: {outcome.error!r}"
    if isinstance(outcome.error, Limited):
        assert not foreseen.budget_left, "refused by a budget that is not used up"
    if challenge is not None and (outcome.value is not None or isinstance(outcome.error, CodeRefused)):
        spent = town.worlds[0].witness.judged[challenge.id] - judged_before
        town.told.judged[of_subject(challenge.purpose, challenge.subject_id)] += spent


A_MOMENT = timedelta(seconds=31)
"""Longer than the pause between two codes."""
SOON = timedelta(minutes=20)
"""Longer than any lease and any pause between two tries of a message."""
