"""What both runners share: the settings' check, and the environment of one flow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, get_args

from entractes_auth.backends.batch import Batch, Committed, Lease
from entractes_auth.colour import Memory, remembering
from entractes_auth.env import Env
from entractes_auth.errors import ConfigurationError
from entractes_auth.flows.outbox import Held
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.records.message import Leased

__all__ = ["Deliver", "check", "hashes_at_once", "holding", "one_run"]

Deliver = Literal["inline", "relay"]
"""Whether a runner tries at once to deliver what a flow queued, or leaves it all to a relay."""

_CORES: Final = os.cpu_count() or 1


def check(
    policy: Policy,
    messengers: Mapping[Channel, object],
    captcha: object | None,
    deliver: Deliver,
    simultaneous_hashes: int | None,
) -> None:
    """Refuse settings with which no flow could do its work.

    Raises:
        ConfigurationError: names the setting.
    """
    missing = [channel.value for channel in Channel if channel not in messengers]
    if missing:
        raise ConfigurationError(f"messengers has no entry for {', '.join(missing)}")
    if policy.captcha and captcha is None:
        raise ConfigurationError(
            "the policy asks for a CAPTCHA: give one, or build the policy with captcha=False"
        )
    if deliver not in get_args(Deliver):
        # Another word would be taken for "relay", and a site without one would send nothing.
        raise ConfigurationError('deliver is "inline" or "relay"')
    if simultaneous_hashes is not None and simultaneous_hashes < 1:
        raise ConfigurationError("simultaneous_hashes must be at least 1")


def hashes_at_once(policy: Policy, wanted: int | None) -> int:
    """What the host wants, or as many as the cores can work on: each hash keeps `parallelism` of them busy."""
    return wanted or max(1, _CORES // policy.credentials.hash.parallelism)


def one_run(env: Env, store: Any, memory: Memory) -> Env:
    """The environment of one flow on this store, which remembers what must not be asked twice."""
    return replace(
        env,
        store=remembering(store, memory),
        limits=remembering(env.limits, memory),
        hasher=remembering(env.hasher, memory),
        captcha=remembering(env.captcha, memory),
        documents=remembering(env.documents, memory),
    )


def holding(env: Env, held: list[Held]) -> Any:
    """The store of one flow whose messages are delivered inline: its commits keep them under a lease."""
    return _Holding(env, held)


class _Holding:
    """Commits messages as leased, and notes them once they are durable. A crash strands none: the lease ends."""

    def __init__(self, env: Env, held: list[Held]) -> None:
        self._env = env
        self._held = held

    async def commit(self, batch: Batch) -> Committed:
        if batch.messages:
            lease = Lease(self._env.new_id(), self._env.now() + self._env.policy.messages.lease)
            batch = replace(batch, lease=lease)
        committed = await self._env.store.commit(batch)
        # What this flow queued earlier and now withdraws is in its hands only: no store keeps it from them.
        self._held[:] = [each for each in self._held if not _withdrawn(each, batch)]
        if batch.lease is not None:
            token, until = batch.lease.token, batch.lease.until
            self._held.extend(Held(Leased(each, token, 1), until) for each in batch.messages)
        return committed

    async def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """Of a flow that delivers by itself (a test's scenario, say): what it holds is its own to deliver."""
        own = [
            each for each in self._held if now < each.until and (not only or each.leased.message.id in only)
        ]
        if not own:
            return await self._env.store.lease(now, until, limit, only)
        given = own[:limit]
        self._held[:] = [each for each in self._held if each not in given]
        return tuple(each.leased for each in given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env.store, name)


def _withdrawn(held: Held, batch: Batch) -> bool:
    topic = held.leased.message.topic
    return bool(topic) and topic in batch.withdraw
