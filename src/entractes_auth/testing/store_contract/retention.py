"""Cases: what has served is erased by its age, and nothing else is, whatever its age."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.backends.batch import Batch, EventQuery, Expendable, MessageQuery, RegistrationQuery
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.records.registration import Document
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.outbox import lease, settlement
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["RETENTION"]

RETENTION: Final[Suite[Rig]] = Suite("retention")

INSTANT: Final = timedelta(microseconds=1)
AGE: Final = b.NOW - timedelta(days=400)
FOR_EVER: Final = b.NOW + timedelta(days=10_000)
EACH: Final = {what.value: what for what in Expendable}
REGISTRATIONS: Final = {
    Expendable.WITHDRAWN_REGISTRATIONS: State.WITHDRAWN,
    Expendable.EXPIRED_REGISTRATIONS: State.EXPIRED,
    Expendable.REJECTED_REGISTRATIONS: State.REJECTED,
}
MESSAGES: Final = {
    Expendable.SENT_MESSAGES: MessageState.SENT,
    Expendable.WITHDRAWN_MESSAGES: MessageState.WITHDRAWN,
    Expendable.DEAD_MESSAGES: MessageState.DEAD,
}


async def put(rig: Rig, what: Expendable, n: int, at: datetime) -> None:
    """Bring row `n` of `what` into the store, as old as `at`."""
    if what in REGISTRATIONS:
        ended = b.registration(n, REGISTRATIONS[what], created_at=at - timedelta(days=3))
        ended = replace(ended, submitted_at=at - timedelta(days=2), updated_at=at, documents=())
        await rig.store.commit(b.batch(ended))
    elif what in MESSAGES:
        await end(rig, n, MESSAGES[what], at)
    elif what is Expendable.CHALLENGES:
        await rig.store.commit(b.batch(b.challenge(n, created_at=at - timedelta(days=1), expires_at=at)))
    else:
        await rig.store.commit(b.batch(b.event(n, at=at)))


async def end(rig: Rig, n: int, state: MessageState, at: datetime) -> None:
    """Queue message `n`, and end it so."""
    message = b.message(n, created_at=at, topic=f"topic-{n}")
    await rig.store.commit(b.batch(message))
    if state is MessageState.WITHDRAWN:
        await rig.store.commit(b.batch(withdraw=(message.topic,)))
        return
    (leased,) = await lease(rig, only=(message.id,))
    await rig.store.settle((settlement(leased, state),))


@RETENTION.each(EACH)
async def what_is_old_enough_goes(what: Expendable, rig: Rig) -> None:
    """From its very instant on a row is counted and erased, and not a moment before."""
    await put(rig, what, 1, AGE)
    await put(rig, what, 2, AGE + INSTANT)
    assert await rig.store.expendable(what, AGE - INSTANT) == 0
    assert await rig.store.erase(what, AGE - INSTANT, 10) == 0
    assert await rig.store.expendable(what, AGE) == 1
    assert await rig.store.erase(what, AGE, 10) == 1
    assert await rig.store.expendable(what, AGE) == 0
    assert await rig.store.expendable(what, AGE + INSTANT) == 1
    # What is gone is gone: its id is free again.
    await put(rig, what, 1, AGE)
    assert await rig.store.expendable(what, AGE + INSTANT) == 2


@RETENTION.each(EACH)
async def each_kind_is_erased_alone(what: Expendable, rig: Rig) -> None:
    """Of a store that holds one row of each kind, one is erased."""
    for n, each in enumerate(Expendable, start=1):
        await put(rig, each, n, AGE)
    assert await rig.store.erase(what, FOR_EVER, 10) == 1
    left = [each for each in Expendable if await rig.store.expendable(each, FOR_EVER)]
    assert left == [each for each in Expendable if each is not what]


@RETENTION.each(EACH)
async def a_batch_is_no_larger_than_asked(what: Expendable, rig: Rig) -> None:
    """Five rows in batches of two: two, two, one, none. A limit below 1 erases nothing."""
    for n in range(1, 6):
        await put(rig, what, n, AGE)
    for limit in (0, -1):
        assert await rig.store.erase(what, AGE, limit) == 0
    assert await rig.store.expendable(what, AGE) == 5
    assert [await rig.store.erase(what, AGE, 2) for _ in range(4)] == [2, 2, 1, 0]


@RETENTION.case
async def what_is_alive_stays(rig: Rig) -> None:
    """No account, no open or approved registration and no queued message is erased, were it as old as can be."""
    open_ones = [state for state in State if state not in REGISTRATIONS.values()]
    records = [b.registration(n, state) for n, state in enumerate(open_ones, start=1)]
    await rig.store.commit(b.batch(*records, b.account(1), b.message(1), b.message(2)))
    assert len(await lease(rig, limit=1)) == 1
    for what in Expendable:
        assert await rig.store.expendable(what, FOR_EVER) == 0
        assert await rig.store.erase(what, FOR_EVER, 1000) == 0
    kept = (await rig.store.registrations(RegistrationQuery(limit=100))).rows
    assert {record.id for record in kept} == {record.id for record in records}
    assert await rig.store.account(b.account(1).id) is not None
    assert len((await rig.store.outbox(MessageQuery(state=MessageState.QUEUED))).rows) == 2


@RETENTION.case
async def a_registration_that_names_a_document_stays(rig: Rig) -> None:
    """Its file would never be found again. Once it names none, it goes."""
    named = b.registration(1, State.REJECTED)
    assert named.documents
    await rig.store.commit(b.batch(named))
    assert await rig.store.expendable(Expendable.REJECTED_REGISTRATIONS, FOR_EVER) == 0
    assert await rig.store.erase(Expendable.REJECTED_REGISTRATIONS, FOR_EVER, 10) == 0
    await rig.store.commit(Batch(at=b.NOW, registrations=(replace(named, version=1, documents=()),)))
    assert await rig.store.erase(Expendable.REJECTED_REGISTRATIONS, FOR_EVER, 10) == 1
    assert await rig.store.registration(named.id) is None


@RETENTION.case
async def what_is_erased_is_nowhere(rig: Rig) -> None:
    """No page, no glance and no spending finds what was erased; its neighbours stay as they were."""
    await rig.store.commit(
        b.batch(b.challenge(1), b.challenge(2, expires_at=FOR_EVER + INSTANT), b.event(1), b.event(2))
    )
    await end(rig, 1, MessageState.DEAD, AGE)
    assert await rig.store.erase(Expendable.CHALLENGES, FOR_EVER, 10) == 1
    assert await rig.store.erase(Expendable.EVENTS, b.event(1).at, 10) == 1
    assert await rig.store.erase(Expendable.DEAD_MESSAGES, AGE, 10) == 1
    assert await rig.store.glance(b.an_id("challenge", 1), b.NOW) is None
    assert await rig.store.spend(b.an_id("challenge", 1), b.NOW) is None
    attempt = await rig.store.spend(b.an_id("challenge", 2), b.NOW)
    assert attempt is not None
    assert attempt.attempts_left == 2
    assert (await rig.store.events(EventQuery())).rows == (b.event(2),)
    assert (await rig.store.outbox(MessageQuery(state=MessageState.DEAD))).rows == ()


@RETENTION.case
async def unnamed_documents_are_those_of_nobody(rig: Rig) -> None:
    """A document that any registration names, in any state, is not among them; the order is the asker's."""
    two = (Document("d" * 32, "image/png", 9), Document("e" * 32, "image/png", 9))
    await rig.store.commit(
        b.batch(
            b.registration(1, State.APPROVED),
            b.registration(2, documents=two),
            b.registration(3, State.WITHDRAWN),
        )
    )
    named, gone = b.an_id("document", 1), b.an_id("document", 3)
    asked = (gone, "e" * 32, "f" * 32, "d" * 32, named, "é\0'", "f" * 31)
    assert await rig.store.unnamed_documents(asked) == (gone, "f" * 32, "é\0'", "f" * 31)
    assert await rig.store.unnamed_documents(()) == ()


@RETENTION.case
async def a_hundred_thousand_candidates_are_looked_up_at_once(rig: Rig) -> None:
    """A folder may hold more files than a statement takes parameters."""
    await rig.store.commit(b.batch(b.registration(1, State.APPROVED)))
    files = tuple(f"{n:032x}" for n in range(100_000))
    assert await rig.store.unnamed_documents((*files, b.an_id("document", 1))) == files


@RETENTION.case
async def two_purges_erase_each_row_once(rig: Rig) -> None:
    """Eight purges at the same instant: what they count together is what is gone."""
    await rig.store.commit(b.batch(*(b.event(n, at=AGE) for n in range(1, 101))))

    async def purge(place: int) -> int:
        return await rig.store.erase(Expendable.EVENTS, AGE, 20)

    ends = await rig.race(8, purge)
    assert all(isinstance(end, int) for end in ends), ends
    left = await rig.store.expendable(Expendable.EVENTS, AGE)
    assert sum(end for end in ends if isinstance(end, int)) == 100 - left
