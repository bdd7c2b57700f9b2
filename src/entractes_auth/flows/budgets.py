"""Budgets inside flows: what is limited is the subject, so a resend or another route resets nothing."""

from __future__ import annotations

from typing import Final

from entractes_auth.backends.ports import Exceeded
from entractes_auth.contacts import number_prefix
from entractes_auth.env import Env
from entractes_auth.errors import Limited
from entractes_auth.policy import Budget
from entractes_auth.records.kinds import Channel, Purpose

__all__ = ["EVERYBODY", "budget_of", "clear", "count", "count_code", "of_subject"]

EVERYBODY: Final = "everybody"


async def count(env: Env, name: str, subject: str) -> int:
    """Count one hit on the budget `name` of `LimitPolicy`; give how many the window holds with this one.

    An empty subject is nobody and is not counted: 0. Counted before anything is compared or sent, so
    parallel requests cannot share one hit, and no two of them get the same number.

    Raises:
        Limited: the budget is used up; says when to come back.
    """
    if not subject:
        return 0
    budget = budget_of(env, name)
    answer = await env.limits.hit(name, subject, budget, env.now())
    if isinstance(answer, Exceeded):
        raise Limited(answer.retry_at)
    return budget.amount - answer.remaining


async def clear(env: Env, name: str, subject: str) -> None:
    """Forget the subject's hits, after a success that only its owner can have."""
    await env.limits.clear(name, subject, budget_of(env, name))


def of_subject(purpose: Purpose, subject_id: str) -> str:
    """The subject of a budget that each purpose has apart."""
    return f"{purpose.value}/{subject_id}"


async def count_code(
    env: Env, purpose: Purpose, channel: Channel, address: str, *, subject_id: str, network: str
) -> None:
    """Count one code that is about to be sent.

    Sign-in is counted for its account alone, and names no network: budgets that strangers or neighbours
    can use up must not keep a member out.

    Raises:
        Limited: one of the budgets is used up; says when to come back.
    """
    await count(env, "codes_per_network", network)
    await count(env, "codes_per_subject", of_subject(purpose, subject_id))
    if purpose is Purpose.CONFIRM:
        await count(env, "sms_per_phone", address)
    if purpose is not Purpose.LOGIN and channel is Channel.SMS:
        await count(env, "sms_per_prefix", number_prefix(address))
        await count(env, "sms_in_all_an_hour", EVERYBODY)
        await count(env, "sms_in_all", EVERYBODY)


def budget_of(env: Env, name: str) -> Budget:
    """The budget `name` of `LimitPolicy`."""
    budget: Budget = getattr(env.policy.limits, name)
    return budget
