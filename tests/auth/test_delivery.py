"""What a flow queued is delivered after its commit, and a failure to do so loses nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from typing_extensions import override

from entractes_auth import Channel, Kind
from entractes_auth.backends.batch import MessageQuery, Settlement
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import (
    DeliveryFailed,
    StoreUnavailable,
)
from entractes_auth.flows import outbox, recovery, registration
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Leased
from entractes_auth.testing import FrozenClock, RecordingMessenger
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
    assert order == ["commit", "lease"]
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


class Breaking(Recorded):
    """A store that is gone once the commit is durable."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method: str = method

    @override
    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        if self.method == "lease":
            raise StoreUnavailable
        return super().lease(now, until, limit, only)

    @override
    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        if self.method == "settle":
            raise StoreUnavailable
        super().settle(settlements)


@both
@pytest.mark.parametrize("method", ["lease", "settle"])
def test_a_store_that_is_gone_after_the_commit_loses_neither_the_result_nor_the_message(
    run: Run, method: str
) -> None:
    store = Breaking(method)
    result = run(recovery.begin("nobody@example.fr"), store=store)
    assert result == recovery.RecoveryBegun()
    store.method = ""
    later, messenger = FrozenClock(NOW + POLICY.messages.lease), RecordingMessenger()
    run(outbox.deliver(), store=store, clock=later, messengers=dict.fromkeys(Channel, messenger))
    assert [outgoing.to for outgoing in messenger.messages] == ["nobody@example.fr"]


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
