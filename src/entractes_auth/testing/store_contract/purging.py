"""Cases: `purge` erases what nobody will need any more, and nothing that somebody may."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from datetime import timedelta
from typing import Final

from entractes_auth.backends.batch import MessageQuery, Purged
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import PasswordSeed, Template
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.challenges import CODE_ENDS, ID, INSTANT, spent
from entractes_auth.testing.store_contract.outbox import LATER, UNTIL, lease, settlement, state_of
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["PURGING"]

PURGING: Final[Suite[Rig]] = Suite("purging")

NOTHING: Final = Purged(challenges=0, messages=0)
DEADLINE: Final = LATER + timedelta(hours=1)
PASSWORD: Final = b.message(
    1,
    template=Template.PASSWORD_ISSUED,
    seed=PasswordSeed(b.an_id("account", 1), "k1", bytes(range(16))),
    deadline=DEADLINE,
)


@PURGING.case
async def purge_erases_the_nonces_of_expired_challenges(rig: Rig) -> None:
    """`purge` counts each challenge that expired with a nonce, once; one without a nonce does not count."""
    await rig.store.commit(
        b.batch(
            *(b.challenge(n, expires_at=CODE_ENDS) for n in (1, 2)),
            *(b.challenge(3), b.challenge(4, sending=None, expires_at=CODE_ENDS)),
        )
    )
    assert await rig.store.purge(CODE_ENDS - INSTANT) == NOTHING
    assert await rig.store.purge(CODE_ENDS) == Purged(challenges=2, messages=0)
    assert await rig.store.purge(CODE_ENDS) == NOTHING
    # Even a clock that runs back brings no purged nonce to light.
    assert await rig.store.spend(ID, b.NOW) is None


@PURGING.case
async def purge_ends_only_when_all_is_erased(rig: Rig) -> None:
    """However many there are: 1,100 challenges that expired, and as many messages past their deadline."""
    numbers = range(1, 1_101)
    over = (b.challenge(n, expires_at=CODE_ENDS) for n in numbers)
    late = (b.message(n, deadline=CODE_ENDS) for n in numbers)
    await rig.store.commit(b.batch(*over, *late))
    assert await rig.store.purge(CODE_ENDS) == Purged(challenges=1_100, messages=1_100)
    assert await rig.store.purge(CODE_ENDS) == NOTHING


@PURGING.case
async def purge_leaves_open_challenges_alone(rig: Rig) -> None:
    """A challenge whose code ended can still send another: only the challenge's own end erases."""
    await rig.store.commit(b.batch(b.challenge(1)))
    assert await rig.store.purge(CODE_ENDS) == NOTHING
    attempt = await spent(rig)
    assert attempt.nonce == b.sending(1).nonce


@PURGING.case
async def purge_ends_what_is_past_its_deadline(rig: Rig) -> None:
    """From its deadline on a queued message dies, once and visibly, as the relay would have ended it."""
    await rig.store.commit(b.batch(PASSWORD, b.message(2, deadline=DEADLINE + INSTANT)))
    assert await rig.store.purge(DEADLINE - INSTANT) == NOTHING
    assert await rig.store.purge(DEADLINE) == Purged(challenges=0, messages=1)
    assert await rig.store.purge(DEADLINE) == NOTHING
    dead = await state_of(rig, 1)
    assert (dead.state, dead.reason, dead.tries) == (MessageState.DEAD, "deadline", 0)
    assert (await state_of(rig, 2)).state is MessageState.QUEUED


@PURGING.case
async def what_purge_ended_is_never_leased(rig: Rig) -> None:
    """A relay that starts late, even on a clock that runs back, gets no purged message."""
    await rig.store.commit(b.batch(PASSWORD))
    await rig.store.purge(DEADLINE)
    assert await lease(rig) == ()


@PURGING.case
async def purge_leaves_a_leased_message_to_its_relay(rig: Rig) -> None:
    """While a lease holds, the relay that has the message says what became of it; from its end on `purge` does."""
    soon = LATER + INSTANT
    await rig.store.commit(b.batch(*(b.message(n, deadline=soon) for n in (1, 2))))
    first, second = await lease(rig)
    assert await rig.store.purge(UNTIL - INSTANT) == NOTHING
    await rig.store.settle((settlement(first, MessageState.SENT),))
    assert (await state_of(rig, 1)).state is MessageState.SENT
    assert await rig.store.purge(UNTIL) == Purged(challenges=0, messages=1)
    await rig.store.settle((settlement(second, MessageState.SENT),))
    assert (await state_of(rig, 2)).state is MessageState.DEAD


@PURGING.case
async def purge_leaves_what_is_over_as_it_is(rig: Rig) -> None:
    """A message that was sent or withdrawn before its deadline does not become a dead letter after it."""
    sent, gone = b.message(1, deadline=DEADLINE), b.message(2, deadline=DEADLINE, topic="a")
    await rig.store.commit(b.batch(sent, gone))
    (leased,) = await lease(rig, only=(sent.id,))
    await rig.store.settle((settlement(leased, MessageState.SENT),))
    await rig.store.commit(b.batch(withdraw=("a",)))
    assert await rig.store.purge(DEADLINE) == NOTHING
    assert (await rig.store.outbox(MessageQuery(state=MessageState.DEAD))).rows == ()
