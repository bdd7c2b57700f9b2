"""The wizard: begin, save each step, attach a document, submit; resume, amend or withdraw by the secret link.

The link names the registration and is the applicant's only key to it. Every step is durable
when its flow returns. Nothing here tells whether an e-mail or a number is already in use:
the operator sees that, and the owner of a mailbox does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import (
    AuthError,
    InvalidInput,
    NotPossibleNow,
    StoreError,
)
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import count
from entractes_auth.flows.codes import topics
from entractes_auth.flows.invitation import invite
from entractes_auth.flows.progress import Progress, open_steps, progress, still_missing
from entractes_auth.flows.resuming import move, name_document, opened, require_room
from entractes_auth.links import LinkText, open_link, seal
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Kind, Locale, Purpose, State
from entractes_auth.records.registration import Consent, Registration
from entractes_auth.records.transitions import (
    Change,
    DocumentRemoved,
    Resubmitted,
    StepSaved,
    Submitted,
    Withdrawn,
    apply,
    back_to_wizard,
    step_of,
)
from entractes_auth.redact import Secret
from entractes_auth.steps import Contacts, StepData, check_step

__all__ = ["Draft", "amend", "attach", "begin", "detach", "resume", "save", "submit", "withdraw"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A registration that was begun, and its secret link (`Purpose.RESUME`)."""

    id: str
    link: Secret = field(repr=False)


@flow
async def begin(env: Env, kind: Kind, *, locale: Locale = Locale.FR, network: str = "") -> Draft:
    """Begin an empty registration. `network` is the asker's network, "" when the host does not say.

    Raises:
        Limited: this network began too many today.
    """
    await count(env, "registrations_per_network", network)
    now = env.now()
    registration = Registration(
        id=env.new_id(),
        version=0,
        state=State.DRAFT,
        kind=kind,
        locale=locale,
        created_at=now,
        updated_at=now,
        expires_at=now + env.policy.registration.draft_lifetime,
    )
    begun = event(env, What.REGISTRATION_BEGUN, registration.id)
    await env.store.commit(Batch(at=now, registrations=(registration,), events=(begun,)))
    return Draft(registration.id, seal(Purpose.RESUME, registration.id, env.keys))


@flow
async def resume(env: Env, link: LinkText) -> Progress:
    """Show where the registration stands.

    Raises:
        LinkRefused: cut, forged or of another purpose.
    """
    return progress(await opened(env, link), env.policy)


@flow
async def save(env: Env, link: LinkText, data: StepData) -> Progress:
    """Save one step, new or done again. Earlier steps come first; later ones stay as they were.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        InvalidInput: the policy refuses something in it; nothing was saved.
        NotPossibleNow: an earlier step is still empty, or this step may not be edited now.
    """
    registration = await opened(env, link)
    step = step_of(data)
    if step not in open_steps(registration):
        raise NotPossibleNow(registration.state.value, f"save {step.value}")
    check_step(data, env.policy, registration.kind)
    consent = _consent(env, registration, data)
    saved = StepSaved(data, _edit_until(env, registration), consent)
    return await move(env, registration, saved)


@flow
async def attach(env: Env, link: LinkText, chunks: Iterable[bytes]) -> Progress:
    """Store a supporting document, read in chunks of bytes; what it is is found from its content.

    A file is stored before the record names it, so a crash in between leaves a file that
    nothing names: unreachable, and accepted as such. The other order would lose a document
    that the applicant was told is there.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        DocumentRefused: too large, empty, or not a PDF, JPEG, PNG or HEIC; nothing was kept.
        InvalidInput: the registration holds as many as it may.
        Limited: too many uploads for this registration today.
        NotPossibleNow: documents may not be changed in this state.
    """
    require_room(env, await opened(env, link))
    await count(env, "documents_per_registration", open_link(link, Purpose.RESUME, env.keys))
    document = await env.documents.put(chunks, env.policy.documents.maximum_bytes)
    try:
        return await name_document(env, link, document)
    except StoreError:
        raise  # the answer is unknown: the record may name the file
    except AuthError:
        await env.documents.delete(document.id)
        raise


@flow
async def detach(env: Env, link: LinkText, document_id: str) -> Progress:
    """Take a document back; its file is deleted once no record names it.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        NotFound: the registration has no such document.
        NotPossibleNow: documents may not be changed in this state.
    """
    moved = await move(env, await opened(env, link), DocumentRemoved(document_id))
    await env.documents.delete(document_id)
    return moved


@flow
async def submit(env: Env, link: LinkText, *, network: str = "") -> Progress:
    """Hand the registration in: sends the e-mailed link and the SMS code, or goes straight back to review.

    The latter happens when the operator's question is answered and the contacts are still
    exactly those that were proved.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        InvalidInput: something is missing; `problems` says what, in page order.
        Limited: too many codes for this phone, mailbox, registration or network.
        NotPossibleNow: there is nothing to submit in this state.
    """
    registration = await opened(env, link)
    now = env.now()
    if registration.state is State.NEEDS_INFORMATION and registration.contacts_are_proven:
        _require_complete(env, registration)
        moved = apply(registration, Resubmitted(), now)
        again = event(env, What.REGISTRATION_RESUBMITTED, registration.id)
        await env.store.commit(Batch(at=now, registrations=(moved,), events=(again,)))
        return progress(moved, env.policy)
    challenge_id = env.new_id()
    # The table refuses first: only a registration that may be submitted is asked what it misses.
    moved = apply(registration, Submitted(challenge_id, now + env.policy.registration.draft_lifetime), now)
    _require_complete(env, registration)
    await invite(env, registration, moved, challenge_id, What.REGISTRATION_SUBMITTED, network=network)
    return progress(moved, env.policy)


@flow
async def amend(env: Env, link: LinkText) -> Progress:
    """Go back to the wizard before the contacts are proved, say to mend a mistyped phone number.

    After an operator's question it is the question that opens again, not the whole wizard.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        NotPossibleNow: nothing waits for a proof.
    """
    registration = await opened(env, link)
    back = back_to_wizard(registration, env.now() + env.policy.registration.draft_lifetime)
    return await _end_challenge(env, registration, back, What.REGISTRATION_AMENDED)


@flow
async def withdraw(env: Env, link: LinkText) -> Progress:
    """Give up. The documents are deleted once no record names them.

    A crash, or a full or absent disk, between the two leaves files that nothing names:
    unreachable, and accepted as such. The other order would lose a document of a registration
    that goes on.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        NotPossibleNow: it is over already.
    """
    registration = await opened(env, link)
    moved = await _end_challenge(env, registration, Withdrawn(), What.REGISTRATION_WITHDRAWN)
    for document in registration.documents:
        await env.documents.delete(document.id)
    return moved


async def _end_challenge(env: Env, registration: Registration, change: Change, what: What) -> Progress:
    now = env.now()
    moved = apply(registration, change, now)
    ended = (registration.challenge_id,) if registration.challenge_id else ()
    happened = event(env, what, registration.id)
    withdrawn = topics(registration.challenge_id)
    await env.store.commit(
        Batch(at=now, registrations=(moved,), close=ended, withdraw=withdrawn, events=(happened,))
    )
    return progress(moved, env.policy)


def _require_complete(env: Env, registration: Registration) -> None:
    missing = still_missing(registration, env.policy)
    if missing:
        raise InvalidInput(*missing)


def _consent(env: Env, registration: Registration, data: StepData) -> Consent | None:
    """Consent is dated once: saving the page again does not renew it, unticking the box ends it."""
    if not isinstance(data, Contacts) or not data.newsletter:
        return None
    return registration.consent or Consent(env.now(), env.policy.registration.consent_text_version)


def _edit_until(env: Env, registration: Registration) -> datetime:
    rules = env.policy.registration
    lifetime = rules.draft_lifetime if registration.state is State.DRAFT else rules.answer_lifetime
    return env.now() + lifetime
