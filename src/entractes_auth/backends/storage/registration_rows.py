"""Registrations to rows and back. Pure: what goes in as a record comes back equal to it.

The wizard's pages are kept as JSON, as `steps.dump_step` gives them. What operators search by
(e-mail key, numbers, reviewer, position) is copied into columns; it is never read back from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from entractes_auth.backends.storage.rows import Row
from entractes_auth.contacts import email_key
from entractes_auth.records.kinds import Kind, Locale, State, Step
from entractes_auth.records.registration import Claim, Consent, Document, Note, Proven, Registration
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData, dump_step, load_step

__all__ = ["registration_from", "registration_row", "unnamed_among"]

S = TypeVar("S", Identity, Practice, Care, Contacts)


def registration_row(registration: Registration) -> dict[str, Any]:
    """The registration's columns, but for `version`, which the statements count."""
    consent, proven, claim = registration.consent, registration.proven, registration.claim
    return {
        "id": registration.id,
        "state": registration.state.value,
        "kind": registration.kind.value,
        "locale": registration.locale.value,
        "created_at": registration.created_at,
        "updated_at": registration.updated_at,
        "expires_at": registration.expires_at,
        "submitted_at": registration.submitted_at,
        "position": registration.submitted_at or registration.created_at,
        "identity": _dump(registration.identity),
        "practice": _dump(registration.practice),
        "care": _dump(registration.care),
        "contacts": _dump(registration.contacts),
        **_searched(registration),
        "documents": [[each.id, each.media_type, each.size] for each in registration.documents],
        "consent_at": consent and consent.given_at,
        "consent_text_version": consent and consent.text_version,
        "to_redo": sorted(step.value for step in registration.to_redo),
        "document_wanted": registration.document_wanted,
        "answered": sorted(registration.answered),
        "question": registration.question,
        "challenge_id": registration.challenge_id,
        "proven_mobile": proven and proven.mobile,
        "proven_email": proven and proven.email,
        "proven_at": proven and proven.at,
        "reviewer_id": claim and claim.reviewer_id,
        "claim_until": claim and claim.until,
        "notes": [[note.reviewer_id, note.at.isoformat(), note.text] for note in registration.notes],
        "account_id": registration.account_id,
    }


def registration_from(row: Row) -> Registration:
    """The registration that a row is."""
    return Registration(
        id=row["id"],
        version=row["version"],
        state=State(row["state"]),
        kind=Kind(row["kind"]),
        locale=Locale(row["locale"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
        submitted_at=row["submitted_at"],
        identity=_load(Step.IDENTITY, row["identity"], Identity),
        practice=_load(Step.PRACTICE, row["practice"], Practice),
        care=_load(Step.CARE, row["care"], Care),
        contacts=_load(Step.CONTACTS, row["contacts"], Contacts),
        documents=_documents(row["documents"]),
        consent=_consent(row),
        to_redo=frozenset(Step(name) for name in row["to_redo"]),
        document_wanted=row["document_wanted"],
        answered=frozenset(row["answered"]),
        question=row["question"],
        challenge_id=row["challenge_id"],
        proven=_proven(row),
        claim=None if row["reviewer_id"] is None else Claim(row["reviewer_id"], row["claim_until"]),
        notes=tuple(_notes(row["notes"])),
        account_id=row["account_id"],
    )


def unnamed_among(candidates: tuple[str, ...], named: Iterable[list[list[Any]]]) -> tuple[str, ...]:
    """The candidates that are in no row's column `documents`, in their order."""
    names = {document.id for stored in named for document in _documents(stored)}
    return tuple(each for each in candidates if each not in names)


def _documents(stored: list[list[Any]]) -> tuple[Document, ...]:
    return tuple(Document(*each) for each in stored)


def _searched(registration: Registration) -> dict[str, str | None]:
    practice, contacts = registration.practice, registration.contacts
    professional = None if practice is None else practice.professional_number
    structure = None if practice is None else practice.structure_number
    return {
        "email_key": None if contacts is None else email_key(contacts.email),
        "professional_number": None if professional is None else str(professional),
        "structure_number": None if structure is None else str(structure),
    }


def _dump(data: StepData | None) -> dict[str, Any] | None:
    return None if data is None else dump_step(data)


def _load(step: Step, stored: Mapping[str, object] | None, model: type[S]) -> S | None:
    if stored is None:
        return None
    data = load_step(step, stored)
    if not isinstance(data, model):
        raise TypeError(f"{step.value} was read back as another page")
    return data


def _consent(row: Row) -> Consent | None:
    given_at: datetime | None = row["consent_at"]
    return None if given_at is None else Consent(given_at, row["consent_text_version"])


def _proven(row: Row) -> Proven | None:
    at: datetime | None = row["proven_at"]
    return None if at is None else Proven(row["proven_mobile"], row["proven_email"], at)


def _notes(stored: list[list[str]]) -> Iterable[Note]:
    return (Note(reviewer_id, datetime.fromisoformat(at), text) for reviewer_id, at, text in stored)
