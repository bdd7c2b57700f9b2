"""What an applicant sees of a registration: pure, from the record and the policy."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.errors import Problem
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Kind, Locale, State, Step
from entractes_auth.records.registration import Document, Registration
from entractes_auth.records.transitions import DOCUMENT
from entractes_auth.steps import Care, Contacts, Identity, Practice

__all__ = ["Progress", "document_open", "open_steps", "progress", "still_missing"]

_EDITABLE = frozenset({State.DRAFT, State.NEEDS_INFORMATION})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Progress:
    """Where a registration stands, for the holder of its secret link.

    A step is shown only while it can be edited; later only the masked contacts are: an old
    link in a stolen mailbox does not give a person's file. `reachable` is the
    furthest page of the wizard; `open_steps` may be edited now; `missing` is what `submit`
    would refuse, in page order.
    """

    registration_id: str
    state: State
    kind: Kind
    locale: Locale
    identity: Identity | None
    practice: Practice | None
    care: Care | None
    contacts: Contacts | None
    documents: tuple[Document, ...]
    reachable: Step
    open_steps: tuple[Step, ...]
    document_open: bool
    missing: tuple[Problem, ...]
    question: str
    masked_mobile: str
    masked_email: str

    @override
    def __repr__(self) -> str:
        return f"Progress(registration_id={self.registration_id!r}, state={self.state.value!r})"


def progress(registration: Registration, policy: Policy) -> Progress:
    """What the applicant may see of `registration`, which is as of now (`transitions.as_of`)."""
    editable = registration.state in _EDITABLE
    contacts = registration.contacts
    open_now = open_steps(registration)
    shown = registration.state is not State.EXPIRED and registration.state is not State.WITHDRAWN
    return Progress(
        registration_id=registration.id,
        state=registration.state,
        kind=registration.kind,
        locale=registration.locale,
        identity=registration.identity if Step.IDENTITY in open_now else None,
        practice=registration.practice if Step.PRACTICE in open_now else None,
        care=registration.care if Step.CARE in open_now else None,
        contacts=contacts if Step.CONTACTS in open_now else None,
        documents=registration.documents if editable else (),
        reachable=_reachable(registration),
        open_steps=open_now,
        document_open=document_open(registration),
        missing=still_missing(registration, policy) if editable else (),
        question=registration.question
        if registration.state in {State.NEEDS_INFORMATION, State.REJECTED}
        else "",
        masked_mobile=mask_phone(contacts.mobile) if contacts and shown else "",
        masked_email=mask_email(contacts.email) if contacts and shown else "",
    )


def _reachable(registration: Registration) -> Step:
    steps = tuple(Step)
    return next((step for step in steps if registration.step(step) is None), steps[-1])


def open_steps(registration: Registration) -> tuple[Step, ...]:
    """The steps that may be saved now: in a draft up to the first empty one, later only the flagged ones."""
    match registration.state:
        case State.DRAFT:
            steps = tuple(Step)
            return steps[: steps.index(_reachable(registration)) + 1]
        case State.NEEDS_INFORMATION:
            return tuple(step for step in Step if step in registration.to_redo)
        case _:
            return ()


def document_open(registration: Registration) -> bool:
    """True when documents may be added and taken back now: in a draft, later only where one was asked for."""
    return registration.state is State.DRAFT or (
        registration.state is State.NEEDS_INFORMATION and registration.document_wanted
    )


def still_missing(registration: Registration, policy: Policy) -> tuple[Problem, ...]:
    """What keeps the registration from being submitted, in page order."""
    missing = [Problem(step.value, "missing") for step in Step if registration.step(step) is None]
    missing += [
        Problem(step.value, "to_redo")
        for step in Step
        if step in registration.to_redo and step.value not in registration.answered
    ]
    wanted = registration.document_wanted and DOCUMENT not in registration.answered
    if wanted or (policy.registration.document_required and not registration.documents):
        missing.append(Problem(DOCUMENT, "document_missing"))
    return tuple(missing)
