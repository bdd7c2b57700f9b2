"""Relays that end in the middle, and relays at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from typing_extensions import override

from entractes_auth import Auth
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import DeliveryFailed
from entractes_auth.flows import outbox
from entractes_auth.records.kinds import MessageState
from entractes_auth.testing.faults import Crash, Faults, Moment
from tests.flows.carriers import Carrier, queued
from tests.flows.world import World

pytestmark = pytest.mark.anyio


MOMENT = timedelta(microseconds=1)


QUEUED, SENT, DEAD = MessageState.QUEUED, MessageState.SENT, MessageState.DEAD


NOTHING = outbox.Delivered(sent=0, retried=0, dead=0)


class TestCrash:
    """A relay that ends in the middle."""

    @pytest.mark.parametrize("moment", list(Moment))
    @pytest.mark.parametrize("number", range(1, 8))
    async def test_nothing_is_lost_and_ids_are_kept(self, number: int, moment: Moment, memory: World) -> None:
        """At whatever call: after the lease everything is sent, and what is sent twice has the same id."""
        await queued(memory)
        faults = Faults()
        faults.crash_at(number, moment)
        crashing = memory.again(
            store=faults.port("store", memory.store), carrier=faults.port("carrier", memory.inbox)
        )
        try:
            await crashing.run(outbox.deliver())
        except Crash:
            # What was leased is nobody else's until the lease ends.
            memory.clock.advance(memory.policy.messages.lease)
        await memory.run(outbox.deliver())
        sent = Counter(outgoing.id for outgoing in memory.inbox.messages)
        assert len(sent) == 2
        assert sorted(sent.values()) in ([1, 1], [1, 2])
        assert {outgoing.text for outgoing in memory.inbox.messages} == {
            outgoing.text for outgoing in dict.fromkeys(memory.inbox.messages)
        }
        assert await memory.outbox(QUEUED) == ()

    async def test_between_send_and_settle_it_is_sent_again(self, world: World) -> None:
        """At least once: the only message that is repeated is the one that was in hand."""
        await queued(world)
        faults = Faults()
        faults.crash_at(1, Moment.AFTER)
        crashing = world.again(carrier=faults.port("carrier", world.inbox))
        with pytest.raises(Crash):
            await crashing.run(outbox.deliver())
        assert (await world.run(outbox.deliver())).sent == 1, "the other one is not held up"
        world.clock.advance(world.policy.messages.lease - MOMENT)
        assert await world.run(outbox.deliver()) == NOTHING
        world.clock.advance(MOMENT)
        assert (await world.run(outbox.deliver())).sent == 1
        first, *others = [outgoing.id for outgoing in world.inbox.messages]
        assert Counter(others)[first] == 1
        assert len(others) == 2


class TestSeveralRelays:
    """Relays at once."""

    @pytest.mark.parametrize("store", ["memory", "sqlite"])
    async def test_each_message_is_sent_once(self, store: str, request: pytest.FixtureRequest) -> None:
        """Eight relays behind a barrier, and no message twice."""
        world: World = request.getfixturevalue(store)
        for n in range(1, 13):
            await queued(world, n)
        auth = world.auth
        assert isinstance(auth, Auth)
        barrier = threading.Barrier(8)
        done: list[outbox.Delivered] = []

        def relay() -> None:
            barrier.wait()
            done.append(auth.run(outbox.deliver()))

        threads = [threading.Thread(target=relay) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(each.sent for each in done) == 24
        assert set(Counter(sent.id for sent in world.inbox.messages).values()) == {1}
        assert len(world.inbox.messages) == 24

    async def test_a_late_relay_settles_nothing(self, memory: World) -> None:
        """Its lease ended and another relay has the message: what it reports is not believed."""
        await queued(memory)

        class Slow(Carrier):
            @override
            def send(self, outgoing: Outgoing) -> Receipt:
                memory.clock.advance(memory.policy.messages.lease)
                memory.run_now(outbox.deliver())
                raise DeliveryFailed("too late", permanent=True)

        slow = memory.again(carrier=Slow(memory.inbox, []))
        await slow.run(outbox.deliver(limit=1))
        assert await memory.outbox(DEAD) == ()
        assert len(await memory.outbox(SENT)) == 2
