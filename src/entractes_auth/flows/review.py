"""The human check: queue, claim, read, reject, ask for more; `approve` is in `approval`, and here by name.

Who may review is the host's business: these flows take a `Reviewer` that the host has
authenticated. A claim is a lease: until it ends, only its holder decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from entractes_auth.backends.batch import (
    Batch,
    EventQuery,
    MessageQuery,
    Page,
    RegistrationQuery,
    StoredMessage,
)
from entractes_auth.contacts import email_key, parse_email
from entractes_auth.env import Env
from entractes_auth.errors import InvalidInput, NotFound, NumberRefused, Problem
from entractes_auth.flow import flow
from entractes_auth.flows.approval import Issued, approve
from entractes_auth.flows.audit import event
from entractes_auth.flows.decisions import Reviewer, decide, decision_message, load
from entractes_auth.flows.examination import examine_with_others
from entractes_auth.numbers.findings import Finding
from entractes_auth.numbers.identifiers import parse_professional, parse_structure_number
from entractes_auth.records.event import Actor, Event, What
from entractes_auth.records.kinds import Kind, MessageState, Purpose, State, Step
from entractes_auth.records.message import LinkRef, Template
from entractes_auth.records.registration import Claim, Document, Note, Registration
from entractes_auth.records.transitions import Claimed, InformationRequested, Noted, Rejected, Released
from entractes_auth.typed_text import paragraph

__all__ = [
    "DocumentContent",
    "Dossier",
    "Issued",
    "Reviewer",
    "approve",
    "ask",
    "claim",
    "dead_letters",
    "document",
    "note",
    "queue",
    "read",
    "reject",
    "release",
]

_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, repr=False)
class Dossier:
    """All that a reviewer needs to decide: the registration, facts about it, and its history, newest first."""

    registration: Registration
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """A supporting document. Serve it as `document.media_type`, `nosniff`, never cached."""

    document: Document
    content: bytes = field(repr=False)


@flow
async def queue(
    env: Env,
    reviewer: Reviewer,
    *,
    states: tuple[State, ...] = (State.IN_REVIEW,),
    kinds: tuple[Kind, ...] = (),
    mine: bool = False,
    number: str = "",
    email: str = "",
    after: str | None = None,
    limit: int = 25,
) -> Page[Registration]:
    """One page of registrations, oldest submission first; `mine` keeps those that this reviewer claimed.

    Raises:
        InvalidInput: a page size outside 1 to 100, a cursor that is not one, not an e-mail address.
    """
    _require_page_size(limit)
    query = RegistrationQuery(
        states=states,
        kinds=kinds,
        reviewer_id=reviewer.id if mine else None,
        number=_as_stored(number),
        email=email_key(parse_email(email, "email")) if email.strip() else None,
        after=after,
        limit=limit,
    )
    return await env.store.registrations(query)


@flow
async def read(env: Env, reviewer: Reviewer, registration_id: str) -> Dossier:
    """Read one registration whole.

    Raises:
        NotFound: no such registration.
    """
    registration = await load(env, registration_id)
    findings = await examine_with_others(env, registration)
    history = await env.store.events(EventQuery(subject_id=registration.id, limit=100))
    return Dossier(registration, findings, history.rows)


@flow
async def document(env: Env, reviewer: Reviewer, registration_id: str, document_id: str) -> DocumentContent:
    """Read a supporting document; who looked is written to the audit trail before the content is given.

    Raises:
        NotFound: the registration has no such document. The id alone opens nothing.
    """
    registration = await load(env, registration_id)
    found = next((d for d in registration.documents if d.id == document_id), None)
    if found is None:
        raise NotFound
    content = await env.documents.read(document_id)
    seen = event(
        env,
        What.DOCUMENT_SEEN,
        registration.id,
        actor=Actor.REVIEWER,
        actor_id=reviewer.id,
        document_id=document_id,
    )
    await env.store.commit(Batch(at=seen.at, events=(seen,)))
    return DocumentContent(found, content)


@flow
async def claim(env: Env, reviewer: Reviewer, registration_id: str) -> Registration:
    """Take a registration for a while, or prolong one's own claim.

    Raises:
        NotFound: no such registration.
        NotPossibleNow: not in review, or another reviewer holds it.
    """
    registration = await load(env, registration_id)
    taken = Claim(reviewer.id, env.now() + env.policy.review.claim)
    return await decide(env, reviewer, registration, Claimed(taken), What.CLAIMED)


@flow
async def release(env: Env, reviewer: Reviewer, registration_id: str) -> Registration:
    """Put a registration back into the queue.

    Raises:
        NotFound: no such registration.
        NotPossibleNow: not in review, or another reviewer holds it.
    """
    return await decide(env, reviewer, await load(env, registration_id), Released(), What.RELEASED)


@flow
async def note(env: Env, reviewer: Reviewer, registration_id: str, *, text: str) -> Registration:
    """Write something down for the other reviewers; claimed or not, and the applicant never sees it.

    Raises:
        InvalidInput: empty, longer than 2,000 characters, or with control characters.
        NotFound: no such registration.
        NotPossibleNow: not in review.
    """
    written = Note(reviewer.id, env.now(), paragraph(text, "note", maximum=_LONGEST_TEXT))
    registration = await load(env, registration_id)
    return await decide(env, reviewer, registration, Noted(written), What.NOTED, needs_claim=False)


@flow
async def reject(
    env: Env, reviewer: Reviewer, registration_id: str, *, reason: str, version: int | None = None
) -> Registration:
    """Reject, with the reason that the applicant receives by e-mail; `version` as in `approve`.

    Raises:
        InvalidInput: the reason is empty, longer than 2,000 characters, or has control characters.
        NotFound: no such registration.
        NotPossibleNow: not in review, or another reviewer holds it.
    """
    told = paragraph(reason, "reason", maximum=_LONGEST_TEXT)
    registration = await load(env, registration_id, seen=version)
    message = decision_message(env, registration, Template.REJECTED, {"reason": told})
    return await decide(env, reviewer, registration, Rejected(told), What.REJECTED, messages=(message,))


@flow
async def ask(
    env: Env,
    reviewer: Reviewer,
    registration_id: str,
    *,
    question: str,
    steps: frozenset[Step] = frozenset(),
    document: bool = False,
    version: int | None = None,
) -> Registration:
    """Ask for more: only the flagged steps open again, and a document where `document` says so.

    `version` as in `approve`.

    Raises:
        InvalidInput: nothing is flagged, or the question is empty, too long or has control characters.
        NotFound: no such registration.
        NotPossibleNow: not in review, or another reviewer holds it.
    """
    asked = paragraph(question, "question", maximum=_LONGEST_TEXT)
    if not steps and not document:
        raise InvalidInput(Problem("steps", "one_choice_needed"))
    registration = await load(env, registration_id, seen=version)
    until = env.now() + env.policy.registration.answer_lifetime
    change = InformationRequested(steps, document, asked, until)
    message = decision_message(
        env,
        registration,
        Template.INFORMATION_WANTED,
        {"question": asked},
        link=LinkRef(Purpose.RESUME, registration.id),
    )
    return await decide(
        env, reviewer, registration, change, What.INFORMATION_REQUESTED, messages=(message,), steps=steps
    )


@flow
async def dead_letters(
    env: Env, reviewer: Reviewer, *, after: str | None = None, limit: int = 50
) -> Page[StoredMessage]:
    """The messages that could not be sent, oldest first, without their secrets.

    Raises:
        InvalidInput: a page size outside 1 to 100, or a cursor that is not one.
    """
    _require_page_size(limit)
    return await env.store.outbox(MessageQuery(state=MessageState.DEAD, after=after, limit=limit))


def _require_page_size(limit: int) -> None:
    if not 1 <= limit <= 100:
        raise InvalidInput(Problem("limit", "out_of_range", {"minimum": 1, "maximum": 100}))


def _as_stored(number: str) -> str | None:
    """A number as the store holds it; a text that is no number finds nothing, and is no error in a filter."""
    for parse in (parse_professional, parse_structure_number):
        try:
            return str(parse(number))
        except NumberRefused:
            continue
    return number.strip() or None
