"""Erases what has served, by the periods of `Policy.retention`: preview first, then batch after batch.

A batch is small, and each of its steps is a short transaction of its own, so that no sign-in waits
for it. A document's file goes before the record's line that names it, and a record goes after its
documents: whatever a crash leaves is found again by the next batch, or, where nothing names a
file, by the sweep.

An account is never erased by its age, and neither is the approved registration that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.backends.batch import Batch, Expendable, RegistrationQuery
from entractes_auth.env import Env
from entractes_auth.errors import Conflict, InvalidInput, Problem
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.decisions import Reviewer
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import State
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import without_documents

__all__ = ["BATCH", "Preview", "Purge", "Sweep", "preview", "purge", "sweep"]

BATCH: Final = 500
"""How many rows a batch erases, unless it is told otherwise."""
_LARGEST_BATCH: Final = 10_000
_DECIDED: Final = (State.APPROVED, State.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What has served at this moment: `documents` counts registrations whose documents would go.

    A rejected registration whose documents are still there is counted under them, and among the rows
    once they are gone.
    """

    documents: int
    rows: Mapping[Expendable, int]
    unnamed_documents: int

    @property
    def total(self) -> int:
        """All of it, the files that nothing names included."""
        return self.documents + sum(self.rows.values()) + self.unnamed_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What one batch erased; `finished` when it found nothing more."""

    documents: int
    rows: Mapping[Expendable, int]
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """How many files that no record names were deleted, and how many are left."""

    files: int
    left: int


@flow
async def preview(env: Env) -> Preview:
    """Count what `purge` and `sweep` would erase now. Changes nothing."""
    now = env.now()
    rows = {what: await env.store.expendable(what, _before(env, what, now)) for what in Expendable}
    documents = sum([await _count_documents(env, state, now) for state in _DECIDED])
    return Preview(documents=documents, rows=rows, unnamed_documents=len(await _unnamed(env, now)))


@flow
async def purge(env: Env, operator: Reviewer, *, limit: int = BATCH) -> Purge:
    """Erase up to `limit` rows and documents of registrations that have served. Call it until it is `finished`.

    A batch that erased something is a line of the audit trail (`purged`), with counts and no names.
    It is written last: of a batch that a crash cuts off, the line is missing.

    Raises:
        InvalidInput: a limit outside 1 to 10,000.
    """
    _require_batch(limit)
    now = env.now()
    documents, left = 0, limit
    for state in _DECIDED:
        if left:
            page = await env.store.registrations(_with_served_documents(env, state, now, left))
            documents += sum([await _erase_documents(env, each, now) for each in page.rows])
            left -= len(page.rows)
    rows: dict[Expendable, int] = {}
    for what in Expendable:
        if left:
            rows[what] = await env.store.erase(what, _before(env, what, now), left)
            left -= rows[what]
    erased = {what.value: count for what, count in rows.items()}
    await _note(env, operator, {"documents": documents, **erased})
    return Purge(documents=documents, rows=rows, finished=left > 0)


@flow
async def sweep(env: Env, operator: Reviewer, *, limit: int = BATCH) -> Sweep:
    """Delete up to `limit` files that no record names: what a crash left of an upload or of a withdrawal.

    Raises:
        InvalidInput: a limit outside 1 to 10,000.
    """
    _require_batch(limit)
    unnamed = await _unnamed(env, env.now())
    swept = unnamed[:limit]
    for document_id in swept:
        await env.documents.delete(document_id)
    await _note(env, operator, {"unnamed_documents": len(swept)})
    return Sweep(files=len(swept), left=len(unnamed) - len(swept))


def _before(env: Env, what: Expendable, now: datetime) -> datetime:
    period: timedelta = getattr(env.policy.retention, what.value)
    return now - period


def _with_served_documents(env: Env, state: State, now: datetime, limit: int) -> RegistrationQuery:
    """The registrations of one state whose documents have served: two states at once would use no index."""
    return RegistrationQuery(
        states=(state,),
        unchanged_since=now - env.policy.retention.documents,
        with_documents=True,
        limit=limit,
    )


async def _count_documents(env: Env, state: State, now: datetime) -> int:
    query, count = _with_served_documents(env, state, now, BATCH), 0
    while True:
        page = await env.store.registrations(query)
        count += len(page.rows)
        if page.next is None:
            return count
        query = replace(query, after=page.next)


async def _erase_documents(env: Env, registration: Registration, now: datetime) -> int:
    """Files first: as long as the record names them, the next batch finds them again."""
    for document in registration.documents:
        await env.documents.delete(document.id)
    try:
        await env.store.commit(Batch(at=now, registrations=(without_documents(registration),)))
    except Conflict:
        return 0  # another purge did it
    return 1


async def _unnamed(env: Env, now: datetime) -> tuple[str, ...]:
    """The files first, then the names: a file that was named in between is not among these."""
    stored = await env.documents.stored(now - env.policy.retention.unnamed_documents)
    return await env.store.unnamed_documents(stored)


async def _note(env: Env, operator: Reviewer, erased: Mapping[str, int]) -> None:
    if not any(erased.values()):
        return
    done = event(env, What.PURGED, "", actor=Actor.REVIEWER, actor_id=operator.id, erased=erased)
    await env.store.commit(Batch(at=done.at, events=(done,)))


def _require_batch(limit: int) -> None:
    if not 1 <= limit <= _LARGEST_BATCH:
        raise InvalidInput(Problem("limit", "out_of_range", {"minimum": 1, "maximum": _LARGEST_BATCH}))
