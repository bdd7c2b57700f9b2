"""The plans of the port's writing methods; `commit` holds the order in which its guards are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from entractes_auth.backends.batch import Batch, Committed, Purged, Settlement
from entractes_auth.backends.storage.sqlalchemy import statements, tables
from entractes_auth.backends.storage.sqlalchemy.message_rows import leased_from, message_row
from entractes_auth.backends.storage.sqlalchemy.plan import Step, Write
from entractes_auth.backends.storage.sqlalchemy.registration_rows import registration_row
from entractes_auth.backends.storage.sqlalchemy.rows import (
    Row,
    account_row,
    attempt_from,
    challenge_row,
    event_row,
    sending_row,
)
from entractes_auth.errors import AlreadyRedeemed, Conflict
from entractes_auth.records.challenge import Attempt, Proof, Sending
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["commit", "lease", "purge", "settle", "spend"]


def spend(challenge_id: str, now: datetime) -> Write[Attempt | None]:
    """See `Store.spend`."""
    step = Step(statements.spend_attempt(), {"at_id": challenge_id, "now": now})
    return Write((step,), lambda results: attempt_from(results[0][0]) if results[0] else None)


def commit(batch: Batch) -> Write[Committed]:
    """See `Store.commit`: its order is the order of the steps."""
    committed = Committed(tuple(message.id for message in batch.messages))
    return Write((*_guards(batch), *_records(batch), *_rest(batch)), lambda results: committed)


def lease(
    now: datetime, until: datetime, limit: int, only: tuple[str, ...], token: str
) -> Write[tuple[Leased, ...]]:
    """See `Store.lease`; `token` is fresh."""
    values = {"now": now, "new_until": until, "at_most": max(limit, 0), "new_token": token}
    chosen = {"at_ids": only} if only else {}
    step = Step(statements.lease_messages(bool(only)), {**values, **chosen})
    return Write((step,), lambda results: tuple(map(leased_from, _oldest_first(results[0]))))


def settle(settlements: tuple[Settlement, ...]) -> Write[None]:
    """See `Store.settle`."""
    return Write(tuple(map(_settle, settlements)), lambda results: None)


def purge(now: datetime) -> Write[Purged]:
    """See `Store.purge`."""
    steps = (Step(statements.erase_nonces(), {"now": now}), Step(statements.end_overdue(), {"now": now}))
    return Write(steps, lambda results: Purged(challenges=len(results[0]), messages=len(results[1])))


def _oldest_first(rows: Sequence[Row]) -> list[Row]:
    """The order of what an UPDATE returns is nobody's promise."""
    return sorted(rows, key=lambda row: (row["created_at"], row["id"]))


def _guards(batch: Batch) -> Iterator[Step]:
    """What can be lost to somebody else, before anything that can be taken."""
    if batch.redeem is not None:
        yield _redeem(batch.redeem, batch.at)
    for sending in batch.sendings:
        yield _send(sending, batch.at)
    for registration in batch.registrations:
        if registration.version:
            yield _change(registration)
    for account in batch.accounts:
        if account.version:
            guard = {"at_id": account.id, "at_version": account.version}
            yield Step(statements.raise_account_version(), guard, lost=Conflict)


def _records(batch: Batch) -> Iterator[Step]:
    """What has unique keys."""
    for registration in batch.registrations:
        if not registration.version:
            yield Step(statements.add(tables.registrations), {**registration_row(registration), "version": 1})
    for account in batch.accounts:
        if account.version:
            yield Step(
                statements.write_account(), {**account_row(account), "at_id": account.id}, lost=Conflict
            )
        else:
            yield Step(statements.add(tables.accounts), {**account_row(account), "version": 1})


def _rest(batch: Batch) -> Iterator[Step]:
    """What follows: nothing here is decided on a state that another may have changed."""
    if batch.challenges:
        yield Step(statements.add(tables.challenges), list(map(challenge_row, batch.challenges)))
    if batch.close:
        yield Step(statements.close_challenge(), {"at_ids": batch.close, "now": batch.at})
    topics = tuple(filter(None, batch.withdraw))  # "" is no topic: it would end all messages without one
    if topics:
        yield Step(statements.withdraw_messages(), {"at_topics": topics})
    if batch.messages:
        yield Step(statements.add(tables.messages), list(map(message_row, batch.messages)))
    if batch.events:
        yield Step(statements.add(tables.events), list(map(event_row, batch.events)))


def _redeem(proof: Proof, at: datetime) -> Step:
    guard = {"at_id": proof.challenge_id, "at_counter": proof.counter, "now": at}
    return Step(statements.redeem_challenge(), guard, lost=AlreadyRedeemed)


def _send(sending: Sending, at: datetime) -> Step:
    guard = {"at_id": sending.challenge_id, "at_counter": sending.counter - 1, "now": at}
    return Step(statements.send_challenge(), {**sending_row(sending), **guard}, lost=Conflict)


def _change(registration: Registration) -> Step:
    guard = {"at_id": registration.id, "at_version": registration.version}
    row = {**registration_row(registration), "version": registration.version + 1}
    return Step(statements.change_registration(), {**row, **guard}, lost=Conflict)


def _settle(settlement: Settlement) -> Step:
    guard = {"at_id": settlement.message_id, "at_token": settlement.token, "new_reason": settlement.reason}
    if settlement.state is MessageState.QUEUED:
        return Step(
            statements.requeue_message(), {**guard, "new_try_at": settlement.retry_at or settlement.at}
        )
    return Step(statements.end_message(), {**guard, "new_state": settlement.state.value})
