"""What surrounds a registration: the wizard, its documents, the review and the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from entractes_auth.contacts import FRENCH_REGIONS
from entractes_auth.policy.checks import require
from entractes_auth.records.kinds import Locale

__all__ = ["NO_NETWORK", "DocumentPolicy", "MessagePolicy", "Network", "RegistrationPolicy", "ReviewPolicy"]

NO_NETWORK: Final = "none"
"""The key of the choice "no network", which contradicts every other one: ticked together they are refused."""


@dataclass(frozen=True, slots=True)
class Network:
    """How a network is called, where it has a name in each language."""

    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """What the wizard asks and how long an abandoned registration is kept.

    `networks` maps the host's own keys to the labels shown ("Réseaux d'appartenance"): a text for a proper
    name, which is the same in both languages. Who may be in none of them needs the key `NO_NETWORK`.
    `phone_regions` lists the regions (ISO 3166) whose mobiles may receive codes.
    """

    networks: Mapping[str, str | Network] = field(
        default_factory=lambda: {
            NO_NETWORK: Network("Aucun réseau", "No network"),
            "other": Network("Autre réseau", "Another network"),
        }
    )
    phone_regions: frozenset[str] = FRENCH_REGIONS
    # retired register (every profession moved to RPPS by 2024): still on many cards
    accept_adeli: bool = True
    accept_test_numbers: bool = False  # RPPS 99..., department 0B: the agency's test identities
    document_required: bool = True
    draft_lifetime: timedelta = timedelta(days=30)
    answer_lifetime: timedelta = timedelta(days=60)  # needs_information
    consent_text_version: str = "2026-11"

    def __post_init__(self) -> None:
        require(bool(self.networks), "registration.networks", "must offer at least one network")
        require(bool(self.phone_regions), "registration.phone_regions", "must name at least one region")
        require(
            self.phone_regions <= FRENCH_REGIONS,
            "registration.phone_regions",
            "must be among the French regions, as ISO 3166 writes them: FR, RE, GP, ...",
        )
        require(
            bool(self.consent_text_version.strip()),
            "registration.consent_text_version",
            "must name the version of the sentence that is shown",
        )
        for name in ("draft_lifetime", "answer_lifetime"):
            value: timedelta = getattr(self, name)
            require(
                timedelta(days=1) <= value <= timedelta(days=366), f"registration.{name}", "1 to 366 days"
            )

    def network_label(self, key: str, locale: Locale) -> str:
        """How a page calls a network; one that is no longer offered is called by its key."""
        network = self.networks.get(key, key)
        if isinstance(network, str):
            return network
        return network.label_en if locale is Locale.EN else network.label_fr


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """Supporting documents: size of one, and how many a registration may hold."""

    maximum_bytes: int = 10 * 1024 * 1024
    maximum_count: int = 5

    def __post_init__(self) -> None:
        require(
            1024 <= self.maximum_bytes <= 100 * 1024 * 1024, "documents.maximum_bytes", "1 KiB to 100 MiB"
        )
        require(1 <= self.maximum_count <= 20, "documents.maximum_count", "must be 1 to 20")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """How long a reviewer's claim on a registration holds before another may take it."""

    claim: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        require(timedelta(minutes=1) <= self.claim <= timedelta(days=2), "review.claim", "1 minute to 2 days")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePolicy:
    """The outbox: how long a relay holds a message, how retries are spaced, when news is old."""

    lease: timedelta = timedelta(minutes=2)
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=15)
    news_deadline: timedelta = timedelta(days=3)  # messages that carry no code: decisions, notices

    def __post_init__(self) -> None:
        require(
            timedelta(seconds=10) <= self.lease <= timedelta(hours=1),
            "messages.lease",
            "10 seconds to 1 hour",
        )
        require(
            timedelta(seconds=1) <= self.first_retry <= self.longest_retry,
            "messages.first_retry",
            "1 second to longest_retry",
        )
        require(
            self.longest_retry <= timedelta(days=1),
            "messages.longest_retry",
            "must be at most 1 day",
        )
        require(
            timedelta(hours=1) <= self.news_deadline <= timedelta(days=30),
            "messages.news_deadline",
            "1 hour to 30 days",
        )
