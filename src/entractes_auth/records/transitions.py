"""What may follow what: one table, and how a registration moves along it.

The table is the rule. A step that it does not hold raises `NotPossibleNow` and changes
nothing; the diagram in the docs, the tests and the pages' buttons are derived from it.
Nothing but `Approved` leads to an account, and nothing leads to `IN_REVIEW` without the
proof of both contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from entractes_auth.errors import NotPossibleNow
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
    StepSaved,
    Submitted,
    Withdrawn,
)
from entractes_auth.records.effects import DOCUMENT, effects, is_asked, refusal, step_of
from entractes_auth.records.kinds import State
from entractes_auth.records.registration import Registration

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
    "Reopened",
    "ResentTo",
    "Resubmitted",
    "StepSaved",
    "Submitted",
    "Withdrawn",
    "apply",
    "as_of",
    "back_to_wizard",
    "step_of",
    "without_documents",
]

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
        Reopened: State.NEEDS_INFORMATION,
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


def as_of(registration: Registration, now: datetime) -> Registration:
    """The registration as it stands at `now`: past its time it is expired, whether or not it was swept."""
    overdue = registration.expires_at is not None and registration.expires_at <= now
    return apply(registration, Expired(), now) if overdue else registration


def back_to_wizard(registration: Registration, expires_at: datetime) -> Amended | Reopened:
    """The way back from `SUBMITTED`: to the draft, or to the operator's question where one is open.

    Were it the draft in both cases, every step would open again after a question about one,
    and an operator who had checked the others would not look at them twice.
    """
    return Reopened(expires_at) if is_asked(registration) else Amended(expires_at)


def apply(registration: Registration, change: Change, now: datetime) -> Registration:
    """Give the registration after the change; the one given is untouched.

    Raises:
        NotPossibleNow: the table has no such change in this state, or the change does not
            fit the record (a step that was not flagged, contacts that were not proved).
        NotFound: a document to remove that is not there.
    """
    target = TRANSITIONS[registration.state].get(type(change))
    if target is None:
        raise refusal(registration, change)
    return replace(registration, state=target, updated_at=now, **effects(registration, change, now))


def without_documents(registration: Registration) -> Registration:
    """A decided registration that names its documents no more: they have served, and their files are gone.

    Not a step in its life, so the table does not hold it: it leads nowhere, and `updated_at` stays
    when it was decided.

    Raises:
        NotPossibleNow: it is not approved or rejected.
    """
    if registration.state not in (State.APPROVED, State.REJECTED):
        raise NotPossibleNow(registration.state.value, "erase the documents")
    return replace(registration, documents=())
