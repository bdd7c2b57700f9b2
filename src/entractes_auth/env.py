"""The environment of a flow: the ports, the rules, the keys, the clock. Everything a flow touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from entractes_auth.backends.clock import Clock, Entropy
from entractes_auth.backends.ports import (
    AsyncCaptcha,
    AsyncDocuments,
    AsyncHasher,
    AsyncLimits,
    AsyncMessenger,
)
from entractes_auth.backends.store import AsyncStore
from entractes_auth.ids import RANDOM_BYTES, ordered_id
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.site import Site

__all__ = ["Env"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Env:
    """What a flow is given. Under `Auth` the async ports are sync ones whose every call is already done."""

    store: AsyncStore
    limits: AsyncLimits
    hasher: AsyncHasher
    captcha: AsyncCaptcha
    documents: AsyncDocuments
    messengers: Mapping[Channel, AsyncMessenger]
    policy: Policy
    keys: Keyring
    site: Site
    clock: Clock
    entropy: Entropy

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.clock.now()

    def new_id(self) -> str:
        """A fresh id (see `ids`): in the order of time, and never sequential, so that ids cannot be walked."""
        return ordered_id(self.clock.now(), self.entropy.draw(RANDOM_BYTES))

    def new_nonce(self) -> bytes:
        """256 fresh random bits, from which a code or a password is derived."""
        return self.entropy.draw(32)
