"""The two runners: `Auth` runs a flow in the calling thread, `AsyncAuth` on the running event loop.

Both run a flow again, with fresh reads and remembered answers, when its commit lost to a
concurrent change; both then try to deliver at once what the flow queued (`deliver="inline"`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.captcha.fixed import RefusingCaptcha
from entractes_auth.backends.clock import Clock, Entropy
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.hashing.bounded import BoundedHasher
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import (
    AsyncCaptcha,
    AsyncDocuments,
    AsyncHasher,
    AsyncLimits,
    AsyncMessenger,
    Captcha,
    Documents,
    Hasher,
    Limits,
    Messenger,
)
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.backends.system import SystemClock, SystemEntropy
from entractes_auth.colour import Memory, drive, finished, remembering, threaded
from entractes_auth.env import Env
from entractes_auth.errors import ConfigurationError, Conflict, StoreUnavailable
from entractes_auth.flow import Flow
from entractes_auth.flows import outbox
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.site import Site

__all__ = ["AsyncAuth", "Auth", "Deliver"]

T = TypeVar("T")
Deliver = Literal["inline", "relay"]
"""Whether a runner tries at once to deliver what a flow queued, or leaves it all to a relay."""

_MACHINE = os.cpu_count() or 1


class Auth:
    """Runs flows in the calling thread, on sync ports. Thread-safe; build one for the process.

    At most `simultaneous_hashes` passwords are hashed at once (default: one per core), so
    that a burst of sign-ins cannot exhaust the memory: each takes `policy.credentials.hash.memory_kib`.
    """

    def __init__(
        self,
        *,
        store: Store,
        keys: Keyring,
        site: Site,
        messengers: Mapping[Channel, Messenger],
        documents: Documents,
        policy: Policy | None = None,
        limits: Limits | None = None,
        hasher: Hasher | None = None,
        captcha: Captcha | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        deliver: Deliver = "inline",
        simultaneous_hashes: int = _MACHINE,
    ) -> None:
        """Take the ports; those left out are the embedded defaults.

        Raises:
            ConfigurationError: a channel without a messenger, or a policy that asks for a
                CAPTCHA when none is given.
        """
        policy = policy or Policy.tutorial()
        _check(policy, messengers, captcha)
        bound = BoundedHasher(hasher or Argon2Hasher(policy.credentials.hash), simultaneous_hashes)
        self._deliver = deliver
        self._env = Env(
            store=finished(store),
            limits=finished(limits or MemoryLimits()),
            hasher=finished(bound),
            captcha=finished(captcha or RefusingCaptcha()),
            documents=finished(documents),
            messengers={channel: finished(port) for channel, port in messengers.items()},
            policy=policy,
            keys=keys,
            site=site,
            clock=clock or SystemClock(),
            entropy=entropy or SystemEntropy(),
        )

    @property
    def policy(self) -> Policy:
        """The rules that the flows follow."""
        return self._env.policy

    @property
    def site(self) -> Site:
        """The host's name and addresses."""
        return self._env.site

    def run(self, flow: Flow[T]) -> T:
        """Run the flow and give its result.

        Raises:
            AuthError: what the flow raises; `Conflict` when every run lost to a concurrent change.
        """
        memory = Memory()
        env, queued = _one_run(self._env, memory)
        for turn in range(1, self._env.policy.runs + 1):
            try:
                result: T = drive(flow.start(env))
                break
            except Conflict:
                if turn == self._env.policy.runs:
                    raise
                memory.rewind()
        else:  # pragma: no cover - a policy has at least one run
            raise AssertionError
        if queued and self._deliver == "inline":
            self._try_delivery(tuple(queued))
        return result

    def _try_delivery(self, message_ids: tuple[str, ...]) -> None:
        try:
            drive(outbox.deliver(only=message_ids).start(self._env))
        except StoreUnavailable:
            # The flow's commit is durable and so are its messages: the relay delivers them later.
            return


class AsyncAuth:
    """Runs flows on the running event loop. Async ports are used as they are, sync ones in worker threads.

    At most `simultaneous_hashes` passwords are hashed at once, in threads of their own: a
    burst of sign-ins neither blocks the loop nor exhausts the memory.
    """

    def __init__(
        self,
        *,
        store: AsyncStore | Store,
        keys: Keyring,
        site: Site,
        messengers: Mapping[Channel, AsyncMessenger | Messenger],
        documents: AsyncDocuments | Documents,
        policy: Policy | None = None,
        limits: AsyncLimits | Limits | None = None,
        hasher: AsyncHasher | Hasher | None = None,
        captcha: AsyncCaptcha | Captcha | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        deliver: Deliver = "inline",
        simultaneous_hashes: int = _MACHINE,
    ) -> None:
        """Take the ports, in either colour; those left out are the embedded defaults.

        Raises:
            ConfigurationError: a channel without a messenger, or a policy that asks for a
                CAPTCHA when none is given.
        """
        policy = policy or Policy.tutorial()
        _check(policy, messengers, captcha)
        self._hashes = RunVar[CapacityLimiter]("entractes_auth.hashes")
        self._simultaneous_hashes = simultaneous_hashes
        self._deliver = deliver
        self._env = Env(
            store=threaded(store, _shared_threads),
            limits=threaded(limits or MemoryLimits(), _shared_threads),
            hasher=threaded(hasher or Argon2Hasher(policy.credentials.hash), self._hash_limiter),
            captcha=threaded(captcha or RefusingCaptcha(), _shared_threads),
            documents=threaded(documents, _shared_threads),
            messengers={channel: threaded(port, _shared_threads) for channel, port in messengers.items()},
            policy=policy,
            keys=keys,
            site=site,
            clock=clock or SystemClock(),
            entropy=entropy or SystemEntropy(),
        )

    @property
    def policy(self) -> Policy:
        """The rules that the flows follow."""
        return self._env.policy

    @property
    def site(self) -> Site:
        """The host's name and addresses."""
        return self._env.site

    async def run(self, flow: Flow[T]) -> T:
        """Run the flow and give its result.

        Raises:
            AuthError: what the flow raises; `Conflict` when every run lost to a concurrent change.
        """
        memory = Memory()
        env, queued = _one_run(self._env, memory)
        for turn in range(1, self._env.policy.runs + 1):
            try:
                result = await flow.start(env)
                break
            except Conflict:
                if turn == self._env.policy.runs:
                    raise
                memory.rewind()
        else:  # pragma: no cover - a policy has at least one run
            raise AssertionError
        if queued and self._deliver == "inline":
            await self._try_delivery(tuple(queued))
        return result

    async def _try_delivery(self, message_ids: tuple[str, ...]) -> None:
        try:
            await outbox.deliver(only=message_ids).start(self._env)
        except StoreUnavailable:
            # The flow's commit is durable and so are its messages: the relay delivers them later.
            return

    def _hash_limiter(self) -> CapacityLimiter:
        try:
            return self._hashes.get()
        except LookupError:
            limiter = CapacityLimiter(self._simultaneous_hashes)
            self._hashes.set(limiter)
            return limiter


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


def _one_run(env: Env, memory: Memory) -> tuple[Env, list[str]]:
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


def _shared_threads() -> CapacityLimiter | None:
    """anyio's own limit on worker threads (40)."""
    return None


def _check(policy: Policy, messengers: Mapping[Channel, object], captcha: object | None) -> None:
    missing = [channel.value for channel in Channel if channel not in messengers]
    if missing:
        raise ConfigurationError(f"messengers has no entry for {', '.join(missing)}")
    if policy.captcha and captcha is None:
        raise ConfigurationError(
            "the policy asks for a CAPTCHA: give one, or build the policy with captcha=False"
        )
