"""The relay, as a flow: lease, render, send, settle; again and again by a worker, or once after a commit.

At least once: a crash between sending and settling sends again, under the same message id.
Nothing is sent after its deadline, and what cannot be sent ends as a visible dead letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from entractes_auth.backends.batch import Settlement
from entractes_auth.codes import derive
from entractes_auth.credentials import derive_password
from entractes_auth.env import Env
from entractes_auth.errors import DeliveryFailed
from entractes_auth.flow import flow
from entractes_auth.links import seal
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import CodeSeed, Leased, Message, PasswordSeed
from entractes_auth.texts.render import render

__all__ = ["Delivered", "Held", "deliver", "hand_over"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the messages of one call; `retried` ones are queued again."""

    sent: int
    retried: int
    dead: int


@flow
async def deliver(env: Env, *, limit: int = 50, only: tuple[str, ...] = ()) -> Delivered:
    """Deliver up to `limit` due messages, or each of those named by `only` once. Safe with several relays at once.

    One is leased at a time: behind a slow carrier, the leases of others would run out and
    another relay would send them again.
    """
    states: list[MessageState] = []
    batches = ((message_id,) for message_id in only) if only else repeat((), limit)
    for named in batches:
        now = env.now()
        leased = await env.store.lease(now, now + env.policy.messages.lease, 1, named)
        for one in leased:
            settlement = await _deliver_one(env, one)
            await env.store.settle((settlement,))
            states.append(settlement.state)
        if not leased and not only:
            break
    return Delivered(
        sent=states.count(MessageState.SENT),
        retried=states.count(MessageState.QUEUED),
        dead=states.count(MessageState.DEAD),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A message that was committed under a lease of the committer's own (`messages.lease`), which ends at `until`."""

    leased: Leased
    until: datetime


async def hand_over(env: Env, held: Sequence[Held]) -> None:
    """Deliver what one holds since it was committed, each message once: for the runners, after a flow.

    Behind a slow carrier less than half of a lease may be left: that message is a relay's. Sent now, it could be
    sent a second time before it is settled; and it may have become pointless, which a relay would see.
    """
    half = env.policy.messages.lease / 2
    for each in held:
        if env.now() <= each.until - half:
            await env.store.settle((await _deliver_one(env, each.leased),))


async def _deliver_one(env: Env, leased: Leased) -> Settlement:
    message, now = leased.message, env.now()
    if now >= message.deadline:
        # A code that is no longer valid is never sent.
        return _settled(leased, MessageState.DEAD, now, reason="deadline")
    try:
        outgoing = render(message, site=env.site, secrets=_secrets(env, message))
        await env.messengers[message.channel].send(outgoing)
    except DeliveryFailed as failure:
        if failure.permanent:
            return _settled(leased, MessageState.DEAD, env.now(), reason="refused by the carrier")
        return _retry(env, leased, "carrier unavailable")
    except Exception as failure:
        # A messenger of the host's, or a missing key: the type alone, since its text may hold an address.
        return _retry(env, leased, type(failure).__name__)
    return _settled(leased, MessageState.SENT, env.now())


def _secrets(env: Env, message: Message) -> dict[str, str]:
    """The secrets of a message, derived at this moment; they live in the rendered text alone."""
    secrets: dict[str, str] = {}
    match message.seed:
        case CodeSeed():
            secrets["code"] = derive(message.seed, env.policy.codes.digits, env.keys).reveal()
        case PasswordSeed():
            digits = int(message.params["digits"])
            secrets["password"] = derive_password(message.seed, digits, env.keys).reveal()
        case None:
            pass
    if message.link is not None:
        token = seal(message.link.purpose, message.link.id, env.keys).reveal()
        secrets["link"] = env.site.url(message.link.purpose, token)
    return secrets


def _retry(env: Env, leased: Leased, reason: str) -> Settlement:
    """Exponential back-off with jitter, so that a carrier that comes back is not met by all relays at once."""
    # The time after the attempt: one that timed out must not make the next one due already.
    rules, now = env.policy.messages, env.now()
    longest = min(rules.longest_retry, rules.first_retry * 2 ** min(leased.tries - 1, 20))
    jitter = 0.5 + int.from_bytes(env.entropy.draw(2), "big") / 2**17
    retry_at = now + timedelta(seconds=longest.total_seconds() * jitter)
    if retry_at >= leased.message.deadline:
        return _settled(leased, MessageState.DEAD, now, reason=f"deadline after: {reason}")
    return _settled(leased, MessageState.QUEUED, now, retry_at=retry_at, reason=reason)


def _settled(
    leased: Leased, state: MessageState, at: datetime, *, retry_at: datetime | None = None, reason: str = ""
) -> Settlement:
    return Settlement(
        message_id=leased.message.id,
        token=leased.token,
        state=state,
        at=at,
        retry_at=retry_at,
        reason=reason,
    )
