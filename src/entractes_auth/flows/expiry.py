"""Ends what was abandoned: registrations past their time, and the nonces of challenges that are over.

Nothing depends on how often this runs: a registration past its time is treated as expired by
every flow, swept or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from entractes_auth.backends.batch import Batch, RegistrationQuery
from entractes_auth.env import Env
from entractes_auth.errors import Conflict
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.codes import topics
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import State
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import TRANSITIONS, Expired, apply

__all__ = ["Expiry", "expire"]

_CAN_EXPIRE = tuple(state for state in State if Expired in TRANSITIONS[state])


@dataclass(frozen=True, slots=True)
class Expiry:
    """How many registrations expired, challenges gave up their nonces, and overdue messages died."""

    registrations: int
    challenges: int
    messages: int


@flow
async def expire(env: Env, *, limit: int = 100) -> Expiry:
    """Expire up to `limit` registrations, oldest first, each in a commit of its own; erase spent nonces, and
    end what no relay sent before its deadline."""
    now = env.now()
    query = RegistrationQuery(states=_CAN_EXPIRE, expired_at=now, limit=limit)
    ended: list[Registration] = []
    for registration in (await env.store.registrations(query)).rows:
        try:
            await _expire_one(env, registration, now)
        except Conflict:
            continue  # the applicant came back at this very moment
        ended.append(registration)
    purged = await env.store.purge(now)
    # Last: a documents' disk that is away must not keep secrets from being erased.
    for document in (document for registration in ended for document in registration.documents):
        await env.documents.delete(document.id)
    return Expiry(len(ended), purged.challenges, purged.messages)


async def _expire_one(env: Env, registration: Registration, now: datetime) -> None:
    expired = event(env, What.REGISTRATION_EXPIRED, registration.id, actor=Actor.SYSTEM)
    ended = (registration.challenge_id,) if registration.challenge_id else ()
    # At the time of the query: on a clock that stepped back since, `as_of` would leave it as it was.
    moved = apply(registration, Expired(), now)
    withdrawn = topics(registration.challenge_id)
    await env.store.commit(
        Batch(at=now, registrations=(moved,), close=ended, withdraw=withdrawn, events=(expired,))
    )
