"""The writes of the outbox, as `statements` has them: one statement each, with its guard."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Executable, and_, or_, select, update

from entractes_auth.backends.storage.sqlalchemy.parameters import any_of, given, instant, unsought
from entractes_auth.backends.storage.sqlalchemy.tables import messages
from entractes_auth.records.kinds import MessageState

__all__ = ["end_message", "end_overdue", "lease_messages", "requeue_message", "withdraw_messages"]

_QUEUED = MessageState.QUEUED.value
_DEAD = MessageState.DEAD.value
_WITHDRAWN = MessageState.WITHDRAWN.value
_SEEDLESS = {column.name: None for column in messages.c if column.name.startswith("seed_")}
_UNLEASED = {"lease_token": None, "leased_until": None}


@cache
def withdraw_messages() -> Executable:
    """End what is still queued under the topics `at_topics`, leased or not."""
    c = messages.c
    queued = and_(unsought(c.state) == _QUEUED, c.topic.in_(any_of("at_topics")))
    in_order = select(c.id).where(queued).order_by(c.id).with_for_update()
    over = {"state": _WITHDRAWN, "reason": "withdrawn"}
    return update(messages).where(c.id.in_(in_order), queued).values(**over, **_SEEDLESS, **_UNLEASED)


def _free() -> ColumnElement[bool]:
    """Under no lease, or under one that ended at or before `now`."""
    c = messages.c
    return or_(c.leased_until.is_(None), c.leased_until <= instant("now"))


@cache
def end_overdue() -> Executable:
    """End up to `at_most` that are still queued at or past their deadline; what is leased is left to its relay."""
    c = messages.c
    overdue = and_(c.deadline <= instant("now"), _free())
    free = select(c.id).where(c.state == _QUEUED, overdue).limit(given("at_most"))
    some = free.with_for_update(skip_locked=True).cte("some")
    ended = update(messages).where(c.id.in_(select(some.c.id)), unsought(c.state) == _QUEUED, overdue)
    return ended.values(state=_DEAD, reason="deadline", **_SEEDLESS, **_UNLEASED).returning(c.id)


@cache
def lease_messages(chosen: bool) -> Executable:
    """Lease up to `at_most` messages due at `now`: `new_token`, `new_until`; of `at_ids` only, if `chosen`."""
    c = messages.c
    due = and_(c.next_try_at <= instant("now"), _free())
    queued = c.state == _QUEUED
    wanted = (
        and_(unsought(c.state) == _QUEUED, due, c.id.in_(any_of("at_ids"))) if chosen else and_(queued, due)
    )
    oldest = (
        select(c.id)
        .where(wanted)
        .order_by(c.created_at, c.id)
        .limit(given("at_most"))
        # Two relays pass each other by, instead of queueing for the same row.
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(messages)
        # The guard once more: where rows are not locked, this is what decides.
        .where(c.id.in_(select(oldest.c.id)), unsought(c.state) == _QUEUED, due)
        .values(lease_token=given("new_token"), leased_until=instant("new_until"), tries=c.tries + 1)
        .returning(messages)
    )


def _under_lease() -> ColumnElement[bool]:
    c = messages.c
    return and_(c.id == given("at_id"), c.lease_token == given("at_token"), c.state == _QUEUED)


@cache
def end_message() -> Executable:
    """The message `at_id` under the lease `at_token` is over: `new_state`, `new_reason`; its seed goes."""
    ends = {"state": given("new_state"), "reason": given("new_reason")}
    return update(messages).where(_under_lease()).values(**ends, **_SEEDLESS, **_UNLEASED)


@cache
def requeue_message() -> Executable:
    """The message `at_id` under the lease `at_token` is tried again at `new_try_at`."""
    again = {"next_try_at": instant("new_try_at"), "reason": given("new_reason")}
    return update(messages).where(_under_lease()).values(**again, **_UNLEASED)
