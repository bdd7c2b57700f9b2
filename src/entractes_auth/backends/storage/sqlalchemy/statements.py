"""Every write, as one statement with its guard. Each is built once; the values come when it runs.

A guarded statement returns the row that it changed. No row: the guard did not hold, and the
caller has lost. What is judged and what is changed are then one step, and no second writer
fits in between, whatever the engine. Parameters of guards are named `at_...` or `now`; all
others are the columns of those names.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Insert,
    Table,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from entractes_auth.backends.storage.sqlalchemy.instants import Instant
from entractes_auth.backends.storage.sqlalchemy.tables import accounts, challenges, messages, registrations
from entractes_auth.records.kinds import MessageState

__all__ = [
    "add",
    "change_registration",
    "close_challenge",
    "end_message",
    "end_overdue",
    "erase_nonces",
    "lease_messages",
    "raise_account_version",
    "redeem_challenge",
    "requeue_message",
    "send_challenge",
    "spend_attempt",
    "withdraw_messages",
    "write_account",
]

_QUEUED = MessageState.QUEUED.value
_DEAD = MessageState.DEAD.value
_WITHDRAWN = MessageState.WITHDRAWN.value


def _given(name: str) -> BindParameter[Any]:
    return bindparam(name)


def _any_of(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


def _instant(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Instant())


@cache
def add(table: Table) -> Insert:
    """Insert rows; a unique key that is taken makes the database refuse."""
    return insert(table)


@cache
def spend_attempt() -> Executable:
    """Count one attempt of a challenge that may still be judged. Guard: `at_id`, `now`."""
    c = challenges.c
    return (
        update(challenges)
        .where(
            c.id == _given("at_id"),
            c.attempts_left > 0,
            c.counter > 0,
            c.nonce.is_not(None),
            c.ended_at.is_(None),
            c.expires_at > _instant("now"),
            c.code_expires_at > _instant("now"),
        )
        .values(attempts_left=c.attempts_left - 1)
        .returning(
            c.id,
            c.purpose,
            c.subject_id,
            c.binding,
            c.key_id,
            c.nonce,
            c.channel,
            c.address,
            c.counter,
            c.attempts_left,
        )
    )


@cache
def redeem_challenge() -> Executable:
    """Use a challenge up. Guard: `at_id`, `at_counter`; sets `now`."""
    c = challenges.c
    return (
        update(challenges)
        .where(c.id == _given("at_id"), c.ended_at.is_(None), c.counter == _given("at_counter"))
        .values(ended_at=_instant("now"), nonce=None)
        .returning(c.id)
    )


@cache
def send_challenge() -> Executable:
    """Move an open challenge from counter `at_counter` to the next sending; its attempts stay as they are."""
    c = challenges.c
    return (
        update(challenges)
        .where(
            c.id == _given("at_id"),
            c.ended_at.is_(None),
            c.expires_at > _instant("now"),
            c.counter == _given("at_counter"),
        )
        .returning(c.id)
    )


@cache
def close_challenge() -> Executable:
    """End the challenges with the ids `at_ids` that are not over yet, at `now`."""
    c = challenges.c
    open_ones = and_(c.id.in_(_any_of("at_ids")), c.ended_at.is_(None))
    return update(challenges).where(open_ones).values(ended_at=_instant("now"), nonce=None)


@cache
def erase_nonces() -> Executable:
    """Erase what the codes of challenges that are over at `now` were derived from."""
    c = challenges.c
    over = or_(c.ended_at.is_not(None), c.expires_at <= _instant("now"))
    return update(challenges).where(c.nonce.is_not(None), over).values(nonce=None).returning(c.id)


@cache
def change_registration() -> Executable:
    """Replace the row `at_id` of exactly the version `at_version`."""
    c = registrations.c
    return (
        update(registrations)
        .where(c.id == _given("at_id"), c.version == _given("at_version"))
        .returning(c.id)
    )


@cache
def raise_account_version() -> Executable:
    """Count the version of the account `at_id` on, from exactly `at_version`."""
    c = accounts.c
    return (
        update(accounts)
        .where(c.id == _given("at_id"), c.version == _given("at_version"))
        .values(version=c.version + 1)
        .returning(c.id)
    )


@cache
def write_account() -> Executable:
    """Replace the account `at_id`, whose version was raised in the same transaction."""
    return update(accounts).where(accounts.c.id == _given("at_id")).returning(accounts.c.id)


_SEEDLESS = {column.name: None for column in messages.c if column.name.startswith("seed_")}
_UNLEASED = {"lease_token": None, "leased_until": None}


@cache
def withdraw_messages() -> Executable:
    """End what is still queued under the topics `at_topics`, leased or not."""
    c = messages.c
    queued = and_(c.state == _QUEUED, c.topic.in_(_any_of("at_topics")))
    return (
        update(messages).where(queued).values(state=_WITHDRAWN, reason="withdrawn", **_SEEDLESS, **_UNLEASED)
    )


def _free() -> ColumnElement[bool]:
    """Under no lease, or under one that ended at or before `now`."""
    c = messages.c
    return or_(c.leased_until.is_(None), c.leased_until <= _instant("now"))


@cache
def end_overdue() -> Executable:
    """End what is still queued at or past its deadline; what is leased at `now` is left to its relay."""
    c = messages.c
    overdue = and_(c.state == _QUEUED, c.deadline <= _instant("now"), _free())
    dead = {"state": _DEAD, "reason": "deadline"}
    return update(messages).where(overdue).values(**dead, **_SEEDLESS, **_UNLEASED).returning(c.id)


@cache
def lease_messages(chosen: bool) -> Executable:
    """Lease up to `at_most` messages due at `now`: `new_token`, `new_until`; of `at_ids` only, if `chosen`."""
    c = messages.c
    due = and_(c.state == _QUEUED, c.next_try_at <= _instant("now"), _free())
    wanted = and_(due, c.id.in_(_any_of("at_ids"))) if chosen else due
    oldest = (
        select(c.id)
        .where(wanted)
        .order_by(c.created_at, c.id)
        .limit(_given("at_most"))
        # Two relays pass each other by, instead of queueing for the same row. SQLite has one
        # writer at a time and no such clause; SQLAlchemy leaves it out there.
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(messages)
        # The guard once more: where rows are not locked, this is what decides.
        .where(c.id.in_(select(oldest.c.id)), due)
        .values(lease_token=_given("new_token"), leased_until=_instant("new_until"), tries=c.tries + 1)
        .returning(messages)
    )


def _under_lease() -> ColumnElement[bool]:
    c = messages.c
    return and_(c.id == _given("at_id"), c.lease_token == _given("at_token"), c.state == _QUEUED)


@cache
def end_message() -> Executable:
    """The message `at_id` under the lease `at_token` is over: `new_state`, `new_reason`; its seed goes."""
    ends = {"state": _given("new_state"), "reason": _given("new_reason")}
    return update(messages).where(_under_lease()).values(**ends, **_SEEDLESS, **_UNLEASED)


@cache
def requeue_message() -> Executable:
    """The message `at_id` under the lease `at_token` is tried again at `new_try_at`."""
    again = {"next_try_at": _instant("new_try_at"), "reason": _given("new_reason")}
    return update(messages).where(_under_lease()).values(**again, **_UNLEASED)
