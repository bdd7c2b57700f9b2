"""What both runners share: the settings' check, and the environment of one flow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal, get_args

from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.store import AsyncStore
from entractes_auth.colour import Memory, remembering
from entractes_auth.env import Env
from entractes_auth.errors import ConfigurationError
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel

__all__ = ["Deliver", "check", "hashes_at_once", "one_run"]

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


def one_run(env: Env, memory: Memory) -> tuple[Env, list[str]]:
    """The environment of one flow, which remembers what must not be asked twice, and the ids that it queues."""
    queued: list[str] = []
    noting: Any = _Noting(env.store, queued)
    fresh = replace(
        env,
        store=remembering(noting, memory),
        limits=remembering(env.limits, memory),
        hasher=remembering(env.hasher, memory),
        captcha=remembering(env.captcha, memory),
        documents=remembering(env.documents, memory),
    )
    return fresh, queued


class _Noting:
    """Notes the messages that a flow's commits queue, for inline delivery."""

    def __init__(self, store: AsyncStore, queued: list[str]) -> None:
        self._store = store
        self._queued = queued

    async def commit(self, batch: Batch) -> Committed:
        committed = await self._store.commit(batch)
        self._queued.extend(committed.message_ids)
        return committed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
