"""The laws of the house, as sentences that hold at every instant: after each flow, and after each crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from entractes_auth.contacts import email_key, number_prefix
from entractes_auth.errors import NotFound
from entractes_auth.flows.budgets import of_subject
from entractes_auth.flows.codes import link_topic
from entractes_auth.policy import Budget
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import MessageState, Purpose, State
from entractes_auth.records.message import Message, Template
from entractes_auth.records.registration import Proven, Registration
from tests.machine.post import opened
from tests.machine.snapshot import Snapshot
from tests.machine.world import KEYS, POLICY, World

__all__ = ["CODE_TEMPLATES", "LAWS", "Told", "View"]

CODE_TEMPLATES: Final = frozenset({Template.CONFIRM_CODE, Template.LOGIN_CODE, Template.RECOVERY_CODE})
_RECOVERY_MAIL: Final = frozenset(
    {Template.RECOVERY_LINK, Template.RECOVERY_NO_ACCOUNT, Template.RECOVERY_PENDING}
)
_PROVEN: Final = frozenset({State.IN_REVIEW, State.APPROVED, State.REJECTED})
_ENDED_BY: Final = {
    State.APPROVED: What.APPROVED,
    State.REJECTED: What.REJECTED,
    State.WITHDRAWN: What.REGISTRATION_WITHDRAWN,
    State.EXPIRED: What.REGISTRATION_EXPIRED,
}


@dataclass(slots=True)
class Told:
    """What people did, as they themselves would tell it."""

    codes: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]], repr=False)
    """Codes that were typed, and the challenge whose link they were typed on."""
    approvals: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Reviewers, and the registrations that they approved or tried to."""
    judged: Counter[str] = field(default_factory=Counter[str])
    """Codes that were judged, right or wrong, by what they were for and whom they were about."""
    secrets: set[str] = field(default_factory=set[str], repr=False)
    """Every code, link and password that was sent, shown or typed."""


@dataclass(frozen=True, slots=True)
class View:
    """One world at one instant, and what people did in it."""

    now: Snapshot
    world: World
    told: Told


def _accounts_come_from_approvals(view: View) -> None:
    """No account without an approved registration and the audit line of the reviewer who approved it; at most one."""
    now = view.now
    for account in now.accounts.values():
        registration = now.registrations[account.registration_id]
        assert registration.state is State.APPROVED
        assert registration.account_id == account.id
        (approved,) = now.events_of(What.APPROVED, registration.id)
        assert approved.actor is Actor.REVIEWER
        assert (approved.actor_id, registration.id) in view.told.approvals
        issued = [m.message.params.get("identifier") for m in now.messages.values()]
        assert account.identifier in issued
        assert now.messages_under(f"password/{account.id}")
    states = [registration.state for registration in now.registrations.values()]
    assert len(now.accounts) == states.count(State.APPROVED) == view.world.shelf.account_count()


def _reviews_follow_proofs(view: View) -> None:
    """What is in review, or was decided, had both contacts proved: a delivered link, a delivered code, typed on it."""
    for registration in view.now.registrations.values():
        if registration.state in _PROVEN:
            assert registration.contacts_are_proven
        if registration.proven is not None:
            assert view.now.events_of(What.CONTACTS_PROVEN, registration.id)
            assert any(
                _proves(view, registration, registration.proven, c) for c in view.world.witness.challenges
            )


def _proves(view: View, registration: Registration, proven: Proven, challenge_id: str) -> bool:
    if view.world.witness.challenges[challenge_id].subject_id != registration.id:
        return False
    topics = challenge_id, link_topic(challenge_id)
    under = {m.message.id for topic in topics for m in view.now.messages_under(topic)}
    letters = [letter for letter in view.world.carrier.letters if letter.message_id in under]
    link_came = any(
        letter.to == proven.email and opened(letter.token, Purpose.CONFIRM, KEYS) == challenge_id
        for letter in letters
    )
    typed = [letter for letter in letters if (challenge_id, letter.code) in view.told.codes]
    return link_came and any(letter.to == proven.mobile and letter.at <= proven.at for letter in typed)


def _attempts_are_spent_once(view: View) -> None:
    """A challenge has its attempts once: no resend, no crash and no second process gives one back."""
    witness = view.world.witness
    for id_, challenge in witness.challenges.items():
        assert witness.judged[id_] <= challenge.attempts <= POLICY.codes.attempts
        glance = view.now.challenges.get(id_)
        if glance is not None:
            assert glance.attempts_left == challenge.attempts - witness.judged[id_]
            assert glance.sendings == len(witness.sendings.get(id_, ())) <= POLICY.codes.sends


def _budgets_hold(view: View) -> None:
    """Every code that was queued and every code that was judged was counted, on a budget that nothing resets."""
    witness = view.world.witness
    for (name, _), (_, hits) in witness.windows.items():
        budget: Budget = getattr(POLICY.limits, name)
        assert hits <= budget.amount, f"{name} was exceeded"
    used = Counter(key for stored in view.now.messages.values() for key in _uses(view, stored.message))
    for subject, count in view.told.judged.items():
        used["code_attempts_per_subject", subject] = count
    for key, count in used.items():
        assert count <= witness.granted[key], f"not every use of {key[0]} was counted"


def _uses(view: View, message: Message) -> Iterator[tuple[str, str]]:
    """The budgets, and the subjects, that a message must have been counted on."""
    if message.template in CODE_TEMPLATES:
        challenge = view.world.witness.challenges[message.topic]
        yield "codes_per_subject", of_subject(challenge.purpose, challenge.subject_id)
        if challenge.purpose is not Purpose.LOGIN:
            yield "sms_per_prefix", number_prefix(message.address)
            yield "sms_in_all", "everybody"
            yield "sms_in_all_an_hour", "everybody"
    if message.template is Template.CONFIRM_CODE:
        yield "sms_per_phone", message.address
    if message.template is Template.CONFIRM_LINK:
        yield "emails_per_address", email_key(message.address)
    if message.template in _RECOVERY_MAIL:
        yield "recoveries_per_address", email_key(message.address)


def _nothing_is_half_done(view: View) -> None:
    """A registration's state, its audit lines, its challenge and its messages tell the same story."""
    now = view.now
    for registration in now.registrations.values():
        for state, what in _ENDED_BY.items():
            assert len(now.events_of(what, registration.id)) == (registration.state is state)
        if registration.state is State.SUBMITTED:
            id_ = registration.challenge_id or ""
            under = [*now.messages_under(id_), *now.messages_under(link_topic(id_))]
            assert {Template.CONFIRM_LINK, Template.CONFIRM_CODE} == {m.message.template for m in under}
        else:
            assert registration.challenge_id is None
        if registration.state is State.REJECTED and registration.contacts is not None:
            told = [m for m in now.messages.values() if m.message.template is Template.REJECTED]
            assert registration.contacts.email in {m.message.address for m in told}


def _documents_are_kept(view: View) -> None:
    """A document that a registration names can be read, whole."""
    for registration in view.now.registrations.values():
        for document in registration.documents:
            try:
                assert len(view.world.documents.read(document.id)) == document.size
            except NotFound:
                raise AssertionError("a document that was accepted is gone") from None


def _nonces_of_what_is_over_are_gone(view: View) -> None:
    """Nothing is left to derive a code or a password from, once a challenge is over or a message is sent or dead."""
    witness, now = view.world.witness, view.now
    for id_ in view.world.shelf.nonces():
        if id_ in now.messages:
            assert now.messages[id_].state is MessageState.QUEUED, "a message that is over has its nonce"
        elif id_ not in now.challenges:
            expires_at = witness.challenges[id_].expires_at
            assert expires_at <= now.at, "a challenge that ended has its nonce"
            purged = witness.purged_at is not None and witness.purged_at >= expires_at
            assert not purged, "the purge left the nonce of an expired challenge"


def _letters_are_the_outbox(view: View) -> None:
    """What is marked as sent was carried; what was carried was queued, in time, for exactly that address."""
    carried = {letter.message_id for letter in view.world.carrier.letters}
    for id_, stored in view.now.messages.items():
        assert stored.state is not MessageState.SENT or id_ in carried
        assert stored.state is not MessageState.DEAD or stored.reason, "a dead letter without its reason"
    for letter in view.world.carrier.letters:
        message = view.now.messages[letter.message_id].message
        assert (message.address, message.channel) == (letter.to, letter.channel)
        assert letter.at < message.deadline, "sent after its deadline"


LAWS: Final[tuple[Callable[[View], None], ...]] = (
    _accounts_come_from_approvals,
    _reviews_follow_proofs,
    _attempts_are_spent_once,
    _budgets_hold,
    _nothing_is_half_done,
    _documents_are_kept,
    _nonces_of_what_is_over_are_gone,
    _letters_are_the_outbox,
)
