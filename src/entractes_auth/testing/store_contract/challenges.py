"""Cases: a challenge is spent, redeemed and closed; never read."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

from entractes_auth.backends.batch import Batch, Purged
from entractes_auth.errors import AlreadyRedeemed
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.kinds import Purpose
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["CHALLENGES", "ID", "spent"]

CHALLENGES: Final[Suite[Rig]] = Suite("challenges")

ID: Final = b.an_id("challenge", 1)
CODE_ENDS: Final = b.sending(1).expires_at
ENDS: Final = b.challenge(1).expires_at
INSTANT: Final = timedelta(microseconds=1)


async def spent(rig: Rig, challenge_id: str = ID, at: datetime = b.NOW) -> Attempt:
    """Spend an attempt that is there."""
    attempt = await rig.store.spend(challenge_id, at)
    assert attempt is not None, "an attempt that is left was refused"
    return attempt


@CHALLENGES.case
async def spending_gives_what_judges_the_newest_code(rig: Rig) -> None:
    """An attempt holds exactly the newest sending and the challenge's own facts, and one attempt less."""
    await rig.store.commit(b.batch(b.challenge(1), b.challenge(2)))
    sent = b.sending(1)
    assert await spent(rig) == Attempt(
        challenge_id=ID,
        purpose=Purpose.CONFIRM,
        subject_id=b.challenge(1).subject_id,
        binding=b.challenge(1).binding,
        key_id=sent.key_id,
        nonce=sent.nonce,
        channel=sent.channel,
        address=sent.address,
        counter=1,
        attempts_left=2,
    )


@CHALLENGES.each({str(attempts): attempts for attempts in (1, 3, 10)})
async def each_spending_counts_one_attempt(attempts: int, rig: Rig) -> None:
    """A challenge gives exactly its number of attempts, counted down to 0, and then None."""
    await rig.store.commit(b.batch(b.challenge(1, attempts=attempts)))
    left = [(await spent(rig)).attempts_left for _ in range(attempts)]
    assert left == list(reversed(range(attempts)))
    assert await rig.store.spend(ID, b.NOW) is None
    assert await rig.store.spend(ID, b.NOW) is None


@CHALLENGES.case
async def spending_one_challenge_leaves_the_others(rig: Rig) -> None:
    """Attempts are counted for each challenge by itself."""
    await rig.store.commit(b.batch(b.challenge(1), b.challenge(2)))
    for _ in range(3):
        await spent(rig)
    assert (await spent(rig, b.an_id("challenge", 2))).attempts_left == 2


@CHALLENGES.case
async def an_unknown_challenge_gives_nothing(rig: Rig) -> None:
    """An id that was never inserted is neither spent nor glanced at."""
    await rig.store.commit(b.batch(b.challenge(1)))
    for unknown in (b.an_id("challenge", 2), "", ID.upper(), f"{ID} ", "%", ID[:-1]):
        assert await rig.store.spend(unknown, b.NOW) is None
        assert await rig.store.glance(unknown, b.NOW) is None


@CHALLENGES.each({"at_the_code_s_end": CODE_ENDS, "after_it": CODE_ENDS + INSTANT})
async def an_expired_code_is_not_spent(at: datetime, rig: Rig) -> None:
    """From the instant at which the code ends nothing is spent, nor counted; the challenge is still shown."""
    await rig.store.commit(b.batch(b.challenge(1)))
    assert await rig.store.spend(ID, at) is None
    glance = await rig.store.glance(ID, at)
    assert glance is not None
    assert (glance.attempts_left, glance.code_expires_at) == (3, CODE_ENDS)
    assert (await spent(rig, at=CODE_ENDS - INSTANT)).attempts_left == 2


@CHALLENGES.each({"at_its_end": ENDS, "after_it": ENDS + INSTANT})
async def an_expired_challenge_gives_nothing(at: datetime, rig: Rig) -> None:
    """From the instant at which the challenge ends it is neither spent nor shown, whatever its code says."""
    endless = b.sending(1, expires_at=ENDS + timedelta(days=1))
    await rig.store.commit(b.batch(b.challenge(1, sending=endless)))
    assert await rig.store.spend(ID, at) is None
    assert await rig.store.glance(ID, at) is None
    assert await rig.store.glance(ID, ENDS - INSTANT) is not None
    assert (await spent(rig, at=ENDS - INSTANT)).attempts_left == 2


@CHALLENGES.case
async def a_challenge_that_sent_nothing_is_not_spent(rig: Rig) -> None:
    """Before the first sending there is nothing to guess: no attempt is given, and none is counted."""
    await rig.store.commit(b.batch(b.challenge(1, sending=None)))
    assert await rig.store.spend(ID, b.NOW) is None
    await rig.store.commit(b.batch(b.sending(1, counter=1)))
    assert (await spent(rig)).attempts_left == 2


@CHALLENGES.case
async def a_challenge_is_redeemed_once(rig: Rig) -> None:
    """The second redemption of one proof is lost, however often it is tried."""
    await rig.store.commit(b.batch(b.challenge(1)))
    await rig.store.commit(b.batch(b.proof(1)))
    for _ in range(2):
        with pytest.raises(AlreadyRedeemed):
            await rig.store.commit(b.batch(b.proof(1)))


@CHALLENGES.case
async def a_replaced_code_redeems_nothing(rig: Rig) -> None:
    """A proof of a code that was replaced between spending and committing is lost; the newer one is not."""
    await rig.store.commit(b.batch(b.challenge(1)))
    await rig.store.commit(b.batch(b.sending(1, counter=2)))
    for counter in (1, 3, 0):
        with pytest.raises(AlreadyRedeemed):
            await rig.store.commit(b.batch(b.proof(1, counter)))
    await rig.store.commit(b.batch(b.proof(1, counter=2)))
    assert await rig.store.glance(ID, b.NOW) is None


@CHALLENGES.case
async def an_attempt_counted_in_time_may_be_committed_late(rig: Rig) -> None:
    """Time is judged when the attempt is spent: a right code is not lost to a slow commit."""
    await rig.store.commit(b.batch(b.challenge(1)))
    attempt = await spent(rig, at=CODE_ENDS - INSTANT)
    await rig.store.commit(b.batch(b.proof_of(attempt), at=ENDS + timedelta(seconds=1)))
    with pytest.raises(AlreadyRedeemed):
        await rig.store.commit(b.batch(b.proof_of(attempt), at=ENDS + timedelta(seconds=1)))


ENDINGS: Final = {"redeemed": b.batch(b.proof(1)), "closed": b.batch(close=(ID,))}


@CHALLENGES.each(ENDINGS)
async def an_ended_challenge_gives_nothing(ending: Batch, rig: Rig) -> None:
    """What was redeemed or closed is neither spent, shown nor redeemed; its neighbour is untouched."""
    await rig.store.commit(b.batch(b.challenge(1), b.challenge(2)))
    await rig.store.commit(ending)
    assert await rig.store.spend(ID, b.NOW) is None
    assert await rig.store.glance(ID, b.NOW) is None
    with pytest.raises(AlreadyRedeemed):
        await rig.store.commit(b.batch(b.proof(1)))
    assert (await spent(rig, b.an_id("challenge", 2))).attempts_left == 2


@CHALLENGES.case
async def closing_what_is_not_open_is_no_error(rig: Rig) -> None:
    """Unknown and ended ids may be closed; what stands beside them is closed all the same."""
    await rig.store.commit(b.batch(b.challenge(1), b.challenge(2)))
    await rig.store.commit(b.batch(b.proof(1)))
    await rig.store.commit(b.batch(close=("unknown", ID, b.an_id("challenge", 2))))
    assert await rig.store.spend(b.an_id("challenge", 2), b.NOW) is None


@CHALLENGES.each(ENDINGS)
async def ending_a_challenge_erases_its_nonce(ending: Batch, rig: Rig) -> None:
    """A commit that ends a challenge leaves nothing for `purge` to erase."""
    await rig.store.commit(b.batch(b.challenge(1)))
    await rig.store.commit(ending)
    assert await rig.store.purge(ENDS + timedelta(days=1)) == Purged(challenges=0, messages=0)
