"""Cases: a commit is all or nothing, and it is refused for the first reason in the contract's order."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import pytest

from entractes_auth.backends.batch import Batch, EventQuery, MessageQuery, RegistrationQuery, StoredMessage
from entractes_auth.errors import AlreadyRedeemed, Conflict, StoreError, Taken
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Glance
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.records.registration import Registration
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["ATOMICITY"]

ATOMICITY: Final[Suite[Rig]] = Suite("atomicity")

REDEEMED, SENT, CLOSED, UNTOUCHED, NEW = 1, 2, 3, 4, 5


def before() -> Batch:
    """What is there already, for the good batch to change and the faults to collide with."""
    return b.batch(
        *(b.registration(1), b.registration(3)),
        *(b.account(1), b.account(3)),
        *(b.challenge(n) for n in (REDEEMED, SENT, CLOSED, UNTOUCHED)),
        *(b.message(1, topic="pointless"), b.event(1)),
    )


def good() -> Batch:
    """A batch that has every part there is, and succeeds."""
    return b.batch(
        *(b.registration(1, State.IN_REVIEW, version=1), b.registration(2)),
        *(b.account(1, version=1, first_name="Autre"), b.account(2)),
        *(b.challenge(NEW), b.sending(SENT, counter=2), b.proof(REDEEMED)),
        *(b.message(2), b.event(2)),
        close=(b.an_id("challenge", CLOSED),),
        withdraw=("pointless",),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One more part that cannot be written, and the error that it must raise."""

    error: type[StoreError]
    bad: Batch
    place: Literal["first", "last"] = "last"

    def spoil(self, batch: Batch) -> Batch:
        """The batch with the bad part before, or after, its good ones."""

        first, second = (self.bad, batch) if self.place == "first" else (batch, self.bad)
        return replace(
            batch,
            registrations=first.registrations + second.registrations,
            accounts=first.accounts + second.accounts,
            challenges=first.challenges + second.challenges,
            sendings=first.sendings + second.sendings,
            messages=first.messages + second.messages,
            events=first.events + second.events,
            redeem=self.bad.redeem or batch.redeem,
        )


_BAD_PARTS: Final[dict[str, tuple[type[StoreError], Batch]]] = {
    "replaced_code": (AlreadyRedeemed, b.batch(b.proof(REDEEMED, counter=2))),
    "unknown_challenge": (AlreadyRedeemed, b.batch(b.proof(99))),
    "skipped_sending": (Conflict, b.batch(b.sending(UNTOUCHED, counter=3))),
    "repeated_sending": (Conflict, b.batch(b.sending(UNTOUCHED, counter=1))),
    "sending_to_nothing": (Conflict, b.batch(b.sending(99, counter=1))),
    "stale_registration": (Conflict, b.batch(b.registration(3, version=2))),
    "stale_account": (Conflict, b.batch(b.account(3, version=2))),
    "taken_identifier": (Taken, b.batch(b.account(9, identifier=b.account(3).identifier))),
    "taken_email": (Taken, b.batch(b.account(9, email=b.account(3).email.upper()))),
    "taken_registration_id": (Taken, b.batch(b.account(9, registration_id=b.account(3).registration_id))),
    "existing_registration": (Taken, b.batch(b.registration(3))),
    "existing_account": (Taken, b.batch(b.account(9, id=b.an_id("account", 3)))),
    "existing_challenge": (Taken, b.batch(b.challenge(UNTOUCHED))),
    "existing_message": (Taken, b.batch(b.message(1))),
    "existing_event": (Taken, b.batch(b.event(1))),
}
_PLACES: Final[tuple[Literal["first", "last"], ...]] = ("first", "last")
FAULTS: Final = {
    f"{name}-{place}": Fault(error, bad, place)
    for name, (error, bad) in _BAD_PARTS.items()
    for place in _PLACES
    if bad.redeem is None or place == "last"
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the port shows, without changing any of it; None where an id is unknown."""

    registrations: tuple[Registration, ...]
    accounts: tuple[Account | None, ...]
    glances: tuple[Glance | None, ...]
    queued: tuple[StoredMessage, ...]
    others: tuple[StoredMessage, ...]
    events: tuple[Event, ...]


async def picture(rig: Rig) -> Picture:
    store = rig.store
    sent = await store.outbox(MessageQuery(state=MessageState.SENT))
    dead = await store.outbox(MessageQuery(state=MessageState.DEAD))
    withdrawn = await store.outbox(MessageQuery(state=MessageState.WITHDRAWN))
    return Picture(
        registrations=(await store.registrations(RegistrationQuery(limit=100))).rows,
        accounts=tuple([await store.account(b.an_id("account", n)) for n in (1, 2, 3, 9)]),
        glances=tuple([await store.glance(b.an_id("challenge", n), b.NOW) for n in (1, 2, 3, 4, 5, 99)]),
        queued=(await store.outbox(MessageQuery(state=MessageState.QUEUED))).rows,
        others=sent.rows + dead.rows + withdrawn.rows,
        events=(await store.events(EventQuery())).rows,
    )


@ATOMICITY.each(FAULTS)
async def one_bad_part_undoes_the_whole_batch(fault: Fault, rig: Rig) -> None:
    """When any part cannot be written, nothing of the batch is, wherever the part stands in it."""
    await rig.store.commit(before())
    untouched = await picture(rig)
    with pytest.raises(fault.error) as refused:
        await rig.store.commit(fault.spoil(good()))
    assert type(refused.value) is fault.error
    assert await picture(rig) == untouched
    # Not because the rest was bad as well: without the fault, all of it is written.
    await rig.store.commit(good())
    assert await picture(rig) != untouched


@ATOMICITY.case
async def a_refused_batch_leaves_challenges_as_they_were(rig: Rig) -> None:
    """What a refused batch would have redeemed, closed or replaced can be spent, with its old code."""
    await rig.store.commit(before())
    with pytest.raises(Taken):
        await rig.store.commit(Fault(Taken, b.batch(b.event(1))).spoil(good()))
    for n in (REDEEMED, SENT, CLOSED):
        attempt = await rig.store.spend(b.an_id("challenge", n), b.NOW)
        assert attempt is not None
        assert (attempt.counter, attempt.nonce) == (1, b.sending(n).nonce)
    assert await rig.store.spend(b.an_id("challenge", NEW), b.NOW) is None


@ATOMICITY.case
async def every_part_of_a_good_batch_is_written(rig: Rig) -> None:
    """A commit that returns has written all its parts."""
    await rig.store.commit(before())
    await rig.store.commit(good())
    seen = await picture(rig)
    assert seen.registrations == (
        *sorted((b.registration(2, version=1), b.registration(3, version=1)), key=lambda r: r.id),
        b.registration(1, State.IN_REVIEW, version=2),
    )
    changed = b.account(1, version=2, first_name="Autre")
    assert seen.accounts == (changed, b.account(2, version=1), b.account(3, version=1), None)
    sendings = [None if glance is None else glance.sendings for glance in seen.glances]
    assert sendings == [None, 2, None, 1, 1, None]
    assert [line.message.id for line in seen.queued] == [b.an_id("message", 2)]
    assert [line.message.id for line in seen.others] == [b.an_id("message", 1)]
    assert seen.events == (b.event(2), b.event(1))


# Two faults in one batch: the first of each pair is the one that is raised.
_ORDER: Final = {
    "redeem_before_sendings": ("replaced_code", "skipped_sending"),
    "redeem_before_versions": ("unknown_challenge", "stale_registration"),
    "redeem_before_keys": ("replaced_code", "taken_email"),
    "sendings_before_keys": ("skipped_sending", "taken_identifier"),
    "versions_before_keys": ("stale_registration", "taken_registration_id"),
    "account_versions_before_ids": ("stale_account", "existing_registration"),
}


@ATOMICITY.each(_ORDER)
async def the_first_reason_in_order_is_raised(names: tuple[str, str], rig: Rig) -> None:
    """Of two faults the one that the contract checks first is raised: a flow decides by it what to do."""
    await rig.store.commit(before())
    (error, first), (_, second) = (_BAD_PARTS[name] for name in names)
    both = Fault(error, first).spoil(Fault(error, second).spoil(good()))
    with pytest.raises(StoreError) as refused:
        await rig.store.commit(both)
    assert type(refused.value) is error
