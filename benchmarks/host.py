"""What every measure is built on: a host with a phone and keys of its own, and approved members."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final

from entractes_auth import Auth, Channel, Keyring, Policy, Site
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.store import Store
from entractes_auth.policy import Budget, LimitPolicy
from entractes_auth.testing import RecordingMessenger, scenario

__all__ = ["Host", "roomy_policy"]

SITE: Final = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")


@dataclass(frozen=True, slots=True)
class Host:
    """The settings that every runner on it shares, and the phone that all messages come to."""

    phone: RecordingMessenger
    keys: Keyring
    policy: Policy

    @classmethod
    def fresh(cls) -> Host:
        """A host with the roomy policy."""
        return cls(RecordingMessenger(), Keyring.generate(), roomy_policy())

    @property
    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `Auth` and for `AsyncAuth`."""
        return {
            "messengers": {Channel.SMS: self.phone, Channel.EMAIL: self.phone},
            "keys": self.keys,
            "site": SITE,
            "policy": self.policy,
        }

    def enrol(self, store: Store, count: int) -> list[scenario.Member]:
        """Have `count` members register, confirm and be approved, by the real flows."""
        auth = Auth(store=store, documents=MemoryDocuments(), **self.arguments)
        return [
            auth.run(scenario.approved(self.phone, scenario.applicant(number)))
            for number in range(1, count + 1)
        ]


def roomy_policy() -> Policy:
    """The tutorial's policy with its own Argon2 parameters, and budgets that the rounds do not use up.

    Budgets are counted all the same.
    """
    policy = scenario.quick_policy()
    vast = Budget(amount=1_000_000, per=timedelta(days=1))
    limits = LimitPolicy(**{each.name: vast for each in fields(LimitPolicy)})
    return replace(policy, limits=limits, credentials=Policy.tutorial().credentials)
