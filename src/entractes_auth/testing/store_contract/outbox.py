"""Cases: what is queued, what operators see of it, and what becomes pointless."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from entractes_auth.backends.batch import MessageQuery, Settlement, StoredMessage
from entractes_auth.records.kinds import Channel, Locale, MessageState, Purpose
from entractes_auth.records.message import Leased, LinkRef, Message, PasswordSeed, Template
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["LATER", "OUTBOX", "UNTIL", "lease", "settlement", "state_of"]

OUTBOX: Final[Suite[Rig]] = Suite("outbox")

LATER: Final = b.NOW + timedelta(minutes=5)
UNTIL: Final = LATER + timedelta(minutes=2)

MESSAGES: Final[dict[str, Message]] = {
    "plain": b.message(1),
    "code": b.code_message(1),
    "password": b.message(
        1,
        template=Template.PASSWORD_ISSUED,
        channel=Channel.SMS,
        locale=Locale.EN,
        seed=PasswordSeed(b.an_id("account", 1), "k1", bytes(range(240, 256))),
    ),
    "link": b.message(
        1,
        template=Template.INFORMATION_WANTED,
        link=LinkRef(Purpose.RESUME, b.an_id("registration", 1)),
        params={"question": '𠮷 d\'où ? "oui"\n', "": "é"},
        topic="d'un sujet",
    ),
}


async def lease(rig: Rig, limit: int = 100, only: tuple[str, ...] = ()) -> tuple[Leased, ...]:
    """Lease at LATER, when every message of the builders is due, until UNTIL."""
    return await rig.store.lease(LATER, UNTIL, limit, only)


def settlement(
    leased: Leased, state: MessageState, *, retry_at: datetime | None = None, reason: str = ""
) -> Settlement:
    """What a relay reports of one message that it leased."""
    return Settlement(
        message_id=leased.message.id,
        token=leased.token,
        state=state,
        at=LATER,
        retry_at=retry_at,
        reason=reason,
    )


async def state_of(rig: Rig, n: int) -> StoredMessage:
    """Message `n` as the operators' pages show it."""
    for state in MessageState:
        for line in (await rig.store.outbox(MessageQuery(state=state))).rows:
            if line.message.id == b.an_id("message", n):
                return line
    raise AssertionError(f"message {n} is in no state of the outbox")


@OUTBOX.each(MESSAGES)
async def a_message_is_leased_as_it_was_queued(message: Message, rig: Rig) -> None:
    """A relay gets the message field for field, with the seed that it needs to render it."""
    await rig.store.commit(b.batch(message))
    (leased,) = await lease(rig)
    assert leased.message == message
    assert type(leased.message.seed) is type(message.seed)
    assert leased.message.created_at.utcoffset() == timedelta(0)
    assert (leased.message.deadline.utcoffset(), leased.tries) == (timedelta(0), 1)
    assert leased.token


@OUTBOX.each(MESSAGES)
async def operators_see_messages_without_their_seed(message: Message, rig: Rig) -> None:
    """The outbox shows a queued message whole but for its seed: no page can leak what makes a code."""
    await rig.store.commit(b.batch(message))
    (line,) = (await rig.store.outbox(MessageQuery(state=MessageState.QUEUED))).rows
    assert line.message.seed is None
    assert (line.state, line.tries, line.reason) == (MessageState.QUEUED, 0, "")
    assert line.message == replace(message, seed=None)


@OUTBOX.case
async def withdrawing_a_topic_ends_its_queued_messages(rig: Rig) -> None:
    """What is queued under a withdrawn topic is never sent; other topics and untitled messages are."""
    await rig.store.commit(
        b.batch(b.message(1, topic="a"), b.message(2, topic="b"), b.message(3), b.message(4, topic="A"))
    )
    await rig.store.commit(b.batch(withdraw=("a", "unknown")))
    assert [leased.message.id for leased in await lease(rig)] == [b.an_id("message", n) for n in (2, 3, 4)]


@OUTBOX.case
async def withdrawn_messages_are_listed_apart(rig: Rig) -> None:
    """A withdrawn message is neither among those to be sent nor among the dead letters, which somebody missed."""
    await rig.store.commit(b.batch(b.code_message(1)))
    await rig.store.commit(b.batch(withdraw=(b.an_id("challenge", 1),)))
    for state in (MessageState.QUEUED, MessageState.SENT, MessageState.DEAD):
        assert (await rig.store.outbox(MessageQuery(state=state))).rows == ()
    (line,) = (await rig.store.outbox(MessageQuery(state=MessageState.WITHDRAWN))).rows
    assert (line.message.id, line.state) == (b.an_id("message", 1), MessageState.WITHDRAWN)


@OUTBOX.case
async def a_batch_withdraws_before_it_queues(rig: Rig) -> None:
    """The new message of a topic survives the commit that withdraws the older ones."""
    await rig.store.commit(b.batch(b.message(1, topic="a")))
    await rig.store.commit(b.batch(b.message(2, topic="a"), withdraw=("a",)))
    assert [leased.message.id for leased in await lease(rig)] == [b.an_id("message", 2)]


@OUTBOX.case
async def withdrawing_leaves_sent_messages_sent(rig: Rig) -> None:
    """What was sent before its topic was withdrawn stays in the list of what was sent."""
    await rig.store.commit(b.batch(b.message(1, topic="a")))
    (leased,) = await lease(rig)
    await rig.store.settle((settlement(leased, MessageState.SENT),))
    await rig.store.commit(b.batch(withdraw=("a",)))
    assert (await state_of(rig, 1)).state is MessageState.SENT


@OUTBOX.each({state.value: state for state in MessageState})
async def withdrawing_ends_a_lease_in_progress(state: MessageState, rig: Rig) -> None:
    """Whatever a relay reports that held the message while its topic was withdrawn, it stays withdrawn."""
    await rig.store.commit(b.batch(b.message(1, topic="a")))
    (leased,) = await lease(rig)
    await rig.store.commit(b.batch(withdraw=("a",)))
    await rig.store.settle((settlement(leased, state, retry_at=LATER),))
    assert (await state_of(rig, 1)).state is MessageState.WITHDRAWN
    assert await rig.store.lease(UNTIL, UNTIL + timedelta(minutes=2), 10) == ()


@OUTBOX.case
async def the_empty_text_is_no_topic(rig: Rig) -> None:
    """Withdrawing "" leaves the messages without a topic alone."""
    await rig.store.commit(b.batch(b.message(1)))
    await rig.store.commit(b.batch(withdraw=("",)))
    assert (await state_of(rig, 1)).state is MessageState.QUEUED


@OUTBOX.each({str(limit): limit for limit in (1, 2, 3, 7, 8)})
async def outbox_pages_are_complete_and_oldest_first(limit: int, rig: Rig) -> None:
    """The pages of one state hold each of its messages once, oldest first; the last page says that it is."""
    same = b.NOW + timedelta(hours=1)
    late = [b.message(n, created_at=same) for n in range(4, 8)]
    await rig.store.commit(b.batch(*reversed([b.message(n) for n in range(1, 4)]), *late))
    expected = [b.an_id("message", n) for n in (1, 2, 3)] + sorted(message.id for message in late)
    seen: list[str] = []
    after = None
    while True:
        page = await rig.store.outbox(MessageQuery(state=MessageState.QUEUED, after=after, limit=limit))
        assert len(page.rows) <= limit
        seen += [line.message.id for line in page.rows]
        after = page.next
        if after is None:
            break
        assert len(page.rows) == limit
    assert seen == expected


@OUTBOX.case
async def the_outbox_shows_one_state_at_a_time(rig: Rig) -> None:
    """Queued, sent, dead and withdrawn messages are listed apart, with their tries and the reason of a death."""
    await rig.store.commit(b.batch(b.message(1), b.message(2), b.message(3), b.message(4, topic="a")))
    await rig.store.commit(b.batch(withdraw=("a",)))
    for n, state, reason in ((1, MessageState.SENT, ""), (2, MessageState.DEAD, "no such mailbox")):
        (leased,) = await lease(rig, only=(b.an_id("message", n),))
        await rig.store.settle((settlement(leased, state, reason=reason),))
    lists = {state: (await rig.store.outbox(MessageQuery(state=state))).rows for state in MessageState}
    assert {state: [line.message.id for line in rows] for state, rows in lists.items()} == {
        MessageState.QUEUED: [b.an_id("message", 3)],
        MessageState.SENT: [b.an_id("message", 1)],
        MessageState.DEAD: [b.an_id("message", 2)],
        MessageState.WITHDRAWN: [b.an_id("message", 4)],
    }
    (dead,) = lists[MessageState.DEAD]
    assert (dead.state, dead.tries, dead.reason) == (MessageState.DEAD, 1, "no such mailbox")
    assert lists[MessageState.SENT][0].tries == 1
