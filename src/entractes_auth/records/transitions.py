"""What may follow what: one table, and how a registration moves along it.

The table is the rule. A step that it does not hold raises `NotPossibleNow` and changes
nothing; the diagram in the docs, the tests and the pages' buttons are derived from it.
Nothing but `Approved` leads to an account, and nothing leads to `IN_REVIEW` without the
proof of both contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from entractes_auth.errors import NotFound, NotPossibleNow
from entractes_auth.records.challenge import Proof
from entractes_auth.records.kinds import Purpose, State, Step
from entractes_auth.records.registration import Claim, Consent, Document, Note, Proven, Registration
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData

__all__ = [
    "DOCUMENT",
    "TRANSITIONS",
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
    "ResentTo",
    "Resubmitted",
    "StepSaved",
    "Submitted",
    "Withdrawn",
    "apply",
    "as_of",
    "possible",
    "step_of",
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
    """The applicant goes back to the wizard before the contacts are proved."""

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
    question: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """A human approved; the account is created in the same commit."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A human rejected, with the reason that the applicant receives."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The applicant gave up."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody came back in time."""


Change = (
    StepSaved
    | DocumentAttached
    | DocumentRemoved
    | Submitted
    | ResentTo
    | Amended
    | Resubmitted
    | ContactsProven
    | Claimed
    | Released
    | Noted
    | InformationRequested
    | Approved
    | Rejected
    | Withdrawn
    | Expired
)

TRANSITIONS: Final[Mapping[State, Mapping[type[Change], State]]] = {
    State.DRAFT: {
        StepSaved: State.DRAFT,
        DocumentAttached: State.DRAFT,
        DocumentRemoved: State.DRAFT,
        Submitted: State.SUBMITTED,
        Withdrawn: State.WITHDRAWN,
        Expired: State.EXPIRED,
    },
    State.SUBMITTED: {
        ContactsProven: State.IN_REVIEW,
        ResentTo: State.SUBMITTED,
        Amended: State.DRAFT,
        Withdrawn: State.WITHDRAWN,
        Expired: State.EXPIRED,
    },
    State.IN_REVIEW: {
        Claimed: State.IN_REVIEW,
        Released: State.IN_REVIEW,
        Noted: State.IN_REVIEW,
        InformationRequested: State.NEEDS_INFORMATION,
        Approved: State.APPROVED,
        Rejected: State.REJECTED,
        Withdrawn: State.WITHDRAWN,
    },
    State.NEEDS_INFORMATION: {
        StepSaved: State.NEEDS_INFORMATION,
        DocumentAttached: State.NEEDS_INFORMATION,
        DocumentRemoved: State.NEEDS_INFORMATION,
        Submitted: State.SUBMITTED,
        Resubmitted: State.IN_REVIEW,
        Withdrawn: State.WITHDRAWN,
        Expired: State.EXPIRED,
    },
    State.APPROVED: {},
    State.REJECTED: {},
    State.WITHDRAWN: {},
    State.EXPIRED: {},
}


DOCUMENT: Final = "document"
"""The name under which `Registration.answered` notes that a document was added."""


def as_of(registration: Registration, now: datetime) -> Registration:
    """The registration as it stands at `now`: past its time it is expired, whether or not it was swept."""
    overdue = registration.expires_at is not None and registration.expires_at <= now
    return apply(registration, Expired(), now) if overdue else registration


def possible(registration: Registration, change: type[Change]) -> bool:
    """True when the table has this change in the registration's state."""
    return change in TRANSITIONS[registration.state]


def apply(registration: Registration, change: Change, now: datetime) -> Registration:
    """Give the registration after the change; the one given is untouched.

    Raises:
        NotPossibleNow: the table has no such change in this state, or the change does not
            fit the record (a step that was not flagged, contacts that were not proved).
        NotFound: a document to remove that is not there.
    """
    target = TRANSITIONS[registration.state].get(type(change))
    if target is None:
        raise _refuse(registration, change)
    return replace(registration, state=target, updated_at=now, **_changes(registration, change, now))


def _refuse(registration: Registration, change: Change) -> NotPossibleNow:
    return NotPossibleNow(registration.state.value, type(change).__name__)


def _changes(registration: Registration, change: Change, now: datetime) -> dict[str, Any]:
    match change:
        case StepSaved():
            return _step_saved(registration, change)
        case DocumentAttached() | DocumentRemoved():
            return _documents(registration, change)
        case Submitted() | ResentTo():
            submitted_at = now if isinstance(change, Submitted) else registration.submitted_at
            return {
                "challenge_id": change.challenge_id,
                "expires_at": change.expires_at,
                "submitted_at": submitted_at,
            }
        case Amended():
            return {"challenge_id": None, "expires_at": change.expires_at}
        case ContactsProven():
            return _proven(registration, change, now)
        case Resubmitted():
            if not registration.contacts_are_proven:
                raise _refuse(registration, change)
            return {"submitted_at": now, **_answered(), **_closed()}
        case Claimed():
            return {"claim": change.claim}
        case Released():
            return {"claim": None}
        case Noted():
            return {"notes": (*registration.notes, change.note)}
        case InformationRequested():
            return {
                "to_redo": change.steps,
                "document_wanted": change.document,
                "question": change.question,
                "answered": frozenset[str](),
                "expires_at": change.expires_at,
                "claim": None,
            }
        case Approved():
            return {"account_id": change.account_id, **_closed()}
        case Rejected():
            return {"question": change.reason, **_closed()}
        case Withdrawn() | Expired():
            # The documents are deleted by the flow; nobody will look at them any more.
            return {"documents": (), **_closed()}


def _step_saved(registration: Registration, change: StepSaved) -> dict[str, Any]:
    name = step_of(change.data)
    if registration.state is State.NEEDS_INFORMATION and name not in registration.to_redo:
        # Only what the operator flagged opens again: the rest was already checked.
        raise _refuse(registration, change)
    saved: dict[str, Any] = {
        name.value: change.data,
        "expires_at": change.expires_at,
        "answered": registration.answered | {name.value},
    }
    if name is Step.CONTACTS:
        saved["consent"] = change.consent
    return saved


def _documents(registration: Registration, change: DocumentAttached | DocumentRemoved) -> dict[str, Any]:
    if registration.state is State.NEEDS_INFORMATION and not registration.document_wanted:
        raise _refuse(registration, change)
    if isinstance(change, DocumentAttached):
        return {
            "documents": (*registration.documents, change.document),
            "answered": registration.answered | {DOCUMENT},
        }
    kept = tuple(d for d in registration.documents if d.id != change.document_id)
    if len(kept) == len(registration.documents):
        raise NotFound
    return {"documents": kept}


def _proven(registration: Registration, change: ContactsProven, now: datetime) -> dict[str, Any]:
    proof, contacts = change.proof, registration.contacts
    fits = (
        proof.purpose is Purpose.CONFIRM
        and proof.challenge_id == registration.challenge_id
        and contacts is not None
        and (proof.address, proof.binding) == (contacts.mobile, contacts.email)
    )
    if not fits:
        # A proof of other contacts, or of an earlier challenge, proves nothing about these.
        raise _refuse(registration, change)
    return {"proven": Proven(proof.address, proof.binding, now), **_answered(), **_closed()}


def _answered() -> dict[str, Any]:
    """The operator's question, if there was one, is answered."""
    return {
        "to_redo": frozenset[Step](),
        "document_wanted": False,
        "answered": frozenset[str](),
        "question": "",
    }


def _closed() -> dict[str, Any]:
    """No proof in progress, nobody's claim, and no time limit: a human decides, or it is over."""
    return {"challenge_id": None, "claim": None, "expires_at": None}


def step_of(data: StepData) -> Step:
    """Which page of the wizard the data is."""
    match data:
        case Identity():
            return Step.IDENTITY
        case Practice():
            return Step.PRACTICE
        case Care():
            return Step.CARE
        case Contacts():
            return Step.CONTACTS
