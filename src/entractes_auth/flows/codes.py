"""What confirmation, sign-in and recovery share: sending a code, showing its page, spending an attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from entractes_auth.backends.batch import Batch
from entractes_auth.codes import judge, read_code
from entractes_auth.env import Env
from entractes_auth.errors import AlreadyRedeemed, CodeRefused, Limited, LinkRefused, Reason
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import count
from entractes_auth.links import LinkText, open_link
from entractes_auth.records.challenge import Glance, Proof, Sending
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Locale, Purpose
from entractes_auth.records.message import CodeSeed, Message, Template

__all__ = ["CodePage", "glance", "page", "prove", "redeem", "require_sendable", "sending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """What the page with the code boxes shows.

    `masked` is where the newest code went, "" when none was sent. A page that has
    `attempts_left` 0 says so and offers a new start, never another code. Times are aware, UTC.
    """

    channel: Channel | None
    masked: str = field(repr=False)
    digits: int
    sent: bool
    attempts_left: int
    code_expires_at: datetime | None
    may_resend_at: datetime | None
    expires_at: datetime


async def glance(env: Env, link: LinkText, purpose: Purpose) -> Glance:
    """What may be shown of the open challenge that a link names.

    Raises:
        LinkRefused: cut, forged, of another purpose, expired or used.
    """
    challenge_id = open_link(link, purpose, env.keys)
    seen = await env.store.glance(challenge_id, env.now())
    if seen is None or seen.purpose is not purpose:
        raise LinkRefused
    return seen


def page(env: Env, seen: Glance) -> CodePage:
    """The page of a glance."""
    codes = env.policy.codes
    more = seen.sendings < codes.sends and seen.attempts_left > 0
    return CodePage(
        channel=seen.channel,
        masked=seen.masked,
        digits=codes.digits,
        sent=seen.sendings > 0,
        attempts_left=seen.attempts_left,
        code_expires_at=seen.code_expires_at,
        may_resend_at=(seen.sent_at + codes.resend_after if seen.sent_at else env.now()) if more else None,
        expires_at=seen.expires_at,
    )


def require_sendable(env: Env, seen: Glance) -> None:
    """Refuse another code on a challenge that has had its share.

    Raises:
        LinkRefused: no attempts are left, so a code would be of no use.
        Limited: too many sendings on this challenge, or the last one was a moment ago.
    """
    if seen.attempts_left == 0:
        raise LinkRefused
    if seen.sendings >= env.policy.codes.sends:
        raise Limited(seen.expires_at)
    if seen.sent_at is not None and env.now() < seen.sent_at + env.policy.codes.resend_after:
        raise Limited(seen.sent_at + env.policy.codes.resend_after)


def sending(
    env: Env,
    *,
    challenge_id: str,
    counter: int,
    channel: Channel,
    address: str,
    template: Template,
    locale: Locale,
    until: datetime,
) -> tuple[Sending, Message]:
    """One sending of a fresh code, and the message that carries it; the code ends at `until` at the latest."""
    now = env.now()
    expires_at = min(now + env.policy.codes.lifetime, until)
    seed = CodeSeed(challenge_id, env.keys.active, env.new_nonce(), address, counter)
    sent = Sending(
        challenge_id=challenge_id,
        counter=counter,
        key_id=seed.key_id,
        nonce=seed.nonce,
        channel=channel,
        address=address,
        expires_at=expires_at,
        sent_at=now,
    )
    message = Message(
        id=env.new_id(),
        template=template,
        channel=channel,
        address=address,
        locale=locale,
        created_at=now,
        deadline=expires_at,
        topic=challenge_id,
        seed=seed,
    )
    return sent, message


async def prove(env: Env, link: LinkText, purpose: Purpose, code: str) -> Proof:
    """Count one attempt, then judge the code. The order is the rule: nothing is compared before it is counted.

    Raises:
        InvalidInput: not a code by its form; no attempt was counted.
        LinkRefused: cut, forged or of another purpose.
        CodeRefused: wrong, expired, used up or redeemed.
        Limited: this subject had too many attempts today, on whatever challenges.
    """
    challenge_id = open_link(link, purpose, env.keys)
    typed = read_code(code, env.policy.codes.digits)
    attempt = await env.store.spend(challenge_id, env.now())
    if attempt is None:
        raise CodeRefused
    if attempt.purpose is not purpose:
        raise LinkRefused
    await count(env, "code_attempts_per_subject", attempt.subject_id)
    try:
        return judge(attempt, typed, env.policy.codes.digits, env.keys)
    except CodeRefused:
        refused = event(env, What.CODE_REFUSED, attempt.subject_id, reason=Reason.WRONG_CODE)
        await env.store.commit(Batch(at=refused.at, events=(refused,)))
        raise


async def redeem(env: Env, batch: Batch) -> None:
    """Commit what follows from a right code.

    Raises:
        CodeRefused: the challenge was redeemed, replaced or closed by someone else first.
    """
    try:
        await env.store.commit(batch)
    except AlreadyRedeemed:
        raise CodeRefused from None
