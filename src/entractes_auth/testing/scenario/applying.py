"""An applicant's way, as far as the operators' answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from entractes_auth.env import Env
from entractes_auth.flow import flow
from entractes_auth.flows import confirmation, outbox, registration, review
from entractes_auth.testing.messenger import RecordingMessenger
from entractes_auth.testing.scenario.people import REVIEWER, Applicant, Waiting, token_in

__all__ = [
    "QUESTION",
    "REASON",
    "answered",
    "asked",
    "deliver",
    "drafted",
    "in_review",
    "rejected",
    "submitted",
]

QUESTION: Final = "Pouvez-vous joindre l’autre face de votre carte ?"
REASON: Final = "Le document n’est pas lisible."


@flow
async def drafted(env: Env, who: Applicant) -> registration.Draft:
    """A complete draft: every page saved, the document attached, nothing handed in."""
    draft = await registration.begin(who.kind, locale=who.locale).start(env)
    for page in who.pages:
        await registration.save(draft.link, page).start(env)
    await registration.attach(draft.link, _chunks(who.document)).start(env)
    return draft


@flow
async def submitted(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """Handed in: the link is in the mailbox, the code on the phone."""
    draft = await drafted(who).start(env)
    await registration.submit(draft.link).start(env)
    await deliver(env)
    return Waiting(
        registration_id=draft.id,
        resume_link=draft.link,
        confirm_link=token_in(inbox.last_link_to(who.contacts.email)),
        code=inbox.last_code_to(who.contacts.mobile),
        applicant=who,
    )


@flow
async def in_review(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """Both contacts proved: the operators have it. The link and the code are used up."""
    waiting = await submitted(inbox, who).start(env)
    await confirmation.confirm(waiting.confirm_link, code=waiting.code).start(env)
    return waiting


@flow
async def asked(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """`REVIEWER` asked for another document: the question and its link are in the mailbox."""
    waiting = await in_review(inbox, who).start(env)
    await review.ask(REVIEWER, waiting.registration_id, question=QUESTION, document=True).start(env)
    await deliver(env)
    return replace(waiting, resume_link=token_in(inbox.last_link_to(who.contacts.email)))


@flow
async def answered(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """The document that was asked for is there: the operators have it again."""
    waiting = await asked(inbox, who).start(env)
    await registration.attach(waiting.resume_link, _chunks(who.document)).start(env)
    await registration.submit(waiting.resume_link).start(env)
    return waiting


@flow
async def rejected(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """Rejected by `REVIEWER`: the reason is in the mailbox, and nothing was issued."""
    waiting = await in_review(inbox, who).start(env)
    await review.reject(REVIEWER, waiting.registration_id, reason=REASON).start(env)
    await deliver(env)
    return waiting


async def deliver(env: Env) -> None:
    """Deliver what is due: the runner does so only after the whole scenario."""
    await outbox.deliver(limit=1000).start(env)


def _chunks(content: bytes, size: int = 64 * 1024) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))
