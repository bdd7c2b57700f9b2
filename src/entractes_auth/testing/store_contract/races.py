"""Cases: what must hold when many callers come at the same instant, and when the host rolls back."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from entractes_auth.backends.batch import Committed
from entractes_auth.errors import AlreadyRedeemed, ConfigurationError, Conflict, Taken
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.kinds import State
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Note
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.outbox import lease
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["RACES"]

RACES: Final[Suite[Rig]] = Suite("races")

CROWD: Final = 200
ID: Final = b.an_id("challenge", 1)


@RACES.case
async def a_crowd_of_guesses_gets_exactly_its_attempts(rig: Rig) -> None:
    """200 guesses at the same instant are given exactly 3 attempts: the store counts, not its caller."""
    await rig.store.commit(b.batch(b.challenge(1, attempts=3)))

    async def guess(place: int) -> Attempt | None:
        return await rig.store.spend(ID, b.NOW)

    ends = await rig.race(CROWD, guess)
    attempts = [end for end in ends if isinstance(end, Attempt)]
    assert sorted(attempt.attempts_left for attempt in attempts) == [0, 1, 2]
    assert ends.count(None) == CROWD - 3, "a guess that is refused is None, not an error"


@RACES.case
async def a_crowd_of_right_codes_redeems_once(rig: Rig) -> None:
    """200 callers with the right code at the same instant: one commit succeeds, the others lose to it."""
    await rig.store.commit(b.batch(b.challenge(1, attempts=CROWD)))

    async def confirm(place: int) -> Committed | None:
        attempt = await rig.store.spend(ID, b.NOW)
        if attempt is None:
            return None
        return await rig.store.commit(b.batch(b.proof_of(attempt), b.event(place)))

    ends = await rig.race(CROWD, confirm)
    assert sum(isinstance(end, Committed) for end in ends) == 1
    losers = [end for end in ends if not isinstance(end, Committed)]
    assert all(end is None or isinstance(end, AlreadyRedeemed) for end in losers), Counter(map(type, losers))


@RACES.case
async def one_proof_is_redeemed_once(rig: Rig) -> None:
    """20 commits of one proof at the same instant: one succeeds, all others raise `AlreadyRedeemed`."""
    await rig.store.commit(b.batch(b.challenge(1)))

    async def redeem(place: int) -> Committed:
        return await rig.store.commit(b.batch(b.proof(1), b.event(place)))

    ends = Counter(type(end) for end in await rig.race(20, redeem))
    assert ends == {Committed: 1, AlreadyRedeemed: 19}


@RACES.case
async def one_update_of_a_version_wins(rig: Rig) -> None:
    """20 updates of the same version at the same instant: one is written, all others raise `Conflict`."""
    await rig.store.commit(b.batch(b.registration(1, State.IN_REVIEW)))

    def update(place: int) -> Note:
        return Note(f"reviewer-{place}", b.NOW, "vu")

    async def write(place: int) -> Committed:
        changed = b.registration(1, State.IN_REVIEW, version=1, notes=(update(place),))
        return await rig.store.commit(b.batch(changed))

    ends = await rig.race(20, write)
    assert Counter(type(end) for end in ends) == {Committed: 1, Conflict: 19}
    winner = next(place for place, end in enumerate(ends) if isinstance(end, Committed))
    found = await rig.store.registration(b.an_id("registration", 1))
    assert found is not None
    assert (found.version, found.notes) == (2, (update(winner),))


@RACES.case
async def one_registration_gives_one_account(rig: Rig) -> None:
    """Two approvals of one registration at the same instant create one account."""

    async def approve(place: int) -> Committed:
        account = b.account(place + 1, registration_id=b.an_id("registration", 1))
        return await rig.store.commit(b.batch(account, b.message(place)))

    ends = Counter(type(end) for end in await rig.race(2, approve))
    assert ends == {Committed: 1, Taken: 1}
    accounts = [await rig.store.account(b.an_id("account", n)) for n in (1, 2)]
    assert accounts.count(None) == 1
    assert len(await lease(rig)) == 1, "the message of the approval that lost was queued all the same"


@RACES.case
async def one_identifier_goes_to_one_account(rig: Rig) -> None:
    """20 accounts that take the same identifier at the same instant: one has it."""

    async def issue(place: int) -> Committed:
        return await rig.store.commit(b.batch(b.account(place, identifier="54321")))

    ends = Counter(type(end) for end in await rig.race(20, issue))
    assert ends == {Committed: 1, Taken: 19}


@RACES.case
async def one_sending_of_a_counter_wins(rig: Rig) -> None:
    """20 sendings of one counter at the same instant: one is written, and its code is the right one."""
    await rig.store.commit(b.batch(b.challenge(1)))

    async def send(place: int) -> Committed:
        return await rig.store.commit(b.batch(b.sending(1, 2, nonce=bytes([place]) * 16)))

    ends = await rig.race(20, send)
    assert Counter(type(end) for end in ends) == {Committed: 1, Conflict: 19}
    winner = next(place for place, end in enumerate(ends) if isinstance(end, Committed))
    attempt = await rig.store.spend(ID, b.NOW)
    assert attempt is not None
    assert attempt.nonce == bytes([winner]) * 16


@RACES.case
async def each_message_is_leased_by_one_relay(rig: Rig) -> None:
    """20 relays that lease at the same instant share 10 messages: each is leased exactly once."""
    await rig.store.commit(b.batch(*(b.message(n) for n in range(1, 11))))

    async def take(place: int) -> tuple[Leased, ...]:
        return await lease(rig, limit=3)

    ends = await rig.race(20, take)
    taken = Counter(leased.message.id for end in ends if isinstance(end, tuple) for leased in end)
    assert not [end for end in ends if not isinstance(end, tuple)]
    # A relay may find all rows in others' hands and leave empty-handed, so the rest is taken here.
    taken.update(leased.message.id for leased in await lease(rig))
    assert taken == {b.an_id("message", n): 1 for n in range(1, 11)}


@RACES.case
async def commits_in_opposite_orders_all_come_to_their_end(rig: Rig) -> None:
    """12 writers change two accounts, half of them in the other order: each commit is whole, or a `Conflict`."""
    both = (1, 2)
    await rig.store.commit(b.batch(*map(b.account, both)))

    async def change(order: tuple[int, ...]) -> int:
        found = [await rig.store.account(b.an_id("account", n)) for n in order]
        try:
            await rig.store.commit(b.batch(*filter(None, found)))
        except Conflict:
            return 0
        return 1

    async def write(place: int) -> int:
        return sum([await change(both if place % 2 else both[::-1]) for _ in range(5)])

    ends = await rig.race(12, write)
    committed = sum(end for end in ends if isinstance(end, int))
    assert not [end for end in ends if not isinstance(end, int)]
    accounts = [await rig.store.account(b.an_id("account", n)) for n in both]
    assert [account and account.version for account in accounts] == [1 + committed] * 2
    assert committed > 0


@RACES.case
async def of_two_codes_that_end_each_other_one_is_redeemed(rig: Rig) -> None:
    """10 pairs of challenges, where redeeming one closes the other, at the same instant: one of each pair wins."""
    await rig.store.commit(b.batch(*map(b.challenge, range(20))))

    async def redeem(place: int) -> Committed:
        return await rig.store.commit(b.batch(b.proof(place), close=(b.an_id("challenge", place ^ 1),)))

    ends = [type(end) for end in await rig.race(20, redeem)]
    assert [Counter(ends[n : n + 2]) for n in range(0, 20, 2)] == [{Committed: 1, AlreadyRedeemed: 1}] * 10


class _HostFailedError(Exception):
    """The request ends badly, and the host's framework rolls its transaction back."""


@RACES.case
async def an_attempt_survives_the_host_s_rollback(rig: Rig) -> None:
    """A host that rolls a failed request back must not give the attempt back.

    A store may refuse to spend inside the host's transaction (`ConfigurationError`): then no
    attempt is given, and none is counted.
    """
    await rig.store.commit(b.batch(b.challenge(1)))
    given = 0
    try:
        async with rig.host_transaction():
            given = 0 if await rig.store.spend(ID, b.NOW) is None else 1
            raise _HostFailedError
    except (_HostFailedError, ConfigurationError):
        pass
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert glance.attempts_left == 3 - given


@RACES.case
async def a_commit_survives_the_host_s_rollback(rig: Rig) -> None:
    """A batch that was reported as committed stays so, whatever the host rolls back, or is refused there."""
    committed = False
    try:
        async with rig.host_transaction():
            await rig.store.commit(b.batch(b.registration(1)))
            committed = True
            raise _HostFailedError
    except (_HostFailedError, ConfigurationError):
        pass
    found = await rig.store.registration(b.an_id("registration", 1))
    assert found == (replace(b.registration(1), version=1) if committed else None)
