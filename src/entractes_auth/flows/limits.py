"""What an operator may see and give back of the budgets: how much somebody used, and when they may go on.

A subject is one text, as a caller on the phone says it: a phone, an e-mail address, an identifier,
a registration's or an account's id, a network, a device's id, or "everybody". Who names a member's
identifier, e-mail address or account id sees all that this member can be made to wait by, but not
the budgets of the member's devices: those are keyed on ids that only the devices know.

Who may do this is the host's business: the flows take a `Reviewer` that the host has authenticated.
A reset is written to the audit trail before it is done: with the budgets, with who did it, and with
no phone and no address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.backends.batch import Batch
from entractes_auth.backends.ports import Exceeded
from entractes_auth.env import Env
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import budget_of, clear
from entractes_auth.flows.decisions import Reviewer
from entractes_auth.flows.limits_subjects import Counter, Subject, counters, resolve
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import Purpose

__all__ = ["Standing", "reset", "show"]

_REFERENCE: Final = "audit-reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one counter stands: `used` of `amount` hits in a window of `per`; it says nothing about a person.

    `budget` is the name in `LimitPolicy`; `purpose` tells the counters of one budget apart, where
    each purpose has its own. `retry_at` is when to come back, or None: another hit would be granted.
    `shared` says that strangers are counted here too (numbers with the same beginning).
    """

    budget: str
    purpose: Purpose | None
    amount: int
    per: timedelta
    used: int
    retry_at: datetime | None
    shared: bool

    @property
    def remaining(self) -> int:
        """How many hits would be granted now."""
        return self.amount - self.used


@flow
async def show(env: Env, operator: Reviewer, subject: str) -> tuple[Standing, ...]:
    """Every budget that is about this subject, used or not, in the order of the policy. Counts nothing.

    Raises:
        InvalidInput: empty, longer than 254 characters, or an e-mail address that is not one.
    """
    meant = await resolve(env, subject)
    return tuple([await _standing(env, counter) for counter in counters(meant)])


@flow
async def reset(
    env: Env, operator: Reviewer, subject: str, *, budgets: Collection[str] = ()
) -> tuple[Standing, ...]:
    """Give budgets back: those that are named, or all of this subject's but the shared ones.

    Gives how they stood before. Guesses are among them: who resets `code_attempts_per_subject` or
    `password_attempts_per_identifier` gives a guesser as many more, so ask who is calling.

    Raises:
        InvalidInput: as `show`; or a budget that is not about this subject.
    """
    meant = await resolve(env, subject)
    chosen = _chosen(tuple(counters(meant)), budgets)
    before = tuple([await _standing(env, counter) for counter in chosen])
    done = event(
        env,
        What.LIMITS_RESET,
        meant.record_id,
        actor=Actor.REVIEWER,
        actor_id=operator.id,
        budgets=tuple(dict.fromkeys(counter.budget for counter in chosen)),
        reference="" if meant.record_id else _reference(env, meant),
    )
    # Written first: of a reset that then fails there is a line too many, and never one too few.
    await env.store.commit(Batch(at=done.at, events=(done,)))
    for counter in chosen:
        await clear(env, counter.budget, counter.key)
    return before


def _chosen(known: tuple[Counter, ...], budgets: Collection[str]) -> tuple[Counter, ...]:
    if set(budgets) - {counter.budget for counter in known}:
        raise InvalidInput(Problem("budgets", "not_offered"))
    if budgets:
        return tuple(counter for counter in known if counter.budget in budgets)
    return tuple(counter for counter in known if not counter.shared)


async def _standing(env: Env, counter: Counter) -> Standing:
    budget = budget_of(env, counter.budget)
    told = await env.limits.peek(counter.budget, counter.key, budget, env.now())
    return Standing(
        budget=counter.budget,
        purpose=counter.purpose,
        amount=budget.amount,
        per=budget.per,
        used=budget.amount if isinstance(told, Exceeded) else budget.amount - told.remaining - 1,
        retry_at=told.retry_at if isinstance(told, Exceeded) else None,
        shared=counter.shared,
    )


def _reference(env: Env, subject: Subject) -> str:
    """What tells two resets of one phone from resets of two, in a trail that must not hold the phone."""
    parts = [f"{facet.name}/{key}" for facet, key in subject.facets.items()]
    told = "\n".join(parts).encode(errors="surrogatepass")
    return env.keys.mac(env.keys.active, _REFERENCE, told)[:8].hex()
