"""`AsyncAuth`: runs flows on the running event loop."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from entractes_auth.auth.runs import Deliver, check, hashes_at_once, holding, one_run
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
from entractes_auth.colour import Memory, threaded
from entractes_auth.env import Env
from entractes_auth.errors import Conflict, StoreError
from entractes_auth.flow import Flow
from entractes_auth.flows import outbox
from entractes_auth.flows.outbox import Held
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.site import Site

__all__ = ["AsyncAuth"]

T = TypeVar("T")


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
        simultaneous_hashes: int | None = None,
    ) -> None:
        """Take the ports, in either colour; those left out are the embedded defaults.

        Raises:
            ConfigurationError: a channel without a messenger, or a policy that asks for a
                CAPTCHA when none is given.
        """
        policy = policy or Policy.tutorial()
        check(policy, messengers, captcha, deliver, simultaneous_hashes)
        at_once = hashes_at_once(policy, simultaneous_hashes)
        # `is None`: a port of the host's may be empty, hence false, and is meant all the same.
        limits = MemoryLimits() if limits is None else limits
        hasher = Argon2Hasher(policy.credentials.hash) if hasher is None else hasher
        captcha = RefusingCaptcha() if captcha is None else captcha
        self._hashes = RunVar[CapacityLimiter]("entractes_auth.hashes")
        self._at_once = at_once
        self._deliver = deliver
        self._env = Env(
            store=threaded(store, _shared_threads),
            limits=threaded(limits, _shared_threads),
            hasher=threaded(_bounded(hasher, at_once), self._hash_limiter),
            captcha=threaded(captcha, _shared_threads),
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
        held: list[Held] = []
        store = holding(self._env, held) if self._deliver == "inline" else self._env.store
        try:
            result = await self._persevere(flow, store)
        except Exception:
            # A refusal may have queued a letter too: the one that warns an owner of wrong codes. And after an error
            # of a host's own port a person should not wait for the code until the lease has ended.
            await self._hand_over(held)
            raise
        await self._hand_over(held)
        return result

    async def _persevere(self, flow: Flow[T], store: Any) -> T:
        memory = Memory()
        env = one_run(self._env, store, memory)
        for _ in range(env.policy.runs - 1):
            try:
                return await flow.start(env)
            except Conflict:
                memory.rewind()
        return await flow.start(env)  # the last run: its `Conflict` is the caller's

    async def _hand_over(self, held: Sequence[Held]) -> None:
        if held:
            # The flow's commit is durable and so are its messages: the relay delivers what is left.
            with suppress(StoreError):
                await outbox.hand_over(self._env, held)

    def _hash_limiter(self) -> CapacityLimiter:
        try:
            return self._hashes.get()
        except LookupError:
            limiter = CapacityLimiter(self._at_once)
            self._hashes.set(limiter)
            return limiter


def _bounded(hasher: AsyncHasher | Hasher, simultaneous: int) -> AsyncHasher | Hasher:
    """A sync hasher bounded for the process too: a host may run an event loop for each request, and
    the limiter of `_hash_limiter` holds for one loop. An async hasher bounds itself."""
    if inspect.iscoroutinefunction(hasher.verify):
        return hasher
    return BoundedHasher(cast("Hasher", hasher), simultaneous)


def _shared_threads() -> CapacityLimiter | None:
    """anyio's own limit on worker threads (40)."""
    return None
