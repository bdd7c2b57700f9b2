"""Who the scenarios are about, and what these people hold in their hands at each point of their way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from entractes_auth.flows.review import Reviewer
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel, Kind, Locale
from entractes_auth.redact import Secret
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData
from entractes_auth.testing import builders
from entractes_auth.testing.hasher import CHEAPEST

__all__ = [
    "PDF",
    "REVIEWER",
    "Applicant",
    "Member",
    "Recovering",
    "Waiting",
    "another",
    "applicant",
    "nurse",
    "quick_policy",
    "token_in",
]

PDF: Final = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
"""A document that the documents port accepts."""

REVIEWER: Final = Reviewer(id="reviewer-1", name="Dominique")

_NURSE: Final = "TRE_G15-ProfessionSante/60"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,16}\.[0-9a-f]{32}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Applicant:
    """Somebody who signs up: what is typed on each page, and the document."""

    identity: Identity
    practice: Practice
    care: Care
    contacts: Contacts
    kind: Kind = Kind.PROFESSIONAL
    locale: Locale = Locale.FR
    document: bytes = PDF

    @property
    def pages(self) -> tuple[StepData, ...]:
        """The pages of the wizard, in their order."""
        return (self.identity, self.practice, self.care, self.contacts)

    def address(self, channel: Channel) -> str:
        """Where a message to this person goes on this channel."""
        return self.contacts.mobile if channel is Channel.SMS else self.contacts.email


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Waiting:
    """A registration that was handed in, with the newest links and the code that came for it."""

    registration_id: str
    resume_link: Secret
    confirm_link: Secret
    code: str
    applicant: Applicant


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Member:
    """An approved applicant, with the credentials as they came in the messages."""

    account_id: str
    registration_id: str
    identifier: str
    password: str
    resume_link: Secret
    applicant: Applicant


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recovering:
    """A member in the middle of a recovery: the e-mailed link, and the code from the phone."""

    link: Secret
    code: str
    member: Member


def quick_policy(policy: Policy | None = None) -> Policy:
    """`policy` (the tutorial's) made quick and closed to the world: no robot check, hashes that cost nothing,
    and the published test numbers accepted. For tests only: such a hash is guessed in no time."""
    policy = policy or Policy.tutorial()
    return replace(
        policy,
        captcha=False,
        credentials=replace(policy.credentials, hash=CHEAPEST),
        registration=replace(policy.registration, accept_test_numbers=True),
    )


def applicant(n: int = 1, **changes: Any) -> Applicant:
    """The `n`th made-up person; two different ones share neither phone nor e-mail. `changes` replace fields."""
    person = Applicant(
        identity=builders.identity(n),
        practice=builders.practice(n),
        care=builders.care(),
        contacts=builders.contacts(n),
    )
    return replace(person, **changes)


def nurse(n: int = 1, **changes: Any) -> Applicant:
    """The `n`th made-up nurse, with an RPPS number and a practice's FINESS number."""
    return applicant(n, **{"practice": builders.practice(n, profession=_NURSE), **changes})


def another(code: str) -> str:
    """As many digits, and not these."""
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


def token_in(url: str) -> Secret:
    """The token that stands in a link's address.

    Raises:
        LookupError: there is none.
    """
    found = _TOKEN.search(url)
    if found is None:
        raise LookupError("no token in this address")
    return Secret(found[0])
