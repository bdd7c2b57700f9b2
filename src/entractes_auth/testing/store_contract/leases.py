"""Cases: a message is in one relay's hands at a time, and what a relay reports counts while it holds it."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from entractes_auth.backends.batch import Lease
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.outbox import LATER, UNTIL, lease, settlement, state_of
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["LEASES"]

LEASES: Final[Suite[Rig]] = Suite("leases")

INSTANT: Final = timedelta(microseconds=1)
AFTERWARDS: Final = UNTIL + timedelta(minutes=2)


def ids(leased: tuple[Leased, ...]) -> list[str]:
    return [one.message.id for one in leased]


@LEASES.case
async def an_empty_outbox_leases_nothing(rig: Rig) -> None:
    """There is nothing to lease before anything was queued."""
    assert await lease(rig) == ()


@LEASES.case
async def the_oldest_are_leased_first_and_once(rig: Rig) -> None:
    """Leases take up to `limit` messages, oldest first, and never one that is under another lease."""
    await rig.store.commit(b.batch(*(b.message(n) for n in (4, 2, 5, 1, 3))))
    taken = [ids(await lease(rig, limit=2)) for _ in range(4)]
    assert taken == [[b.an_id("message", n) for n in some] for some in ((1, 2), (3, 4), (5,), ())]


@LEASES.case
async def a_lease_ends_at_its_time(rig: Rig) -> None:
    """A lease holds until its end; then the next relay has the message, by another token, as one more try."""
    await rig.store.commit(b.batch(b.code_message(1)))
    (first,) = await lease(rig)
    assert await rig.store.lease(UNTIL - INSTANT, AFTERWARDS, 10) == ()
    (second,) = await rig.store.lease(UNTIL, AFTERWARDS, 10)
    assert second.message == first.message
    assert (first.tries, second.tries) == (1, 2)
    assert second.token != first.token


@LEASES.case
async def what_is_committed_under_a_lease_is_the_committers(rig: Rig) -> None:
    """No relay has it before the lease's end, the committer settles it by that token, and it was tried once."""
    mine = Lease("mine", UNTIL)
    await rig.store.commit(replace(b.batch(b.code_message(1), b.message(2)), lease=mine))
    await rig.store.commit(b.batch(b.message(3)))
    assert ids(await rig.store.lease(UNTIL - INSTANT, AFTERWARDS, 10)) == [b.an_id("message", 3)]
    await rig.store.settle((settlement(Leased(b.code_message(1), mine.token, 1), MessageState.SENT),))
    line = await state_of(rig, 1)
    assert (line.state, line.tries) == (MessageState.SENT, 1)


@LEASES.case
async def what_its_committer_does_not_settle_is_a_relays(rig: Rig) -> None:
    """At the end of the committer's lease a relay has the message whole, as a second try, and the first is lost."""
    await rig.store.commit(replace(b.batch(b.code_message(1)), lease=Lease("mine", UNTIL)))
    (leased,) = await rig.store.lease(UNTIL, AFTERWARDS, 10)
    assert (leased.message, leased.tries) == (b.code_message(1), 2)
    await rig.store.settle((settlement(Leased(leased.message, "mine", 1), MessageState.SENT),))
    assert (await state_of(rig, 1)).state is MessageState.QUEUED


@LEASES.each({state.value: state for state in MessageState})
async def a_lost_lease_settles_nothing(state: MessageState, rig: Rig) -> None:
    """A relay that was too slow changes nothing: the message is the next one's."""
    await rig.store.commit(b.batch(b.code_message(1)))
    (slow,) = await lease(rig)
    (quick,) = await rig.store.lease(UNTIL, AFTERWARDS, 10)
    await rig.store.settle((settlement(slow, state, retry_at=UNTIL, reason="slow"),))
    line = await state_of(rig, 1)
    assert (line.state, line.tries, line.reason) == (MessageState.QUEUED, 2, "")
    assert await rig.store.lease(AFTERWARDS - INSTANT, AFTERWARDS, 10) == ()
    await rig.store.settle((settlement(quick, MessageState.SENT),))
    assert (await state_of(rig, 1)).state is MessageState.SENT


@LEASES.case
async def tokens_and_ids_of_nobody_settle_nothing(rig: Rig) -> None:
    """An unknown message and an invented token are no error, and change nothing."""
    await rig.store.commit(b.batch(b.message(1), b.message(2)))
    (leased,) = await lease(rig, limit=1)
    unknown = Leased(b.message(9), leased.token, 1)
    for token in ("", "invented"):
        await rig.store.settle((settlement(Leased(b.message(1), token, 1), MessageState.DEAD),))
        await rig.store.settle((settlement(Leased(b.message(2), token, 1), MessageState.DEAD),))
    await rig.store.settle((settlement(unknown, MessageState.SENT),))
    await rig.store.settle(())
    for n in (1, 2):
        assert (await state_of(rig, n)).state is MessageState.QUEUED


@LEASES.case
async def a_retry_waits_for_its_time(rig: Rig) -> None:
    """A message that is queued again is not due before `retry_at`, and is from then on; its seed is kept."""
    await rig.store.commit(b.batch(b.code_message(1)))
    (leased,) = await lease(rig)
    retry_at = AFTERWARDS + timedelta(hours=1)
    await rig.store.settle((settlement(leased, MessageState.QUEUED, retry_at=retry_at, reason="busy"),))
    assert await rig.store.lease(retry_at - INSTANT, retry_at, 10) == ()
    (again,) = await rig.store.lease(retry_at, retry_at + timedelta(minutes=2), 10)
    assert again.message == b.code_message(1)
    assert again.tries == 2


@LEASES.case
async def a_retry_in_time_ends_the_lease(rig: Rig) -> None:
    """What is queued again may be leased before the lease that gave it up would have ended."""
    await rig.store.commit(b.batch(b.message(1)))
    (leased,) = await lease(rig)
    retry_at = LATER + timedelta(seconds=5)
    await rig.store.settle((settlement(leased, MessageState.QUEUED, retry_at=retry_at),))
    assert ids(await rig.store.lease(retry_at, AFTERWARDS, 10)) == [b.an_id("message", 1)]


@LEASES.case
async def one_retry_holds_up_nobody_else(rig: Rig) -> None:
    """A message that waits for its retry does not stand before the younger ones."""
    await rig.store.commit(b.batch(b.message(1), b.message(2)))
    (leased,) = await lease(rig, limit=1)
    await rig.store.settle((settlement(leased, MessageState.QUEUED, retry_at=AFTERWARDS),))
    assert ids(await lease(rig, limit=1)) == [b.an_id("message", 2)]


@LEASES.each({"sent": MessageState.SENT, "dead": MessageState.DEAD})
async def what_is_settled_is_over(state: MessageState, rig: Rig) -> None:
    """A sent or dead message is never leased again, not even by a second report on the same lease."""
    await rig.store.commit(b.batch(b.code_message(1)))
    (leased,) = await lease(rig)
    await rig.store.settle((settlement(leased, state),))
    await rig.store.settle((settlement(leased, MessageState.QUEUED, retry_at=LATER),))
    assert await rig.store.lease(AFTERWARDS, AFTERWARDS + timedelta(days=1), 10) == ()
    line = await state_of(rig, 1)
    assert (line.state, line.message.seed) == (state, None)


@LEASES.case
async def several_settlements_are_each_judged(rig: Rig) -> None:
    """One call settles several messages; a stale one among them takes nothing from the others."""
    await rig.store.commit(b.batch(*(b.message(n) for n in (1, 2, 3))))
    first, second, third = await lease(rig)
    await rig.store.settle(
        (
            settlement(first, MessageState.SENT),
            settlement(Leased(second.message, "stale", 1), MessageState.SENT),
            settlement(third, MessageState.DEAD, reason="refused"),
        )
    )
    states = [(await state_of(rig, n)).state for n in (1, 2, 3)]
    assert states == [MessageState.SENT, MessageState.QUEUED, MessageState.DEAD]


@LEASES.each({"none": 0, "negative": -1})
async def a_limit_below_one_leases_nothing(limit: int, rig: Rig) -> None:
    """A limit below 1 takes no message, and counts no try: SQL reads a negative one as "all rows"."""
    await rig.store.commit(b.batch(b.message(1)))
    assert await lease(rig, limit=limit) == ()
    (leased,) = await lease(rig)
    assert leased.tries == 1


@LEASES.case
async def only_takes_none_but_the_named(rig: Rig) -> None:
    """With `only`, other messages stay for the relay; unknown ids are no error, and the limit still holds."""
    await rig.store.commit(b.batch(*(b.message(n) for n in (1, 2, 3, 4))))
    named = (b.an_id("message", 3), "unknown", b.an_id("message", 2))
    assert ids(await lease(rig, limit=1, only=named)) == [b.an_id("message", 2)]
    assert ids(await lease(rig, only=named)) == [b.an_id("message", 3)]
    assert await lease(rig, only=("unknown",)) == ()
    assert ids(await lease(rig)) == [b.an_id("message", n) for n in (1, 4)]


@LEASES.case
async def a_message_past_its_deadline_is_still_leased(rig: Rig) -> None:
    """The relay ends what is too late, visibly: a store that hid it would leave it queued for ever."""
    await rig.store.commit(b.batch(b.code_message(1, deadline=b.NOW + timedelta(seconds=2))))
    assert ids(await lease(rig)) == [b.an_id("message", 1)]
