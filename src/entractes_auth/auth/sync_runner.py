"""`Auth`: runs flows in the calling thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from entractes_auth.auth.runs import Deliver, check, hashes_at_once, holding, one_run
from entractes_auth.backends.captcha.fixed import RefusingCaptcha
from entractes_auth.backends.clock import Clock, Entropy
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.hashing.bounded import BoundedHasher
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import (
    Captcha,
    Documents,
    Hasher,
    Limits,
    Messenger,
)
from entractes_auth.backends.store import Store
from entractes_auth.backends.system import SystemClock, SystemEntropy
from entractes_auth.colour import Memory, drive, finished, require_sync
from entractes_auth.env import Env
from entractes_auth.errors import Conflict, StoreError
from entractes_auth.flow import Flow
from entractes_auth.flows import outbox
from entractes_auth.flows.outbox import Held
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.site import Site

__all__ = ["Auth"]

T = TypeVar("T")


class Auth:
    """Runs flows in the calling thread, on sync ports. Thread-safe; build one for the process.

    At most `simultaneous_hashes` passwords are hashed at once (default: the cores divided by the
    hash's `parallelism`), so that a burst of sign-ins cannot exhaust the memory: each takes
    `policy.credentials.hash.memory_kib`.
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
        simultaneous_hashes: int | None = None,
    ) -> None:
        """Take the ports; those left out are the embedded defaults.

        Raises:
            ConfigurationError: a channel without a messenger, a policy that asks for a CAPTCHA
                when none is given, or an async port.
        """
        policy = policy or Policy.tutorial()
        check(policy, messengers, captcha, deliver, simultaneous_hashes)
        at_once = hashes_at_once(policy, simultaneous_hashes)
        # `is None`: a port of the host's may be empty, hence false, and is meant all the same.
        limits = MemoryLimits() if limits is None else limits
        hasher = Argon2Hasher(policy.credentials.hash) if hasher is None else hasher
        captcha = RefusingCaptcha() if captcha is None else captcha
        _require_sync(store, limits, hasher, captcha, documents, messengers)
        self._deliver = deliver
        self._env = Env(
            store=finished(store),
            limits=finished(limits),
            hasher=finished(BoundedHasher(hasher, at_once)),
            captcha=finished(captcha),
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
        held: list[Held] = []
        store = holding(self._env, held) if self._deliver == "inline" else self._env.store
        try:
            result = self._persevere(flow, store)
        except Exception:
            # A refusal may have queued a letter too: the one that warns an owner of wrong codes. And after an error
            # of a host's own port a person should not wait for the code until the lease has ended.
            self._hand_over(held)
            raise
        self._hand_over(held)
        return result

    def _persevere(self, flow: Flow[T], store: Any) -> T:
        memory = Memory()
        env = one_run(self._env, store, memory)
        for _ in range(env.policy.runs - 1):
            try:
                return drive(flow.start(env))
            except Conflict:
                memory.rewind()
        return drive(flow.start(env))  # the last run: its `Conflict` is the caller's

    def _hand_over(self, held: Sequence[Held]) -> None:
        if held:
            # The flow's commit is durable and so are its messages: the relay delivers what is left.
            with suppress(StoreError):
                drive(outbox.hand_over(self._env, held))


def _require_sync(
    store: Store,
    limits: Limits,
    hasher: Hasher,
    captcha: Captcha,
    documents: Documents,
    messengers: Mapping[Channel, Messenger],
) -> None:
    require_sync(store, Store)
    require_sync(limits, Limits)
    require_sync(hasher, Hasher)
    require_sync(captcha, Captcha)
    require_sync(documents, Documents)
    for messenger in messengers.values():
        require_sync(messenger, Messenger)
