"""Sending a code and showing its page: what confirmation, sign-in and recovery share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from entractes_auth.backends.batch import Batch
from entractes_auth.contacts import mask_address
from entractes_auth.env import Env
from entractes_auth.errors import Limited, LinkRefused
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import count_code
from entractes_auth.links import LinkText, open_link
from entractes_auth.records.challenge import Glance, Sending
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Locale, Purpose
from entractes_auth.records.message import CodeSeed, Message, Template

__all__ = [
    "CodePage",
    "glance",
    "link_topic",
    "page",
    "require_sendable",
    "send_again",
    "sending",
    "topics",
]


_TEMPLATES: Final = {
    Purpose.CONFIRM: Template.CONFIRM_CODE,
    Purpose.LOGIN: Template.LOGIN_CODE,
    Purpose.RECOVERY: Template.RECOVERY_CODE,
}


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
    purpose: Purpose,
    channel: Channel,
    address: str,
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
        template=_TEMPLATES[purpose],
        channel=channel,
        address=address,
        locale=locale,
        created_at=now,
        deadline=expires_at,
        topic=challenge_id,
        seed=seed,
    )
    return sent, message


async def send_again(
    env: Env, seen: Glance, *, channel: Channel, address: str, locale: Locale, network: str
) -> CodePage:
    """Send the next code of a challenge, the first one included; the code before it is not right any more.

    Raises:
        LinkRefused: no attempts are left, so a code would be of no use.
        Limited: too soon, or too many codes for this challenge, subject, address or network.
    """
    require_sendable(env, seen)
    await count_code(env, seen.purpose, channel, address, subject_id=seen.subject_id, network=network)
    sent, message = sending(
        env,
        challenge_id=seen.challenge_id,
        counter=seen.sendings + 1,
        purpose=seen.purpose,
        channel=channel,
        address=address,
        locale=locale,
        until=seen.expires_at,
    )
    done = event(env, What.CODE_SENT, seen.subject_id, channel=channel)
    await env.store.commit(
        Batch(
            at=done.at,
            sendings=(sent,),
            # A carrier that comes back must not deliver the older code last: it would cost an attempt.
            withdraw=(seen.challenge_id,),
            messages=(message,),
            events=(done,),
        )
    )
    shown = replace(
        seen,
        channel=channel,
        masked=mask_address(channel, address),
        sendings=sent.counter,
        sent_at=sent.sent_at,
        code_expires_at=sent.expires_at,
    )
    return page(env, shown)


def topics(challenge_id: str | None) -> tuple[str, ...]:
    """The topics of a challenge's messages: its codes and its link. None of them is of use once it ended."""
    return (challenge_id, link_topic(challenge_id)) if challenge_id else ()


def link_topic(challenge_id: str) -> str:
    """The topic of the e-mailed link, apart from the codes': a new code does not make the link useless."""
    return f"link/{challenge_id}"
