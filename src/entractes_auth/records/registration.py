"""One application: what the wizard collected, what was proved, and what the operators said.

The record is a value. It changes only by `transitions.apply`, which looks every step up in
one table; a store writes it only over the version that it was decided on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from entractes_auth.records.kinds import Kind, Locale, State, Step
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData

__all__ = ["Claim", "Consent", "Document", "Note", "Proven", "Registration"]


@dataclass(frozen=True, slots=True)
class Document:
    """A supporting document: its random id in the documents port, what its content is, its size in bytes."""

    id: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Consent:
    """When the newsletter was agreed to, and which version of the sentence was shown."""

    given_at: datetime
    text_version: str


@dataclass(frozen=True, slots=True, repr=False)
class Proven:
    """The exact contacts that were proved together, and when."""

    mobile: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A reviewer's lease: until it ends, only this reviewer decides."""

    reviewer_id: str
    until: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """What a reviewer wrote for the other reviewers; the applicant never sees it."""

    reviewer_id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Registration:
    """One application. `version` is 0 until it is stored; `repr` shows no personal data.

    `question` is what the operator asked (needs_information) or why it was rejected, in the
    words that the applicant received; `answered` holds the flagged steps (and "document") that
    were redone since. `expires_at` is None while it waits for a human and
    once it is over. `challenge_id` names the confirmation in progress.
    """

    id: str
    version: int
    state: State
    kind: Kind
    locale: Locale
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    submitted_at: datetime | None = None
    identity: Identity | None = None
    practice: Practice | None = None
    care: Care | None = None
    contacts: Contacts | None = None
    documents: tuple[Document, ...] = ()
    consent: Consent | None = None
    to_redo: frozenset[Step] = field(default_factory=frozenset[Step])
    document_wanted: bool = False
    answered: frozenset[str] = field(default_factory=frozenset[str])
    question: str = ""
    challenge_id: str | None = None
    proven: Proven | None = None
    claim: Claim | None = None
    notes: tuple[Note, ...] = ()
    account_id: str | None = None

    def step(self, step: Step) -> StepData | None:
        """What was saved for one step of the wizard."""
        match step:
            case Step.IDENTITY:
                return self.identity
            case Step.PRACTICE:
                return self.practice
            case Step.CARE:
                return self.care
            case Step.CONTACTS:
                return self.contacts

    @property
    def contacts_are_proven(self) -> bool:
        """True when the contacts as they stand now are exactly those that were proved."""
        return (
            self.proven is not None
            and self.contacts is not None
            and (self.proven.mobile, self.proven.email) == (self.contacts.mobile, self.contacts.email)
        )

    @override
    def __repr__(self) -> str:
        return f"Registration(id={self.id!r}, version={self.version}, state={self.state.value!r})"
