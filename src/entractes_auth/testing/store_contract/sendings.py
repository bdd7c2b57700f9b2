"""Cases: sending a code again moves an open challenge to its next counter, and buys no attempts."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from entractes_auth.backends.batch import Batch
from entractes_auth.errors import Conflict
from entractes_auth.records.kinds import Channel
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["SENDINGS"]

SENDINGS: Final[Suite[Rig]] = Suite("sendings")

ID: Final = b.an_id("challenge", 1)


@SENDINGS.case
async def only_the_newest_sending_is_judged(rig: Rig) -> None:
    """After a sending, attempts and glances show the new one's key, nonce, channel, address and times."""
    await rig.store.commit(b.batch(b.challenge(1)))
    newer = b.sending(
        1,
        counter=2,
        key_id="k2",
        channel=Channel.EMAIL,
        address="autre@example.fr",
        expires_at=b.NOW + timedelta(minutes=20),
        sent_at=b.NOW + timedelta(minutes=5),
    )
    await rig.store.commit(b.batch(newer))
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert (glance.channel, glance.sendings) == (Channel.EMAIL, 2)
    assert (glance.sent_at, glance.code_expires_at) == (newer.sent_at, newer.expires_at)
    # The code lives by the new sending's time, not by the old one's.
    attempt = await rig.store.spend(ID, newer.expires_at - timedelta(microseconds=1))
    assert attempt is not None
    assert (attempt.counter, attempt.key_id, attempt.nonce) == (2, newer.key_id, newer.nonce)
    assert (attempt.channel, attempt.address) == (newer.channel, newer.address)


@SENDINGS.case
async def sending_again_gives_no_attempt_back(rig: Rig) -> None:
    """Attempts are the challenge's, not the code's: asking for another code must not buy guesses."""
    await rig.store.commit(b.batch(b.challenge(1)))
    for counter in (2, 3, 4):
        await rig.store.spend(ID, b.NOW)
        await rig.store.commit(b.batch(b.sending(1, counter)))
    assert await rig.store.spend(ID, b.NOW) is None
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert (glance.attempts_left, glance.sendings) == (0, 4)


@SENDINGS.case
async def a_sending_revives_an_expired_code(rig: Rig) -> None:
    """A challenge whose code ended, and which has not, can be spent after the next sending."""
    await rig.store.commit(b.batch(b.challenge(1)))
    at = b.NOW + timedelta(hours=1)
    assert await rig.store.spend(ID, at) is None
    await rig.store.commit(b.batch(b.sending(1, 2, expires_at=at + timedelta(minutes=10)), at=at))
    attempt = await rig.store.spend(ID, at)
    assert attempt is not None
    assert attempt.counter == 2


@SENDINGS.each({"repeated": 2, "older": 1, "skipped": 4, "none": 0})
async def only_the_next_counter_is_taken(counter: int, rig: Rig) -> None:
    """A sending that does not follow the stored counter is a conflict, and the newest code stays right."""
    await rig.store.commit(b.batch(b.challenge(1)))
    await rig.store.commit(b.batch(b.sending(1, counter=2)))
    with pytest.raises(Conflict):
        await rig.store.commit(b.batch(b.sending(1, counter, address="+33612349999")))
    attempt = await rig.store.spend(ID, b.NOW)
    assert attempt is not None
    assert (attempt.counter, attempt.nonce) == (2, b.sending(1, 2).nonce)
    assert attempt.address == b.sending(1).address


@SENDINGS.case
async def the_first_sending_has_counter_one(rig: Rig) -> None:
    """A challenge that sent nothing takes counter 1 first, and no other."""
    await rig.store.commit(b.batch(b.challenge(1, sending=None)))
    with pytest.raises(Conflict):
        await rig.store.commit(b.batch(b.sending(1, counter=2)))
    await rig.store.commit(b.batch(b.sending(1, counter=1)))
    assert await rig.store.spend(ID, b.NOW) is not None


@SENDINGS.case
async def nothing_is_sent_for_what_expired(rig: Rig) -> None:
    """From the instant at which a challenge ends, a sending for it is a conflict; an instant before it is not."""
    ends = b.challenge(1).expires_at
    await rig.store.commit(b.batch(b.challenge(1)))
    for at in (ends, ends + timedelta(days=1)):
        with pytest.raises(Conflict):
            await rig.store.commit(b.batch(b.sending(1, 2), at=at))
    await rig.store.commit(b.batch(b.sending(1, 2), at=ends - timedelta(microseconds=1)))
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert glance.sendings == 2


@SENDINGS.each({"redeemed": b.batch(b.proof(1)), "closed": b.batch(close=(ID,)), "unknown": None})
async def nothing_is_sent_for_what_is_not_open(ending: Batch | None, rig: Rig) -> None:
    """A sending for a challenge that ended, or never was, is a conflict, and opens nothing."""
    if ending is not None:
        await rig.store.commit(b.batch(b.challenge(1)))
        await rig.store.commit(ending)
    for counter in (1, 2):
        with pytest.raises(Conflict):
            await rig.store.commit(b.batch(b.sending(1, counter)))
    assert await rig.store.spend(ID, b.NOW) is None
    assert await rig.store.glance(ID, b.NOW) is None
