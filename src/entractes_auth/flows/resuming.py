"""The registration behind a secret link: read as of now, moved by one change, given a stored document."""

from __future__ import annotations

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import Conflict, InvalidInput, LinkRefused, NotPossibleNow, Problem
from entractes_auth.flows.progress import Progress, document_open, progress
from entractes_auth.links import LinkText, open_link
from entractes_auth.records.kinds import Purpose
from entractes_auth.records.registration import Document, Registration
from entractes_auth.records.transitions import Change, DocumentAttached, apply, as_of

__all__ = ["move", "name_document", "opened", "require_room"]


async def opened(env: Env, link: LinkText) -> Registration:
    """The registration that a secret link names, as of now.

    Raises:
        LinkRefused: cut, forged or of another purpose.
    """
    registration = await env.store.registration(open_link(link, Purpose.RESUME, env.keys))
    if registration is None:
        raise LinkRefused
    return as_of(registration, env.now())


async def move(env: Env, registration: Registration, change: Change) -> Progress:
    """Commit one change that needs neither message nor audit line, and show where the registration stands."""
    now = env.now()
    moved = apply(registration, change, now)
    await env.store.commit(Batch(at=now, registrations=(moved,)))
    return progress(moved, env.policy)


async def name_document(env: Env, link: LinkText, document: Document) -> Progress:
    """Write the stored file into the record, on what another upload or a withdrawal left of it.

    Tried again here and not by the runner: the flow must come to its end to delete a refused file.
    """
    state = ""
    for _ in range(env.policy.runs):
        registration = await opened(env, link)
        state = registration.state.value
        require_room(env, registration)
        try:
            return await move(env, registration, DocumentAttached(document))
        except Conflict:
            continue
    raise NotPossibleNow(state, "attach a document while everything changes")


def require_room(env: Env, registration: Registration) -> None:
    """Refuse a document before it is read.

    Raises:
        NotPossibleNow: documents may not be changed in this state.
        InvalidInput: the registration holds as many as it may.
    """
    if not document_open(registration):
        raise NotPossibleNow(registration.state.value, "attach a document")
    maximum = env.policy.documents.maximum_count
    if len(registration.documents) >= maximum:
        raise InvalidInput(Problem("document", "too_many", {"maximum": maximum}))
