"""What members do, and who tries to pass for one; and what must come of it."""

from __future__ import annotations

import enum

from entractes_auth.backends.ports import Exceeded
from entractes_auth.errors import Limited, SignInRefused
from entractes_auth.flows import account, login, outbox, recovery
from entractes_auth.records.kinds import Channel, Purpose
from tests.machine.people import (
    A_MOMENT,
    Person,
    Typed,
    check_judgement,
    code_for,
    foresee,
    password_of,
    sent_tokens,
)
from tests.machine.post import opened
from tests.machine.town import Outcome, Plan, Town, text_of
from tests.machine.world import KEYS, POLICY

__all__ = [
    "Password",
    "asks_for_code",
    "asks_for_recovery",
    "forgets_the_password",
    "gets_a_new_password",
    "mistypes",
    "recovers",
    "signs_in",
    "verifies",
]


class Password(enum.Enum):
    """What is typed as the password."""

    RIGHT = "the one that is good now"
    OLD = "the one before it"
    WRONG = "another one"


def signs_in(
    town: Town, person: Person, which: Password = Password.RIGHT, crash: Plan | None = None
) -> Outcome[login.LoginPage]:
    """Type an identifier and a password: those of the person, or of nobody yet."""
    member = person.account(town)
    identifier = member.identifier if member else "00000"
    right = password_of(town, member) if member else ""
    came = [letter.password for letter in town.letters if letter.password not in ("", right)]
    password = {Password.RIGHT: right, Password.OLD: came[-1] if came else ""}.get(which) or "864209753"
    town.remember(password)
    due = bool(right) and password == right
    budget = POLICY.limits.password_attempts_per_identifier
    asked = town.worlds[0].limits.peek("password_attempts_per_identifier", identifier, budget, town.now.at)
    outcome = town.run(lambda: login.begin(identifier, password), crash=crash)
    if outcome.value is not None:
        assert due, "a password opened an account that is not its own, or not any more"
        person.tickets.append(outcome.value.ticket)
        town.remember(outcome.value.ticket.reveal())
    elif isinstance(outcome.error, Limited):
        assert isinstance(asked, Exceeded)
    elif not outcome.crashed:
        assert isinstance(outcome.error, SignInRefused)
        assert not due, "the right password was refused"
    return outcome


def asks_for_code(
    town: Town, person: Person, channel: Channel, patient: bool = False, crash: Plan | None = None
) -> None:
    """Choose where the code goes; after half a minute, if patient."""
    town.pass_time(A_MOMENT * patient)
    ticket = _ticket(person)
    outcome = town.run(lambda: login.send_code(ticket, channel), crash=crash)
    if outcome.value is not None:
        assert outcome.value == town.run(lambda: login.open_code(ticket)).value
        assert outcome.value.channel is channel


def verifies(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, crash: Plan | None = None
) -> Outcome[login.SignedIn]:
    """Type the code; whoever is in has proved both factors, and reads the own profile."""
    ticket = _ticket(person)
    challenge_id, member = opened(ticket, Purpose.LOGIN, KEYS), person.account(town)
    code = code_for(town, challenge_id, typed)
    challenge = town.worlds[0].witness.challenges.get(challenge_id)
    fits = member is not None and challenge is not None and challenge.binding == member.credential.serial
    foreseen = foresee(town, challenge_id, code, subject_fits=fits)
    judged = town.worlds[0].witness.judged[challenge_id]
    about = member.id if member else ""
    outcome = town.run(lambda: login.verify(ticket, code=code), about=about, crash=crash)
    check_judgement(town, foreseen, outcome, judged)
    if outcome.value is not None:
        assert member is not None
        assert outcome.value.account_id == member.id
        profile = town.run(lambda: account.profile(member.id)).value
        assert profile is not None
        assert profile.identifier == outcome.value.identifier
    return outcome


def mistypes(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, place: int = 0, crash: Plan | None = None
) -> None:
    """A wrong code, another code asked for, and that one typed, more or less well; one of the three may crash."""
    crashes = [crash if place == step else None for step in range(3)]
    verifies(town, person, Typed.WRONG, crash=crashes[0])
    asks_for_code(town, person, Channel.EMAIL, patient=True, crash=crashes[1])
    town.run(lambda: outbox.deliver())
    verifies(town, person, typed, crash=crashes[2])


def forgets_the_password(town: Town, person: Person, crash: Plan | None = None) -> None:
    """Ask for a new password: the answer never tells whose the address is, nor whether it is anybody's."""
    contacts = person.registration(town).contacts
    email = contacts.email if contacts else "nobody@example.fr"
    town.run(lambda: recovery.begin(email), crash=crash)


def asks_for_recovery(town: Town, person: Person, age: int = 0, crash: Plan | None = None) -> None:
    """Ask for the code on the page of a recovery link that came."""
    token = _recovery_link(town, person, age)
    outcome = town.run(lambda: recovery.send_code(token), crash=crash)
    if outcome.value is not None:
        assert outcome.value == town.run(lambda: recovery.open(token)).value


def recovers(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, age: int = 0, crash: Plan | None = None
) -> Outcome[recovery.Recovered]:
    """Type the code: a new password is on its way, and the old one is worth nothing."""
    token, member = _recovery_link(town, person, age), person.account(town)
    challenge_id = opened(token, Purpose.RECOVERY, KEYS)
    code = code_for(town, challenge_id, typed)
    challenge = town.worlds[0].witness.challenges.get(challenge_id)
    fits = member is not None and challenge is not None and challenge.binding == member.credential.serial
    foreseen = foresee(town, challenge_id, code, subject_fits=fits)
    judged = town.worlds[0].witness.judged[challenge_id]
    about = member.id if member else ""
    outcome = town.run(lambda: recovery.complete(token, code=code), about=about, crash=crash)
    check_judgement(town, foreseen, outcome, judged)
    if outcome.value is not None:
        assert member is not None
        assert town.now.accounts[member.id].credential.serial != member.credential.serial
    return outcome


def gets_a_new_password(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, place: int = 0, crash: Plan | None = None
) -> None:
    """The three steps of a recovery, of which one may crash (`place`)."""
    crashes = [crash if place == step else None for step in range(3)]
    forgets_the_password(town, person, crashes[0])
    town.run(lambda: outbox.deliver())
    asks_for_recovery(town, person, crash=crashes[1])
    town.run(lambda: outbox.deliver())
    recovers(town, person, typed, crash=crashes[2])


def _ticket(person: Person) -> str:
    return text_of(person.tickets[-1] if person.tickets else person.link)


def _recovery_link(town: Town, person: Person, age: int) -> str:
    member = person.account(town)
    tokens = sent_tokens(town, Purpose.RECOVERY, member.id) if member else []
    return tokens[-1 - age] if age < len(tokens) else text_of(person.link)
