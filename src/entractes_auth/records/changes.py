"""What can happen to a registration, as values; `transitions` says when each may, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from entractes_auth.records.challenge import Proof
from entractes_auth.records.kinds import Step
from entractes_auth.records.registration import Claim, Consent, Document, Note
from entractes_auth.steps import StepData

__all__ = [
    "Amended",
    "Approved",
    "Change",
    "Claimed",
    "ContactsProven",
    "DocumentAttached",
    "DocumentRemoved",
    "Expired",
    "InformationRequested",
    "Noted",
    "Rejected",
    "Released",
    "Reopened",
    "ResentTo",
    "Resubmitted",
    "ReviewerChange",
    "StepSaved",
    "Submitted",
    "Withdrawn",
]


@dataclass(frozen=True, slots=True)
class StepSaved:
    """One page of the wizard was filled in; `consent` comes with the contacts."""

    data: StepData
    expires_at: datetime
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class DocumentAttached:
    """A supporting document was stored."""

    document: Document


@dataclass(frozen=True, slots=True)
class DocumentRemoved:
    """The applicant took a document back."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """The wizard is complete; the named challenge is to prove both contacts."""

    challenge_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ResentTo:
    """A new challenge replaces the one whose attempts or time ran out."""

    challenge_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Amended:
    """The applicant goes back to the draft before the contacts are proved."""

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reopened:
    """The applicant goes back to the operator's question before the contacts are proved."""

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """What the operator asked for was given, and the contacts are still those that were proved."""


@dataclass(frozen=True, slots=True)
class ContactsProven:
    """The link was opened and its code was right."""

    proof: Proof


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reviewer takes the registration for a while."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Released:
    """The reviewer puts it back."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A reviewer wrote something down."""

    note: Note


@dataclass(frozen=True, slots=True)
class InformationRequested:
    """The reviewer asks for more: only the flagged steps open again."""

    steps: frozenset[Step]
    document: bool
    question: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """A human approved; the account is created in the same commit."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A human rejected, with the reason that the applicant receives."""

    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The applicant gave up."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody came back in time."""


ReviewerChange = Claimed | Released | Noted | InformationRequested | Approved | Rejected

Change = (
    StepSaved
    | DocumentAttached
    | DocumentRemoved
    | Submitted
    | ResentTo
    | Amended
    | Reopened
    | Resubmitted
    | ContactsProven
    | ReviewerChange
    | Withdrawn
    | Expired
)
