"""Every flow once, at the moment of a life where it has something to do: for crashes at each of its port calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from entractes_auth.flows import expiry, outbox
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Kind, MessageState, State, Step
from entractes_auth.records.message import Template
from entractes_auth.records.registration import Registration
from tests.machine import applying, membership, reviewing
from tests.machine.natural import goes_on, lives_on
from tests.machine.people import Person, Typed
from tests.machine.post import Mood
from tests.machine.town import Plan, Town

__all__ = ["SCENARIOS", "Scenario", "reaches"]

R1: Final = reviewing.REVIEWERS[0]


@dataclass(frozen=True, slots=True)
class Scenario:
    """How the moment is reached, what is done then, and how one sees that it is done."""

    name: str
    reach: Callable[[Town], Person]
    act: Callable[[Town, Person, Plan | None], object]
    done: Callable[[Town, Person], bool]


def _arrives(town: Town) -> Person:
    person = applying.begins(town, 1, Kind.PROFESSIONAL)
    assert person is not None
    return person


def reaches(state: State) -> Callable[[Town], Person]:
    """Somebody who just came to this state."""

    def reach(town: Town) -> Person:
        person = _arrives(town)
        while person.registration(town).state is not state:
            goes_on(town, person)
        return person

    return reach


def _fills_all(town: Town) -> Person:
    person = _arrives(town)
    while not person.registration(town).documents:
        goes_on(town, person)
    return person


def _answers(town: Town) -> Person:
    """The operator's question is answered; only handing in is left."""
    person = reaches(State.IN_REVIEW)(town)
    reviewing.asks(town, R1, person, frozenset({Step.CARE}), True)
    applying.saves(town, person, Step.CARE, 1)
    applying.attaches(town, person)
    return person


def _waits_for_resend(town: Town) -> Person:
    person = reaches(State.SUBMITTED)(town)
    town.pass_time(timedelta(seconds=31))
    return person


def _holds(town: Town) -> Person:
    person = reaches(State.IN_REVIEW)(town)
    reviewing.claims(town, R1, person)
    return person


def _has_ticket(town: Town) -> Person:
    person = reaches(State.APPROVED)(town)
    membership.signs_in(town, person)
    return person


def _has_code(town: Town) -> Person:
    person = _has_ticket(town)
    membership.asks_for_code(town, person, Channel.EMAIL)
    return person


def _has_recovery_link(town: Town) -> Person:
    person = reaches(State.APPROVED)(town)
    lives_on(town, person)
    membership.forgets_the_password(town, person)
    return person


def _has_recovery_code(town: Town) -> Person:
    person = _has_recovery_link(town)
    membership.asks_for_recovery(town, person)
    return person


def _is_abandoned(town: Town) -> Person:
    person = reaches(State.SUBMITTED)(town)
    town.pass_time(timedelta(days=31))
    return person


def _has_no_post(town: Town) -> Person:
    """The carriers were down when the link and the code were to go out; they work again."""
    person = _fills_all(town)
    town.carriers_are(Mood.DOWN)
    applying.submits(town, person)
    town.carriers_are(Mood.WORKS)
    town.pass_time(timedelta(minutes=1))
    return person


def _expires(town: Town, person: Person, crash: Plan | None) -> None:
    town.run(lambda: expiry.expire(), crash=crash)


def _delivers(town: Town, person: Person, crash: Plan | None) -> None:
    if crash is None:
        town.pass_time(timedelta(minutes=3))  # the lease of a relay that died is over
    town.run(lambda: outbox.deliver(), crash=crash)


def _in(*states: State) -> Callable[[Town, Person], bool]:
    return lambda town, person: person.registration(town).state in states


def _has(holds: Callable[[Registration], object]) -> Callable[[Town, Person], bool]:
    return lambda town, person: bool(holds(person.registration(town)))


def _happened(what: What) -> Callable[[Town, Person], bool]:
    return lambda town, person: any(event.what is what for event in town.now.events.values())


def _sent(template: Template, count: int = 1) -> Callable[[Town, Person], bool]:
    def sent(town: Town, person: Person) -> bool:
        found = [m for m in town.now.messages.values() if m.message.template is template]
        return len(found) >= count

    return sent


def _all_sent(town: Town, person: Person) -> bool:
    return all(m.state is MessageState.SENT for m in town.now.messages.values())


def _act(act: Callable[..., object], *choices: object) -> Callable[[Town, Person, Plan | None], object]:
    return lambda town, person, crash: act(town, person, *choices, crash=crash)


def _review(act: Callable[..., object], *choices: object) -> Callable[[Town, Person, Plan | None], object]:
    return lambda town, person, crash: act(town, R1, person, *choices, crash=crash)


SCENARIOS: Final = (
    Scenario(
        "registration.begin",
        _arrives,
        lambda town, person, crash: applying.begins(town, 2, Kind.ESTABLISHMENT, crash),
        lambda town, person: len(town.now.registrations) > 1,
    ),
    Scenario(
        "registration.save", _arrives, _act(applying.saves, Step.IDENTITY, 1), _has(lambda r: r.identity)
    ),
    Scenario(
        "registration.save, again",
        _fills_all,
        _act(applying.saves, Step.CARE, 1),
        _has(lambda r: r.care and r.care.consultation),
    ),
    Scenario("registration.attach", _arrives, _act(applying.attaches), _has(lambda r: r.documents)),
    Scenario("registration.detach", _fills_all, _act(applying.detaches, 0), _has(lambda r: not r.documents)),
    Scenario("registration.submit", _fills_all, _act(applying.submits), _in(State.SUBMITTED)),
    Scenario("registration.submit, answered", _answers, _act(applying.submits), _in(State.IN_REVIEW)),
    Scenario("registration.amend", reaches(State.SUBMITTED), _act(applying.amends), _in(State.DRAFT)),
    Scenario(
        "registration.withdraw", reaches(State.IN_REVIEW), _act(applying.withdraws), _in(State.WITHDRAWN)
    ),
    Scenario(
        "confirmation.resend",
        _waits_for_resend,
        _act(applying.resends, 0),
        _sent(Template.CONFIRM_CODE, 2),
    ),
    Scenario(
        "confirmation.restart",
        reaches(State.SUBMITTED),
        _act(applying.restarts),
        _sent(Template.CONFIRM_LINK, 2),
    ),
    Scenario(
        "confirmation.confirm",
        reaches(State.SUBMITTED),
        _act(applying.confirms, Typed.NEWEST),
        _in(State.IN_REVIEW),
    ),
    Scenario(
        "confirmation.confirm, wrong code",
        reaches(State.SUBMITTED),
        _act(applying.confirms, Typed.WRONG),
        _happened(What.CODE_REFUSED),
    ),
    Scenario("review.claim", reaches(State.IN_REVIEW), _review(reviewing.claims), _has(lambda r: r.claim)),
    Scenario("review.release", _holds, _review(reviewing.releases), _has(lambda r: not r.claim)),
    Scenario("review.note", _holds, _review(reviewing.notes), _has(lambda r: r.notes)),
    Scenario("review.document", _holds, _review(reviewing.looks), _happened(What.DOCUMENT_SEEN)),
    Scenario("review.reject", _holds, _review(reviewing.rejects), _in(State.REJECTED)),
    Scenario(
        "review.ask",
        _holds,
        _review(reviewing.asks, frozenset({Step.CONTACTS}), True),
        _in(State.NEEDS_INFORMATION),
    ),
    Scenario("review.approve", _holds, _review(reviewing.approves), _in(State.APPROVED)),
    Scenario(
        "login.begin",
        reaches(State.APPROVED),
        _act(membership.signs_in),
        _happened(What.PASSWORD_ACCEPTED),
    ),
    Scenario(
        "login.begin, wrong password",
        reaches(State.APPROVED),
        _act(membership.signs_in, membership.Password.WRONG),
        _happened(What.SIGN_IN_REFUSED),
    ),
    Scenario(
        "login.send_code",
        _has_ticket,
        _act(membership.asks_for_code, Channel.SMS),
        _sent(Template.LOGIN_CODE),
    ),
    Scenario("login.verify", _has_code, _act(membership.verifies), _happened(What.SIGNED_IN)),
    Scenario(
        "recovery.begin",
        reaches(State.APPROVED),
        _act(membership.forgets_the_password),
        _sent(Template.RECOVERY_LINK),
    ),
    Scenario(
        "recovery.begin, pending",
        reaches(State.IN_REVIEW),
        _act(membership.forgets_the_password),
        _sent(Template.RECOVERY_PENDING),
    ),
    Scenario(
        "recovery.send_code",
        _has_recovery_link,
        _act(membership.asks_for_recovery),
        _sent(Template.RECOVERY_CODE),
    ),
    Scenario("recovery.complete", _has_recovery_code, _act(membership.recovers), _happened(What.RECOVERED)),
    Scenario("expiry.expire", _is_abandoned, _expires, _in(State.EXPIRED)),
    Scenario("outbox.deliver", _has_no_post, _delivers, _all_sent),
)
