"""A letter to the owner: somebody has the password, and goes on with wrong codes."""

from __future__ import annotations

from entractes_auth.env import Env
from entractes_auth.errors import Limited
from entractes_auth.flows.budgets import count
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.kinds import Channel, Purpose
from entractes_auth.records.message import Message, Template

__all__ = ["warning_letter"]


async def warning_letter(env: Env, attempt: Attempt, wrong_codes: int) -> Message | None:
    """The letter that a wrong code calls for, if it does: a few a day at most; without code, link or identifier.

    `wrong_codes` is how many codes of the account were judged in this window, whatever the challenge: a
    thief who leaves the last attempt of each challenge alone is told of all the same. A code is asked
    for only behind the right password, so it is the owner's bad day or a thief's good one: the owner knows.
    """
    enough = attempt.attempts_left == 0 or wrong_codes % env.policy.codes.attempts == 0
    if attempt.purpose is not Purpose.LOGIN or not enough:
        return None
    account = await env.store.account(attempt.subject_id)
    if account is None:
        return None
    try:
        await count(env, "alerts_per_account", account.id)
    except Limited:
        return None
    now = env.now()
    return Message(
        id=env.new_id(),
        template=Template.CODES_REFUSED,
        channel=Channel.EMAIL,
        address=account.email,
        locale=account.locale,
        created_at=now,
        deadline=now + env.policy.messages.news_deadline,
    )
