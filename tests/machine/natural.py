"""The natural next step of each person: how a life comes to its end, from wherever it stands."""

from __future__ import annotations

from datetime import timedelta

from entractes_auth.flows import outbox, registration
from entractes_auth.flows.codes import link_topic
from entractes_auth.flows.login import SignedIn
from entractes_auth.records.kinds import Channel, MessageState, Purpose, State, Step
from entractes_auth.records.transitions import DOCUMENT, as_of
from tests.machine.applying import attaches, begins, confirms, restarts, saves, submits
from tests.machine.membership import (
    asks_for_code,
    asks_for_recovery,
    forgets_the_password,
    recovers,
    signs_in,
    verifies,
)
from tests.machine.people import SOON, Person, password_of, sent_tokens
from tests.machine.post import Mood, opened
from tests.machine.reviewing import REVIEWERS, approves, asks, finds_dead_letters
from tests.machine.town import Plan, Town
from tests.machine.world import KEYS

__all__ = ["brings", "delivers_all", "goes_on", "lives_on"]


def goes_on(town: Town, person: Person, crash: Plan | None = None) -> SignedIn | None:
    """Do what comes next; gives the sign-in when that is what it was."""
    state = as_of(person.registration(town), town.now.at).state
    match state:
        case State.DRAFT | State.NEEDS_INFORMATION:
            _fills_in(town, person, crash)
        case State.SUBMITTED:
            _proves(town, person, crash)
        case State.IN_REVIEW:
            claim = person.registration(town).claim
            holder = claim.reviewer_id if claim else REVIEWERS[0].id
            approves(town, next(r for r in REVIEWERS if r.id == holder), person, crash)
        case State.APPROVED:
            return _enters(town, person, crash)
        case State.REJECTED | State.WITHDRAWN | State.EXPIRED:
            _tries_anew(town, person, crash)
    return None


def brings(town: Town, person: Person, state: State) -> None:
    """Go on until this state is reached, if it can be; a reviewer asks for more where that is the state."""
    for _ in range(16):
        before, stands = town.now, person.registration(town).state
        if stands in (state, State.APPROVED):
            return
        if (stands, state) == (State.IN_REVIEW, State.NEEDS_INFORMATION):
            asks(town, REVIEWERS[0], person, frozenset({Step.CONTACTS}), True)
        else:
            goes_on(town, person)
        if town.now == before:
            town.carriers_are(Mood.WORKS)
            town.pass_time(timedelta(days=1))


def delivers_all(town: Town) -> None:
    """A relay that works again delivers all that is in time, and the rest is seen to be dead."""
    town.carriers_are(Mood.WORKS)
    waiting = [m.message for m in town.now.messages.values() if m.state is MessageState.QUEUED]
    town.pass_time(SOON)
    in_time = {message.id for message in waiting if message.deadline > town.now.at}
    town.run(lambda: outbox.deliver(limit=10_000))
    states = {id_: m.state for id_, m in town.now.messages.items()}
    assert MessageState.QUEUED not in states.values(), "a message is neither delivered nor dead"
    assert all(states[id_] is MessageState.SENT for id_ in in_time), "a message in time was not delivered"
    dead = {id_ for id_, state in states.items() if state is MessageState.DEAD}
    assert finds_dead_letters(town) == dead


def lives_on(town: Town, person: Person, at_most: int = 60) -> SignedIn:
    """Go on until the person is signed in. A step that a budget holds up is done again the day after."""
    for _ in range(at_most):
        turn = town.now
        signed_in = goes_on(town, person)
        if signed_in is not None:
            return signed_in
        if town.now.events.keys() == turn.events.keys() and town.now.registrations == turn.registrations:
            town.pass_time(SOON)
    raise AssertionError(f"stuck in {person.registration(town).state}")


def _tries_anew(town: Town, person: Person, crash: Plan | None) -> None:
    """The same person, with the same contacts, from the beginning."""
    again = begins(town, person.number, person.kind, crash)
    if again is not None:
        person.id, person.link = again.id, again.link


def _fills_in(town: Town, person: Person, crash: Plan | None) -> None:
    progress = town.run(lambda: registration.resume(person.link)).value
    assert progress is not None, "the applicant's own link was refused"
    missing = progress.missing[0].field if progress.missing else ""
    if not missing:
        submits(town, person, crash)
    elif missing == DOCUMENT:
        attaches(town, person, crash=crash)
    else:
        saves(town, person, Step(missing), 0, crash)


def _proves(town: Town, person: Person, crash: Plan | None) -> None:
    challenge_id = person.registration(town).challenge_id or ""
    if not _is_good(town, challenge_id):
        restarts(town, person, crash)
    elif _waits_for_post(town, challenge_id):
        _post(town, crash)
    elif _code_came(town, challenge_id) and _link_came(town, challenge_id):
        confirms(town, person, crash=crash)
    else:
        restarts(town, person, crash)


def _enters(town: Town, person: Person, crash: Plan | None) -> SignedIn | None:
    member = person.account(town)
    assert member is not None
    if not password_of(town, member):
        if _is_queued(town, f"password/{member.id}"):
            _post(town, crash)
        else:
            _recovers(town, person, crash)
        return None
    ticket = person.tickets[-1].reveal() if person.tickets else ""
    challenge_id = opened(ticket, Purpose.LOGIN, KEYS)
    glance = town.now.challenges.get(challenge_id)
    if glance is None or glance.attempts_left == 0 or glance.binding != member.credential.serial:
        signs_in(town, person, crash=crash)
    elif _waits_for_post(town, challenge_id):
        _post(town, crash)
    elif _is_good(town, challenge_id) and _code_came(town, challenge_id):
        return verifies(town, person, crash=crash).value
    else:
        asks_for_code(town, person, Channel.SMS, crash=crash)
    return None


def _recovers(town: Town, person: Person, crash: Plan | None) -> None:
    """The password was never delivered: a new one is asked for."""
    member = person.account(town)
    tokens = sent_tokens(town, Purpose.RECOVERY, member.id) if member else []
    challenge_id = opened(tokens[-1], Purpose.RECOVERY, KEYS) if tokens else ""
    glance = town.now.challenges.get(challenge_id)
    if glance is None or glance.attempts_left == 0:
        forgets_the_password(town, person, crash)
        _post(town, None)
    elif _waits_for_post(town, challenge_id):
        _post(town, crash)
    elif _is_good(town, challenge_id) and _code_came(town, challenge_id):
        recovers(town, person, crash=crash)
    else:
        asks_for_recovery(town, person, crash=crash)


def _is_good(town: Town, challenge_id: str) -> bool:
    """True while the newest code of a challenge may be typed."""
    glance = town.now.challenges.get(challenge_id)
    if glance is None or glance.attempts_left == 0 or glance.code_expires_at is None:
        return False
    return glance.code_expires_at > town.now.at


def _waits_for_post(town: Town, challenge_id: str) -> bool:
    return _is_queued(town, challenge_id) or _is_queued(town, link_topic(challenge_id))


def _is_queued(town: Town, topic: str) -> bool:
    return any(m.state is MessageState.QUEUED for m in town.now.messages_under(topic))


def _code_came(town: Town, challenge_id: str) -> bool:
    """True when the newest code did; the ones before it are of no use."""
    codes = town.now.messages_under(challenge_id)
    return bool(codes) and codes[-1].state is MessageState.SENT


def _link_came(town: Town, challenge_id: str) -> bool:
    return any(m.state is MessageState.SENT for m in town.now.messages_under(link_topic(challenge_id)))


def _post(town: Town, crash: Plan | None) -> None:
    town.run(lambda: outbox.deliver(), crash=crash)
