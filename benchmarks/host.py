"""What every measure is built on: a host with a phone and keys of its own, and approved members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from entractes_auth import Auth, Channel, Keyring, Policy, Site
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.store import Store
from entractes_auth.testing import RecordingMessenger, scenario

__all__ = ["SITE", "Host", "standard_policy"]

SITE: Final = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")


@dataclass(frozen=True, slots=True)
class Host:
    """The settings that every runner on it shares, and the phone that all messages come to."""

    phone: RecordingMessenger
    keys: Keyring
    policy: Policy

    @classmethod
    def fresh(cls) -> Host:
        """A host with the standard policy."""
        return cls(RecordingMessenger(), Keyring.generate(), standard_policy())

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


def standard_policy() -> Policy:
    """The tutorial's policy with its own Argon2 parameters; open to test numbers, and without a robot check.

    Its budgets are the real ones: a sign-in that succeeds clears what it counted, so no round runs dry.
    """
    return replace(scenario.quick_policy(), credentials=Policy.tutorial().credentials)
