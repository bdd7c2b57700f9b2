"""What every decision of a reviewer shares: loading, the claim, the audit line, the message to the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import ConfigurationError, NotFound, NotPossibleNow
from entractes_auth.flows.audit import event
from entractes_auth.flows.invitation import full_name
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import Channel, Step
from entractes_auth.records.message import LinkRef, Message, Template
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import Change, apply, as_of

__all__ = ["Reviewer", "decide", "decision_message", "load", "require_mine"]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A human whom the host has authenticated and allows to review; `id` goes to the audit trail.

    Raises:
        ConfigurationError: the id is empty: nobody would answer for the decision.
    """

    id: str
    name: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ConfigurationError("a Reviewer needs an id")


async def load(env: Env, registration_id: str, *, seen: int | None = None) -> Registration:
    """The registration, as of now; with `seen`, only if it is still of the version that the reviewer read.

    Raises:
        NotFound: no such registration.
        NotPossibleNow: it changed since: what was decided on is not what is there.
    """
    registration = await env.store.registration(registration_id)
    if registration is None:
        raise NotFound
    if seen is not None and registration.version != seen:
        raise NotPossibleNow(registration.state.value, "decide on what changed since it was read")
    return as_of(registration, env.now())


def require_mine(env: Env, reviewer: Reviewer, registration: Registration) -> None:
    """Let a reviewer go on unless another one holds a claim that has not ended.

    Raises:
        NotPossibleNow: another reviewer holds it.
    """
    claim = registration.claim
    if claim is not None and claim.reviewer_id != reviewer.id and claim.until > env.now():
        raise NotPossibleNow(registration.state.value, "decide on another reviewer's claim")


async def decide(
    env: Env,
    reviewer: Reviewer,
    registration: Registration,
    change: Change,
    what: What,
    *,
    needs_claim: bool = True,
    messages: tuple[Message, ...] = (),
    steps: frozenset[Step] = frozenset(),
) -> Registration:
    """Commit one decision, with its audit line and its messages; gives the registration as stored.

    Raises:
        NotPossibleNow: the table has no such change here, or another reviewer holds the registration.
    """
    if needs_claim:
        require_mine(env, reviewer, registration)
    now = env.now()
    moved = apply(registration, change, now)
    decided = event(env, what, moved.id, actor=Actor.REVIEWER, actor_id=reviewer.id, steps=steps)
    await env.store.commit(Batch(at=now, registrations=(moved,), messages=messages, events=(decided,)))
    return replace(moved, version=moved.version + 1)


def decision_message(
    env: Env,
    registration: Registration,
    template: Template,
    params: Mapping[str, str],
    *,
    link: LinkRef | None = None,
) -> Message:
    """An e-mail to the applicant; refused where the registration was never reviewable, so it has no address."""
    if registration.contacts is None:
        raise NotPossibleNow(registration.state.value, "write to the applicant")
    now = env.now()
    return Message(
        id=env.new_id(),
        template=template,
        channel=Channel.EMAIL,
        address=registration.contacts.email,
        locale=registration.locale,
        created_at=now,
        deadline=now + env.policy.messages.news_deadline,
        params={**full_name(registration), **params},
        link=link,
    )
