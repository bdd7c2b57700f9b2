"""What each change does to the fields of a registration, and when it does not fit the record.

The table in `transitions` has already said that the change may be made in the registration's state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from entractes_auth.errors import NotFound, NotPossibleNow
from entractes_auth.records.changes import (
    Amended,
    Approved,
    Change,
    Claimed,
    ContactsProven,
    DocumentAttached,
    DocumentRemoved,
    Expired,
    InformationRequested,
    Noted,
    Rejected,
    Released,
    Reopened,
    ResentTo,
    Resubmitted,
    ReviewerChange,
    StepSaved,
    Submitted,
    Withdrawn,
)
from entractes_auth.records.kinds import Purpose, State, Step
from entractes_auth.records.registration import Proven, Registration
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData

__all__ = ["DOCUMENT", "effects", "is_asked", "refusal", "step_of"]

DOCUMENT: Final = "document"
"""The name under which `Registration.answered` notes that a document was added."""


def refusal(registration: Registration, change: Change) -> NotPossibleNow:
    """The error of a change that may not be made."""
    return NotPossibleNow(registration.state.value, type(change).__name__)


def effects(registration: Registration, change: Change, now: datetime) -> dict[str, Any]:
    """The fields that the change gives new values, beside the state and `updated_at`.

    Raises:
        NotPossibleNow: the change does not fit the record.
        NotFound: a document to remove that is not there.
    """
    match change:
        case StepSaved():
            return _step_saved(registration, change)
        case DocumentAttached() | DocumentRemoved():
            return _documents(registration, change)
        case Submitted():
            return {**_challenged(change), "submitted_at": now}
        case ResentTo():
            return _challenged(change)
        case Amended() | Reopened():
            return _back(registration, change)
        case ContactsProven():
            return _proven(registration, change, now)
        case Resubmitted():
            if not registration.contacts_are_proven:
                raise refusal(registration, change)
            return {"submitted_at": now, **_answered(), **_closed()}
        case Claimed() | Released() | Noted() | InformationRequested() | Approved() | Rejected():
            return _by_reviewer(registration, change)
        case Withdrawn() | Expired():
            # The documents are deleted by the flow; nobody will look at them any more.
            return {"documents": (), **_closed()}


def _by_reviewer(registration: Registration, change: ReviewerChange) -> dict[str, Any]:
    match change:
        case Claimed():
            return {"claim": change.claim}
        case Released():
            return {"claim": None}
        case Noted():
            return {"notes": (*registration.notes, change.note)}
        case InformationRequested():
            return _asked(registration, change)
        case Approved():
            return {"account_id": change.account_id, **_closed()}
        case Rejected():
            return {"question": change.reason, **_closed()}


def _challenged(change: Submitted | ResentTo) -> dict[str, Any]:
    return {"challenge_id": change.challenge_id, "expires_at": change.expires_at}


def _back(registration: Registration, change: Amended | Reopened) -> dict[str, Any]:
    if isinstance(change, Reopened) is not is_asked(registration):
        raise refusal(registration, change)
    return {"challenge_id": None, "expires_at": change.expires_at}


def _asked(registration: Registration, change: InformationRequested) -> dict[str, Any]:
    if not change.steps and not change.document:
        # A question that opens nothing could be answered by nobody.
        raise refusal(registration, change)
    return {
        "to_redo": change.steps,
        "document_wanted": change.document,
        "question": change.question,
        "answered": frozenset[str](),
        "expires_at": change.expires_at,
        "claim": None,
    }


def _step_saved(registration: Registration, change: StepSaved) -> dict[str, Any]:
    name = step_of(change.data)
    if registration.state is State.NEEDS_INFORMATION and name not in registration.to_redo:
        # Only what the operator flagged opens again: the rest was already checked.
        raise refusal(registration, change)
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
        raise refusal(registration, change)
    if isinstance(change, DocumentAttached):
        return {
            "documents": (*registration.documents, change.document),
            "answered": registration.answered | {DOCUMENT},
        }
    kept = tuple(d for d in registration.documents if d.id != change.document_id)
    if len(kept) == len(registration.documents):
        raise NotFound
    # The newest document is the one that answers the operator: taking it back takes the answer back.
    answers = registration.documents[-1].id == change.document_id
    return {"documents": kept, "answered": registration.answered - ({DOCUMENT} if answers else set())}


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
        raise refusal(registration, change)
    return {"proven": Proven(proof.address, proof.binding, now), **_answered(), **_closed()}


def is_asked(registration: Registration) -> bool:
    """True while a question of the operator's is open: some step is to be redone, or a document is wanted."""
    return bool(registration.to_redo) or registration.document_wanted


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
