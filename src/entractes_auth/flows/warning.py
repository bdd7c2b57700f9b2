"""A letter to the owner: somebody has the password, and tried codes until none was left."""

from __future__ import annotations

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import Limited
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import count
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel
from entractes_auth.records.message import Message, Template

__all__ = ["warn_owner"]


async def warn_owner(env: Env, account_id: str) -> None:
    """Queue the letter, a few times a day at most; it holds neither code nor link nor identifier.

    A code is right only behind a right password, so wrong ones until the challenge is used up are
    the owner's bad day or a thief's good one: the owner knows which.
    """
    account = await env.store.account(account_id)
    if account is None:
        return
    try:
        await count(env, "alerts_per_account", account_id)
    except Limited:
        return
    warned = event(env, What.OWNER_WARNED, account_id)
    message = Message(
        id=env.new_id(),
        template=Template.CODES_REFUSED,
        channel=Channel.EMAIL,
        address=account.email,
        locale=account.locale,
        created_at=warned.at,
        deadline=warned.at + env.policy.messages.news_deadline,
    )
    await env.store.commit(Batch(at=warned.at, messages=(message,), events=(warned,)))
