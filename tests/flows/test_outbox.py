"""The relay: nothing is lost, nothing is sent too late, and what cannot be sent is seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Channel, Keyring
from entractes_auth.errors import DeliveryFailed
from entractes_auth.flows import outbox, recovery, registration, review
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Template
from entractes_auth.testing import scenario
from tests.flows.carriers import Carrier, Even, Lossy, WithoutSettling, queued, unavailable
from tests.flows.world import World, with_codes

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)

QUEUED, SENT, DEAD = MessageState.QUEUED, MessageState.SENT, MessageState.DEAD

NOTHING = outbox.Delivered(sent=0, retried=0, dead=0)


async def dead_letters(world: World) -> list[tuple[Template, str]]:
    """What the operators see of what could not be sent."""
    page = await world.run(review.dead_letters(scenario.REVIEWER))
    return sorted((stored.message.template, stored.reason) for stored in page.rows)


class TestDelivery:
    """When all goes well."""

    async def test_inline_sends_at_once(self, world: World) -> None:
        """What a flow queued is sent when it returns; a relay finds nothing to do."""
        await world.submitted()
        assert len(world.inbox.messages) == 2
        assert await world.run(outbox.deliver()) == NOTHING

    async def test_a_relay_sends_what_was_queued(self, world: World) -> None:
        """Nothing before it runs, everything when it does, nothing twice."""
        await queued(world)
        assert [*world.inbox.messages] == []
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=2, retried=0, dead=0)
        assert await world.run(outbox.deliver()) == NOTHING
        assert len(world.inbox.messages) == 2
        assert {stored.state for stored in await world.outbox(SENT)} == {SENT}

    async def test_inline_sends_its_own_messages_only(self, memory: World) -> None:
        """A flow does not wait for the mail of others."""
        await queued(memory, 1)
        await memory.run(recovery.begin("nobody@example.fr"))
        assert [sent.to for sent in memory.inbox.messages] == ["nobody@example.fr"]

    @pytest.mark.parametrize("limit", [0, 1, 4, 6, 7, 12, 50])
    async def test_no_more_than_it_is_told(self, limit: int, memory: World) -> None:
        """Oldest first; the rest is left for the next call."""
        for n in range(1, 7):
            await queued(memory, n)
            memory.wait(seconds=1)
        done = await memory.run(outbox.deliver(limit=limit))
        assert done.sent == len(memory.inbox.messages) == min(limit, 12)
        assert len(await memory.outbox(QUEUED)) == 12 - done.sent
        left = [stored.message.created_at for stored in await memory.outbox(QUEUED)]
        sent = [stored.message.created_at for stored in await memory.outbox(SENT)]
        assert not left or not sent or max(sent) <= min(left)

    async def test_a_flow_does_not_fail_because_the_mail_does(self, world: World) -> None:
        """The commit is durable and so are its messages: whoever asked is answered, the relay goes on."""
        carrier = Carrier(world.inbox, unavailable(2))
        flaky = world.again(carrier=carrier)
        draft = await flaky.run(scenario.drafted(scenario.applicant()))
        assert (await flaky.run(registration.submit(draft.link))).state == "submitted"
        assert world.inbox.messages == ()
        world.wait(seconds=5)
        assert (await flaky.run(outbox.deliver())).sent == 2

    async def test_a_flow_does_not_fail_because_the_outbox_does(self, memory: World) -> None:
        """A database that goes away between the commit and the delivery loses nothing."""
        away = memory.again(store=WithoutSettling(memory.store))
        draft = await away.run(scenario.drafted(scenario.applicant()))
        assert (await away.run(registration.submit(draft.link))).state == "submitted"
        (sent,) = [outgoing.id for outgoing in memory.inbox.messages]
        memory.wait(seconds=memory.policy.messages.lease.total_seconds())
        assert (await memory.run(outbox.deliver())).sent == 2
        ids = [outgoing.id for outgoing in memory.inbox.messages]
        assert (len(ids), len(set(ids))) == (3, 2)
        assert ids.count(sent) == 2, "what was sent and not settled goes out again, under the same id"


class TestRetry:
    """A carrier that fails."""

    @pytest.mark.parametrize("jitter", [b"\0\0", b"\x80\0", b"\xff\xff"])
    async def test_back_off_and_jitter(self, jitter: bytes, memory: World) -> None:
        """Twice as long each time, up to the longest, and never all relays at the same instant."""
        rules = replace(
            memory.policy.messages, first_retry=timedelta(seconds=4), longest_retry=timedelta(seconds=20)
        )
        policy = replace(memory.policy, messages=rules)
        carrier = Carrier(memory.inbox, unavailable(5), Channel.EMAIL)
        world = memory.again(policy=policy, carrier=carrier, entropy=Even(jitter))
        await queued(world)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=1, dead=0)
        share = 0.5 + int.from_bytes(jitter, "big") / 2**17
        assert 0.5 <= share < 1
        ends: list[outbox.Delivered] = []
        for wait in (4, 8, 16, 20, 20):
            delay = timedelta(seconds=wait * share)
            world.clock.advance(delay - MOMENT)
            assert await world.run(outbox.deliver()) == NOTHING
            world.clock.advance(MOMENT)
            ends.append(await world.run(outbox.deliver()))
        failed = outbox.Delivered(sent=0, retried=1, dead=0)
        assert ends == [failed] * 4 + [outbox.Delivered(sent=1, retried=0, dead=0)]
        (link,) = [sent for sent in world.inbox.messages if sent.channel is Channel.EMAIL]
        assert Counter(carrier.tried)[link.id] == 6

    async def test_the_same_message_under_the_same_id(self, world: World) -> None:
        """Tried again, it carries the same code, so that a carrier that had it after all changes nothing."""
        world = world.again(policy=with_codes(world.policy), carrier=Lossy(world.inbox))
        await queued(world)
        assert (await world.run(outbox.deliver())).retried == 2
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 2
        texts = {(sent.id, sent.text) for sent in world.inbox.messages}
        assert (len(world.inbox.messages), len(texts)) == (4, 2)

    async def test_until_its_deadline_and_not_longer(self, world: World) -> None:
        """A code that is no longer valid is never sent; its link, which is, arrives."""
        carrier = Carrier(world.inbox, unavailable(1000), Channel.SMS)
        world = world.again(carrier=carrier)
        await queued(world)
        for _ in range(60):
            await world.run(outbox.deliver())
            world.wait(minutes=1)
        assert [sent.channel for sent in world.inbox.messages] == [Channel.EMAIL]
        ((template, reason),) = await dead_letters(world)
        assert template is Template.CONFIRM_CODE
        assert reason in ("deadline", "deadline after: carrier unavailable")
        assert 1 < len(carrier.tried) < 20

    async def test_a_relay_that_was_away_too_long(self, world: World) -> None:
        """What it finds past its deadline is not sent, to the moment."""
        await queued(world)
        world.clock.advance(world.policy.codes.lifetime)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=0, dead=1)
        assert [sent.channel for sent in world.inbox.messages] == [Channel.EMAIL]
        assert await dead_letters(world) == [(Template.CONFIRM_CODE, "deadline")]

    async def test_just_in_time(self, world: World) -> None:
        """A code is sent as long as it is valid."""
        await queued(world)
        world.clock.advance(world.policy.codes.lifetime - MOMENT)
        assert (await world.run(outbox.deliver())).sent == 2

    async def test_a_permanent_failure_is_not_tried_again(self, world: World) -> None:
        """An address that does not exist: dead at once, and visible."""
        refusal = DeliveryFailed("no such mailbox", permanent=True)
        world = world.again(carrier=Carrier(world.inbox, [refusal], Channel.EMAIL))
        await queued(world)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=0, dead=1)
        assert await dead_letters(world) == [(Template.CONFIRM_LINK, "refused by the carrier")]
        world.wait(days=1)
        assert await world.run(outbox.deliver()) == NOTHING

    async def test_a_messenger_that_raises_something_else(self, world: World) -> None:
        """Tried again; the reason names the type alone, since its text may hold an address."""
        error = ValueError("zoe.1@example.fr is not what I expected")
        world = world.again(carrier=Carrier(world.inbox, [error], Channel.EMAIL))
        await queued(world)
        assert (await world.run(outbox.deliver())).retried == 1
        (waiting,) = await world.outbox(QUEUED)
        assert (waiting.reason, waiting.tries) == ("ValueError", 1)
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 1

    async def test_a_key_that_is_gone_for_a_while(self, world: World) -> None:
        """A message whose key is missing waits until the operator put it back."""
        await queued(world)
        other = world.again(keys=Keyring.from_text(f"k2:{Keyring.new_key()}"))
        assert await other.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=1, dead=0)
        (waiting,) = await world.outbox(QUEUED)
        assert (waiting.message.template, waiting.reason) == (Template.CONFIRM_CODE, "KeyMissing")
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 1
