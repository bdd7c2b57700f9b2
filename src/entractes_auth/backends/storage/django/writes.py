"""The port's writing methods, each within one transaction; `commit` holds the order of its guards.

A guarded UPDATE tells how many rows it changed. None: the guard did not hold, and the caller has
lost. What is judged and what is changed are then one statement, and no second writer fits in
between. The row that it changed is ours until the transaction ends, so what is read of it
afterwards is what we wrote.

Rows of one table are locked in the order of their ids, or passed by when somebody else holds
them: two transactions that change the same rows queue up, and never wait for each other.
SQLite has one writer at a time and no clause for it; Django leaves `FOR UPDATE` out there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import F, Model, Q, QuerySet

from entractes_auth.backends.batch import Batch, Committed, Purged, Settlement
from entractes_auth.backends.storage.django.models import Account, Challenge, Event, Message, Registration
from entractes_auth.backends.storage.message_rows import leased_from, message_row
from entractes_auth.backends.storage.purging import AT_ONCE
from entractes_auth.backends.storage.registration_rows import registration_row
from entractes_auth.backends.storage.rows import (
    account_row,
    attempt_from,
    challenge_row,
    event_row,
    sending_row,
)
from entractes_auth.errors import AlreadyRedeemed, Conflict
from entractes_auth.records import account, challenge, registration
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased

__all__ = ["commit", "lease", "purge", "settle", "spend"]

M = TypeVar("M", bound=Model)

_QUEUED: Final = Q(state=MessageState.QUEUED.value)
_OPEN: Final = Q(ended_at__isnull=True)
_SEEDLESS: Final = dict.fromkeys(
    field.name for field in Message._meta.fields if field.name.startswith("seed_")
)
_UNLEASED: Final = {"lease_token": None, "leased_until": None}


def spend(using: str, challenge_id: str, now: datetime) -> Attempt | None:
    """See `Store.spend`."""
    this = _all(using, Challenge).filter(id=challenge_id)
    alive = this.filter(
        _OPEN,
        attempts_left__gt=0,
        counter__gt=0,
        nonce__isnull=False,
        expires_at__gt=now,
        code_expires_at__gt=now,
    )
    if not alive.update(attempts_left=F("attempts_left") - 1):
        return None
    return attempt_from(this.values().get())


def commit(using: str, batch: Batch) -> Committed:
    """See `Store.commit`: its order is the order of what is called here."""
    _lock_challenges(using, batch)
    _guard(using, batch)
    _write_records(using, batch)
    _write_rest(using, batch)
    return Committed(tuple(message.id for message in batch.messages))


def lease(
    using: str, now: datetime, until: datetime, limit: int, only: tuple[str, ...], token: str
) -> tuple[Leased, ...]:
    """See `Store.lease`; `token` is fresh."""
    due = _all(using, Message).filter(_QUEUED, _free(now), next_try_at__lte=now)
    wanted = due.filter(id__in=only) if only else due
    # Two relays pass each other by, instead of queueing for the same row. The ids are fetched: as a
    # subquery with a limit they might be chosen more than once, and exceed it.
    oldest = wanted.order_by("created_at", "id").select_for_update(skip_locked=True)
    ids = list(oldest.values_list("id", flat=True)[: max(limit, 0)])
    due.filter(id__in=ids).update(lease_token=token, leased_until=until, tries=F("tries") + 1)
    leased = _all(using, Message).filter(id__in=ids, lease_token=token).order_by("created_at", "id")
    return tuple(map(leased_from, leased.values()))


def settle(using: str, settlements: tuple[Settlement, ...]) -> None:
    """See `Store.settle`."""
    for each in sorted(settlements, key=lambda settlement: settlement.message_id):
        leased = _all(using, Message).filter(_QUEUED, id=each.message_id, lease_token=each.token)
        if each.state is MessageState.QUEUED:
            leased.update(next_try_at=each.retry_at or each.at, reason=each.reason, **_UNLEASED)
        else:
            leased.update(state=each.state.value, reason=each.reason, **_SEEDLESS, **_UNLEASED)


def purge(using: str, now: datetime) -> Purged:
    """See `Store.purge`: one transaction of it. What others hold at this moment is left to the next time."""
    over = _all(using, Challenge).filter(~_OPEN | Q(expires_at__lte=now), nonce__isnull=False)
    overdue = _all(using, Message).filter(_QUEUED, _free(now), deadline__lte=now)
    dead = {"state": MessageState.DEAD.value, "reason": "deadline", **_SEEDLESS, **_UNLEASED}
    return Purged(
        challenges=over.filter(id__in=_some(over)).update(nonce=None),
        messages=overdue.filter(id__in=_some(overdue)).update(**dead),
    )


def _lock_challenges(using: str, batch: Batch) -> None:
    """Challenges are changed by three kinds of steps, and each would lock in an order of its own."""
    sent = (sending.challenge_id for sending in batch.sendings)
    redeemed = () if batch.redeem is None else (batch.redeem.challenge_id,)
    changed = {*redeemed, *sent, *batch.close}
    if len(changed) > 1:
        in_order = _all(using, Challenge).filter(id__in=changed).order_by("id").select_for_update()
        list(in_order.values_list("id"))


def _guard(using: str, batch: Batch) -> None:
    """What can be lost to somebody else, before anything that can be taken."""
    if batch.redeem is not None:
        proof = batch.redeem
        redeemable = _all(using, Challenge).filter(_OPEN, id=proof.challenge_id, counter=proof.counter)
        if not redeemable.update(ended_at=batch.at, nonce=None):
            raise AlreadyRedeemed
    for sending in batch.sendings:
        _send(using, sending, batch.at)
    for moved in sorted(batch.registrations, key=_id):
        if moved.version:
            row = {**_changes(registration_row(moved)), "version": moved.version + 1}
            _must_change(_version(using, Registration, moved).update(**row))
    for changed in sorted(batch.accounts, key=_id):
        if changed.version:
            _must_change(_version(using, Account, changed).update(version=F("version") + 1))


def _write_records(using: str, batch: Batch) -> None:
    """What has unique keys."""
    new = [each for each in batch.registrations if not each.version]
    _add(using, Registration, ({**registration_row(each), "version": 1} for each in new))
    for each in batch.accounts:
        if each.version:
            row = _changes(account_row(each))
            _must_change(_all(using, Account).filter(id=each.id).update(**row))
        else:
            _add(using, Account, [{**account_row(each), "version": 1}])


def _write_rest(using: str, batch: Batch) -> None:
    """What follows: nothing here is decided on a state that another may have changed."""
    _add(using, Challenge, map(challenge_row, batch.challenges))
    if batch.close:
        pointless = _all(using, Challenge).filter(_OPEN, id__in=batch.close)
        pointless.update(ended_at=batch.at, nonce=None)
    topics = tuple(filter(None, batch.withdraw))  # "" is no topic: it would end all messages without one
    if topics:
        queued = _all(using, Message).filter(_QUEUED, topic__in=topics)
        in_order = queued.order_by("id").select_for_update().values("id")
        withdrawn = {"state": MessageState.WITHDRAWN.value, "reason": "withdrawn"}
        queued.filter(id__in=in_order).update(**withdrawn, **_SEEDLESS, **_UNLEASED)
    _add(using, Message, (message_row(each, batch.lease) for each in batch.messages))
    _add(using, Event, map(event_row, batch.events))


def _send(using: str, sending: challenge.Sending, at: datetime) -> None:
    before = _all(using, Challenge).filter(
        _OPEN, id=sending.challenge_id, expires_at__gt=at, counter=sending.counter - 1
    )
    _must_change(before.update(**sending_row(sending)))


def _all(using: str, model: type[M]) -> QuerySet[M]:
    return model._default_manager.using(using)


def _add(using: str, model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; a unique key that is taken makes the database refuse."""
    new = [model(**row) for row in rows]
    if new:
        _all(using, model).bulk_create(new)


def _version(using: str, model: type[M], record: registration.Registration | account.Account) -> QuerySet[M]:
    return _all(using, model).filter(id=record.id, version=record.version)


def _changes(row: dict[str, Any]) -> dict[str, Any]:
    """The columns that an update sets; a row keeps its id."""
    return {column: value for column, value in row.items() if column != "id"}


def _must_change(rows: int) -> None:
    if not rows:
        raise Conflict


def _free(now: datetime) -> Q:
    """Under no lease, or under one that ended at or before `now`."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=now)


def _some(rows: QuerySet[M]) -> list[str]:
    """The ids of some that nobody else holds. Fetched, as in `lease`: a subquery with a limit may exceed it."""
    return list(rows.select_for_update(skip_locked=True).values_list("id", flat=True)[:AT_ONCE])


def _id(record: registration.Registration | account.Account) -> str:
    return record.id
