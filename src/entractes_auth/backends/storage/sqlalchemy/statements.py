"""Every write, as one statement with its guard. Each is built once; the values come when it runs.

A guarded statement returns the row that it changed. No row: the guard did not hold, and the
caller has lost. What is judged and what is changed are then one step, and no second writer
fits in between, whatever the engine. Parameters of guards are named `at_...` or `now`; all
others are the columns of those names.

Rows of one table are locked in the order of their ids, or passed by when somebody else holds
them: two transactions that change the same rows queue up, and never wait for each other.
SQLite has one writer at a time and no clause for it; SQLAlchemy leaves `FOR UPDATE` out there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import Executable, Insert, Table, and_, insert, or_, select, update

from entractes_auth.backends.storage.sqlalchemy.parameters import any_of, given, instant
from entractes_auth.backends.storage.sqlalchemy.tables import accounts, challenges, registrations

__all__ = [
    "KEYS",
    "add",
    "change",
    "change_beside_keys",
    "close_challenge",
    "erase_nonces",
    "lock_challenges",
    "raise_account_version",
    "redeem_challenge",
    "send_challenge",
    "spend_attempt",
    "write_account",
]


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
            c.id == given("at_id"),
            c.attempts_left > 0,
            c.counter > 0,
            c.nonce.is_not(None),
            c.ended_at.is_(None),
            c.expires_at > instant("now"),
            c.code_expires_at > instant("now"),
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
def lock_challenges() -> Executable:
    """Hold the challenges `at_ids` until the transaction ends, before any of them is changed."""
    c = challenges.c
    return select(c.id).where(c.id.in_(any_of("at_ids"))).order_by(c.id).with_for_update()


@cache
def redeem_challenge() -> Executable:
    """Use a challenge up. Guard: `at_id`, `at_counter`; sets `now`."""
    c = challenges.c
    return (
        update(challenges)
        .where(c.id == given("at_id"), c.ended_at.is_(None), c.counter == given("at_counter"))
        .values(ended_at=instant("now"), nonce=None)
        .returning(c.id)
    )


@cache
def send_challenge() -> Executable:
    """Move an open challenge from counter `at_counter` to the next sending; its attempts stay as they are."""
    c = challenges.c
    return (
        update(challenges)
        .where(
            c.id == given("at_id"),
            c.ended_at.is_(None),
            c.expires_at > instant("now"),
            c.counter == given("at_counter"),
        )
        .returning(c.id)
    )


@cache
def close_challenge() -> Executable:
    """End the challenges with the ids `at_ids` that are not over yet, at `now`."""
    c = challenges.c
    open_ones = and_(c.id.in_(any_of("at_ids")), c.ended_at.is_(None))
    return update(challenges).where(open_ones).values(ended_at=instant("now"), nonce=None)


@cache
def erase_nonces() -> Executable:
    """Erase what the codes of challenges that are over at `now` were derived from, up to `at_most` of them."""
    c = challenges.c
    over = and_(c.nonce.is_not(None), or_(c.ended_at.is_not(None), c.expires_at <= instant("now")))
    some = select(c.id).where(over).limit(given("at_most")).with_for_update(skip_locked=True).cte("some")
    ended = update(challenges).where(c.id.in_(select(some.c.id)), over)
    return ended.values(nonce=None).returning(c.id)


KEYS: Final[Mapping[Table, tuple[str, ...]]] = {
    registrations: ("email_key", "professional_number", "structure_number"),
    accounts: ("identifier", "registration_id", "email_key", "professional_number", "structure_number"),
}
"""What a row is found by, and what seldom changes."""


@cache
def change_beside_keys(table: Table) -> Executable:
    """Replace the row `at_id` of exactly the version `at_version`, if its `KEYS` are what `at_` and their name say.

    SQLite writes an index anew for each column that is set, changed or not: pages from all over the file.
    """
    c = table.c
    same = (c[key].is_not_distinct_from(given(f"at_{key}")) for key in KEYS[table])
    guard = (c["id"] == given("at_id"), c["version"] == given("at_version"))
    return update(table).where(*guard, *same).returning(c["id"])


@cache
def change(table: Table) -> Executable:
    """Replace the row `at_id` of exactly the version `at_version`, whatever its keys were."""
    c = table.c
    return (
        update(table).where(c["id"] == given("at_id"), c["version"] == given("at_version")).returning(c["id"])
    )


@cache
def raise_account_version() -> Executable:
    """Count the version of the account `at_id` on, from exactly `at_version`."""
    c = accounts.c
    return (
        update(accounts)
        .where(c.id == given("at_id"), c.version == given("at_version"))
        .values(version=c.version + 1)
        .returning(c.id)
    )


@cache
def write_account() -> Executable:
    """Replace the account `at_id`, whose version was raised in the same transaction."""
    return update(accounts).where(accounts.c.id == given("at_id")).returning(accounts.c.id)
