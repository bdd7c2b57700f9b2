"""Budgets inside flows: what is limited is the subject, so a resend or another route resets nothing."""

from __future__ import annotations

from entractes_auth.backends.ports import Exceeded
from entractes_auth.contacts import email_key
from entractes_auth.env import Env
from entractes_auth.errors import Limited
from entractes_auth.policy import Budget
from entractes_auth.records.kinds import Channel

__all__ = ["count", "count_message", "count_sending"]


async def count(env: Env, name: str, subject: str) -> None:
    """Count one hit on the budget `name` of `LimitPolicy`; an empty subject is nobody and is not counted.

    Counted before anything is compared or sent, so parallel requests cannot share one hit.

    Raises:
        Limited: the budget is used up; says when to come back.
    """
    if not subject:
        return
    budget: Budget = getattr(env.policy.limits, name)
    answer = await env.limits.hit(name, subject, budget, env.now())
    if isinstance(answer, Exceeded):
        raise Limited(answer.retry_at)


async def count_sending(env: Env, channel: Channel, address: str, *, subject_id: str, network: str) -> None:
    """Count one code that is about to be sent: for the network, the registration or account, and the address.

    Raises:
        Limited: one of the budgets is used up; says when to come back.
    """
    await count(env, "codes_per_network", network)
    await count(env, "codes_per_subject", subject_id)
    await count_message(env, channel, address)


async def count_message(env: Env, channel: Channel, address: str) -> None:
    """Count one message to an address.

    Raises:
        Limited: this phone or mailbox has had its share.
    """
    match channel:
        case Channel.SMS:
            await count(env, "sms_per_phone", address)
        case Channel.EMAIL:
            await count(env, "emails_per_address", email_key(address))
