"""Audit events, made in one place so that none holds personal data or a secret by accident."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from entractes_auth.env import Env
from entractes_auth.errors import Reason
from entractes_auth.records.event import Actor, Event, What
from entractes_auth.records.kinds import Channel, Step

__all__ = ["event"]


def event(
    env: Env,
    what: What,
    subject_id: str,
    *,
    actor: Actor = Actor.SUBJECT,
    actor_id: str = "",
    reason: Reason | None = None,
    channel: Channel | None = None,
    steps: frozenset[Step] = frozenset(),
    document_id: str = "",
    account_id: str = "",
    budgets: tuple[str, ...] = (),
    reference: str = "",
    erased: Mapping[str, int] = MappingProxyType({}),
) -> Event:
    """One line of the audit trail, now. The parameters are all that a line may hold: names, ids and counts."""
    details = {
        "reason": reason.value if reason else "",
        "channel": channel.value if channel else "",
        "steps": " ".join(step.value for step in Step if step in steps),
        "document_id": document_id,
        "account_id": account_id,
        "budgets": " ".join(budgets),
        "reference": reference,
        "erased": " ".join(f"{name}={count}" for name, count in erased.items() if count),
    }
    return Event(
        id=env.new_id(),
        at=env.now(),
        what=what,
        subject_id=subject_id,
        actor=actor,
        actor_id=actor_id,
        details={name: value for name, value in details.items() if value},
    )
