"""One platform for tests: every port of `Auth`, quick, in memory and under the test's control."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from entractes_auth.auth import AsyncAuth, Auth
from entractes_auth.auth.runs import Deliver
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.ports import (
    AsyncCaptcha,
    AsyncDocuments,
    AsyncHasher,
    AsyncLimits,
    Captcha,
    Documents,
    Hasher,
    Limits,
)
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.site import Site
from entractes_auth.testing.clock import FrozenClock
from entractes_auth.testing.hasher import cheap_hasher
from entractes_auth.testing.limits_unlimited import unlimited
from entractes_auth.testing.messenger import RecordingMessenger
from entractes_auth.testing.scenario import quick_policy

__all__ = ["World"]


def _site() -> Site:
    return Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")


@dataclass(frozen=True, kw_only=True, repr=False)
class World:
    """A fresh platform for one test, or for one example of a property: a machine makes its own.

    Give what should differ, `World(limits=MemoryLimits())`, or replace it later with
    `dataclasses.replace(world, store=...)`: the new world shares all other ports. Left out: a frozen clock,
    one messenger for both channels, memory for all that is kept, no robot check, hashes that cost
    nothing, and limits that never refuse.
    """

    clock: FrozenClock = field(default_factory=FrozenClock)
    messenger: RecordingMessenger = field(default_factory=RecordingMessenger)
    store: Store | AsyncStore = field(default_factory=MemoryStore)
    limits: Limits | AsyncLimits = field(default_factory=unlimited)
    documents: Documents | AsyncDocuments = field(default_factory=MemoryDocuments)
    hasher: Hasher | AsyncHasher = field(default_factory=cheap_hasher)
    captcha: Captcha | AsyncCaptcha = field(default_factory=AcceptingCaptcha)
    policy: Policy = field(default_factory=quick_policy)
    keys: Keyring = field(default_factory=Keyring.generate)
    site: Site = field(default_factory=_site)
    deliver: Deliver = "inline"

    @cached_property
    def auth(self) -> Auth:
        """The runner for sync hosts, the same one at each use.

        Raises:
            ConfigurationError: a port of this world is async.
        """
        return Auth(**self._settings())

    @cached_property
    def async_auth(self) -> AsyncAuth:
        """The runner for async hosts, over the same ports: what `auth` wrote, it reads."""
        return AsyncAuth(**self._settings())

    def _settings(self) -> dict[str, Any]:
        return {
            "store": self.store,
            "keys": self.keys,
            "site": self.site,
            "messengers": {Channel.SMS: self.messenger, Channel.EMAIL: self.messenger},
            "documents": self.documents,
            "policy": self.policy,
            "limits": self.limits,
            "hasher": self.hasher,
            "captcha": self.captcha,
            "clock": self.clock,
            "deliver": self.deliver,
        }
