"""The plans of the port's writing methods; `commit` holds the order in which its guards are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from entractes_auth.backends.batch import Batch, Committed, Expendable, Purged, Settlement
from entractes_auth.backends.storage.message_rows import leased_from, message_row
from entractes_auth.backends.storage.purging import AT_ONCE
from entractes_auth.backends.storage.registration_rows import registration_row
from entractes_auth.backends.storage.rows import (
    Row,
    account_row,
    attempt_from,
    challenge_row,
    event_row,
    sending_row,
)
from entractes_auth.backends.storage.sqlalchemy import erasing, outbox_statements, statements, tables
from entractes_auth.backends.storage.sqlalchemy.plan import Step, Write
from entractes_auth.errors import AlreadyRedeemed, Conflict
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Proof, Sending
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["commit", "erase", "lease", "purge", "settle", "spend"]


def spend(challenge_id: str, now: datetime) -> Write[Attempt | None]:
    """See `Store.spend`."""
    step = Step(statements.spend_attempt(), {"at_id": challenge_id, "now": now})
    return Write((step,), lambda results: attempt_from(results[0][0]) if results[0] else None)


def commit(batch: Batch) -> Write[Committed]:
    """See `Store.commit`: its order is the order of the steps."""
    committed = Committed(tuple(message.id for message in batch.messages))
    steps = (*_locks(batch), *_guards(batch), *_records(batch), *_rest(batch))
    return Write(steps, lambda results: committed)


def lease(
    now: datetime, until: datetime, limit: int, only: tuple[str, ...], token: str
) -> Write[tuple[Leased, ...]]:
    """See `Store.lease`; `token` is fresh."""
    values = {"now": now, "new_until": until, "at_most": max(limit, 0), "new_token": token}
    chosen = {"at_ids": only} if only else {}
    step = Step(outbox_statements.lease_messages(bool(only)), {**values, **chosen})
    return Write((step,), lambda results: tuple(map(leased_from, _oldest_first(results[0]))))


def settle(settlements: tuple[Settlement, ...]) -> Write[None]:
    """See `Store.settle`."""
    in_order = sorted(settlements, key=lambda settlement: settlement.message_id)
    return Write(tuple(map(_settle, in_order)), lambda results: None)


def purge(now: datetime) -> Write[Purged]:
    """See `Store.purge`: one transaction of it."""
    values = {"now": now, "at_most": AT_ONCE}
    steps = (Step(statements.erase_nonces(), values), Step(outbox_statements.end_overdue(), values))
    return Write(steps, lambda results: Purged(challenges=len(results[0]), messages=len(results[1])))


def erase(what: Expendable, before: datetime, limit: int) -> Write[int]:
    """See `Store.erase`."""
    step = Step(erasing.erase_rows(what), {"before": before, "at_most": max(limit, 0)})
    return Write((step,), lambda results: len(results[0]))


def _oldest_first(rows: Sequence[Row]) -> list[Row]:
    """The order of what an UPDATE returns is nobody's promise."""
    return sorted(rows, key=lambda row: (row["created_at"], row["id"]))


def _locks(batch: Batch) -> Iterator[Step]:
    """Challenges are changed by three kinds of steps, and each would lock in an order of its own."""
    sent = (sending.challenge_id for sending in batch.sendings)
    redeemed = () if batch.redeem is None else (batch.redeem.challenge_id,)
    changed = {*redeemed, *sent, *batch.close}
    if len(changed) > 1:
        yield Step(statements.lock_challenges(), {"at_ids": tuple(changed)})


def _guards(batch: Batch) -> Iterator[Step]:
    """What can be lost to somebody else, before anything that can be taken."""
    if batch.redeem is not None:
        yield _redeem(batch.redeem, batch.at)
    for sending in batch.sendings:
        yield _send(sending, batch.at)
    for registration in sorted(batch.registrations, key=_id):
        if registration.version:
            yield _change(tables.registrations, registration, registration_row(registration))
    for account in sorted(batch.accounts, key=_id):
        if account.version:
            alone = _is_alone(batch)
            yield (
                _change(tables.accounts, account, account_row(account)) if alone else _raise_version(account)
            )


def _is_alone(batch: Batch) -> bool:
    """One statement may then check an account's version and write its keys: no version is checked after them."""
    return len(batch.accounts) == 1


def _version_guard(record: Registration | Account) -> dict[str, Any]:
    return {"at_id": record.id, "at_version": record.version}


def _id(record: Registration | Account) -> str:
    return record.id


def _records(batch: Batch) -> Iterator[Step]:
    """What has unique keys."""
    for registration in batch.registrations:
        if not registration.version:
            yield Step(statements.add(tables.registrations), {**registration_row(registration), "version": 1})
    for account in batch.accounts:
        if not account.version:
            yield Step(statements.add(tables.accounts), {**account_row(account), "version": 1})
        elif not _is_alone(batch):
            row = {**account_row(account), "at_id": account.id}
            yield Step(statements.write_account(), row, lost=Conflict)


def _rest(batch: Batch) -> Iterator[Step]:
    """What follows: nothing here is decided on a state that another may have changed."""
    if batch.challenges:
        yield _add(tables.challenges, list(map(challenge_row, batch.challenges)))
    if batch.close:
        yield Step(statements.close_challenge(), {"at_ids": batch.close, "now": batch.at})
    topics = tuple(filter(None, batch.withdraw))  # "" is no topic: it would end all messages without one
    if topics:
        yield Step(outbox_statements.withdraw_messages(), {"at_topics": topics})
    if batch.messages:
        yield _add(tables.messages, [message_row(each, batch.lease) for each in batch.messages])
    if batch.events:
        yield _add(tables.events, list(map(event_row, batch.events)))


def _add(table: Table, rows: list[dict[str, Any]]) -> Step:
    # Most commits have one row for a table, and drivers do more for a list of one than for one row.
    return Step(statements.add(table), rows if len(rows) > 1 else rows[0])


def _redeem(proof: Proof, at: datetime) -> Step:
    guard = {"at_id": proof.challenge_id, "at_counter": proof.counter, "now": at}
    return Step(statements.redeem_challenge(), guard, lost=AlreadyRedeemed)


def _send(sending: Sending, at: datetime) -> Step:
    guard = {"at_id": sending.challenge_id, "at_counter": sending.counter - 1, "now": at}
    return Step(statements.send_challenge(), {**sending_row(sending), **guard}, lost=Conflict)


def _change(table: Table, record: Registration | Account, row: dict[str, Any]) -> Step:
    changed = {**row, **_version_guard(record), "version": record.version + 1}
    del changed["id"]
    whole = Step(statements.change(table), changed, lost=Conflict)
    keys = statements.KEYS[table]
    beside = {name: value for name, value in changed.items() if name not in keys}
    beside.update((f"at_{key}", changed[key]) for key in keys)
    return Step(statements.change_beside_keys(table), beside, otherwise=whole)


def _raise_version(account: Account) -> Step:
    return Step(statements.raise_account_version(), _version_guard(account), lost=Conflict)


def _settle(settlement: Settlement) -> Step:
    guard = {"at_id": settlement.message_id, "at_token": settlement.token, "new_reason": settlement.reason}
    if settlement.state is MessageState.QUEUED:
        return Step(
            outbox_statements.requeue_message(), {**guard, "new_try_at": settlement.retry_at or settlement.at}
        )
    return Step(outbox_statements.end_message(), {**guard, "new_state": settlement.state.value})
