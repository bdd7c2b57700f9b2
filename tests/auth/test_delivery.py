"""What a flow queued is delivered after its commit, and a failure to do so loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typing_extensions import override

from entractes_auth import Channel, Kind
from entractes_auth.backends.batch import MessageQuery, Settlement
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.env import Env
from entractes_auth.errors import DeliveryFailed, StoreUnavailable
from entractes_auth.flow import flow
from entractes_auth.flows import outbox, recovery, registration
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.testing import FrozenClock, RecordingMessenger
from entractes_auth.testing import builders as b
from tests.auth.world import NOW, POLICY, Recorded, Run, both


@both
def test_a_message_is_sent_after_its_commit_and_is_settled(run: Run) -> None:
    store, order = Recorded(), list[str]()

    class Noting(RecordingMessenger):
        @override
        def send(self, outgoing: Outgoing) -> Receipt:
            order.extend(store.calls)
            return super().send(outgoing)

    messengers = dict.fromkeys(Channel, Noting())
    run(recovery.begin("nobody@example.fr"), store=store, messengers=messengers)
    assert order == ["commit"], "it is held since its commit: nothing is asked of the store in between"
    assert len(store.outbox(MessageQuery(state=MessageState.SENT)).rows) == 1


@both
def test_a_relay_alone_sends_when_the_host_says_so(run: Run) -> None:
    store, messenger = Recorded(), RecordingMessenger()
    messengers = dict.fromkeys(Channel, messenger)
    run(recovery.begin("nobody@example.fr"), store=store, messengers=messengers, deliver="relay")
    assert (messenger.messages, store.calls) == ((), ["commit"])
    run(outbox.deliver(), store=store, messengers=messengers, deliver="relay")
    assert len(messenger.messages) == 1


@both
def test_a_flow_sends_its_own_messages_and_leaves_those_of_others_to_the_relay(run: Run) -> None:
    store, messenger = Recorded(), RecordingMessenger()
    messengers = dict.fromkeys(Channel, messenger)
    run(recovery.begin("first@example.fr"), store=store, messengers=messengers, deliver="relay")
    run(recovery.begin("second@example.fr"), store=store, messengers=messengers)
    assert [outgoing.to for outgoing in messenger.messages] == ["second@example.fr"]


@both
def test_a_flow_that_queued_nothing_does_not_look_into_the_outbox(run: Run) -> None:
    store = Recorded()
    run(registration.begin(Kind.PROFESSIONAL), store=store)
    assert store.calls == ["commit"]


class Unsettling(Recorded):
    """A store that is gone once the commit is durable."""

    @override
    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        raise StoreUnavailable


@both
def test_a_store_that_is_gone_after_the_commit_loses_neither_the_result_nor_the_message(run: Run) -> None:
    store, messenger = Unsettling(), RecordingMessenger()
    messengers = dict.fromkeys(Channel, messenger)
    assert (
        run(recovery.begin("nobody@example.fr"), store=store, messengers=messengers)
        == recovery.RecoveryBegun()
    )
    later = FrozenClock(NOW + POLICY.messages.lease)
    (again,) = store.lease(later.now(), later.now() + POLICY.messages.lease, 10)
    assert [outgoing.id for outgoing in messenger.messages] == [again.message.id]
    assert again.tries == 2


@both
def test_nobody_else_has_a_message_while_its_flow_delivers_it(run: Run) -> None:
    store, seen = Recorded(), list[tuple[Leased, ...]]()

    class Looking(RecordingMessenger):
        @override
        def send(self, outgoing: Outgoing) -> Receipt:
            now = NOW + POLICY.messages.lease
            seen.append(store.lease(now - timedelta(microseconds=1), now, 10))
            return super().send(outgoing)

    run(recovery.begin("nobody@example.fr"), store=store, messengers=dict.fromkeys(Channel, Looking()))
    assert seen == [()]


@both
def test_a_message_that_has_waited_half_its_lease_behind_a_slow_carrier_is_left_to_a_relay(run: Run) -> None:
    store, clock = Recorded(), FrozenClock(NOW)

    class Slow(RecordingMessenger):
        @override
        def send(self, outgoing: Outgoing) -> Receipt:
            clock.advance(POLICY.messages.lease / 2 + timedelta(microseconds=1))
            return super().send(outgoing)

    @flow
    async def two_letters(env: Env) -> None:
        await env.store.commit(b.batch(b.code_message(1), b.code_message(2)))

    messenger = Slow()
    run(two_letters(), store=store, clock=clock, messengers=dict.fromkeys(Channel, messenger))
    assert [outgoing.id for outgoing in messenger.messages] == [b.an_id("message", 1)]
    free = NOW + POLICY.messages.lease
    (late,) = store.lease(free, free + POLICY.messages.lease, 10)
    assert late.message.id == b.an_id("message", 2)


@both
@pytest.mark.parametrize("by_itself", [False, True], ids=["runner", "flow"])
def test_what_a_flow_withdraws_after_it_queued_it_is_not_sent(run: Run, by_itself: bool) -> None:
    old, new, other = (
        b.code_message(1),
        b.code_message(2, topic=b.code_message(1).topic),
        b.code_message(3, topic=""),
    )

    @flow
    async def second_thoughts(env: Env) -> None:
        """A host's flow, say, which asks for a code twice; or a test's, made of many flows."""
        await env.store.commit(b.batch(old, other))
        await env.store.commit(b.batch(new, withdraw=("", old.topic)))
        if by_itself:
            await outbox.deliver().start(env)

    store, messenger = Recorded(), RecordingMessenger()
    run(second_thoughts(), store=store, messengers=dict.fromkeys(Channel, messenger))
    assert sorted(outgoing.id for outgoing in messenger.messages) == sorted([new.id, other.id])
    assert len(store.outbox(MessageQuery(state=MessageState.WITHDRAWN)).rows) == 1


@both
@pytest.mark.parametrize(
    "error", [DeliveryFailed("busy"), OSError("no route to host"), ValueError("a bug")], ids=str
)
def test_a_messenger_that_fails_loses_neither_the_result_nor_the_message(run: Run, error: Exception) -> None:
    class Failing:
        def send(self, outgoing: Outgoing) -> Receipt:
            raise error

    store = Recorded()
    result = run(
        recovery.begin("nobody@example.fr"), store=store, messengers=dict.fromkeys(Channel, Failing())
    )
    assert result == recovery.RecoveryBegun()
    (waiting,) = store.outbox(MessageQuery(state=MessageState.QUEUED)).rows
    assert waiting.tries == 1
    assert str(error) not in waiting.reason


@both
def test_an_error_that_is_not_ours_leaves_no_message_waiting(run: Run) -> None:
    @flow
    async def failing(env: Env) -> None:
        await env.store.commit(b.batch(b.code_message(1)))
        raise OSError("a port of the host's")

    messenger = RecordingMessenger()
    with pytest.raises(OSError, match="host's"):
        run(failing(), store=Recorded(), messengers=dict.fromkeys(Channel, messenger))
    assert [outgoing.id for outgoing in messenger.messages] == [b.an_id("message", 1)]
