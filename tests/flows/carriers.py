"""Carriers and stores that fail, and an outbox to try them on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from entractes_auth import Channel
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.backends.system import SystemEntropy
from entractes_auth.errors import DeliveryFailed, StoreUnavailable
from entractes_auth.flows import registration
from entractes_auth.testing import RecordingMessenger, scenario
from tests.flows.world import World


class Carrier:
    """Fails with each of the given errors in turn, on the channels that it is told, and then carries."""

    def __init__(self, inbox: RecordingMessenger, errors: Iterable[Exception], *channels: Channel) -> None:
        self._inbox = inbox
        self._errors = iter(errors)
        self._channels = channels or tuple(Channel)
        self.tried: list[str] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        """Fail, or hand over."""
        self.tried.append(outgoing.id)
        error = next(self._errors, None) if outgoing.channel in self._channels else None
        if error is not None:
            raise error
        return self._inbox.send(outgoing)


class Even:
    """Randomness whose two-byte draws, which make the jitter, are all alike."""

    def __init__(self, jitter: bytes) -> None:
        self._jitter = jitter

    def draw(self, count: int) -> bytes:
        """Random bytes, but for the jitter."""
        return self._jitter if count == 2 else SystemEntropy().draw(count)


class Lossy:
    """Hands each message over, and reports the first two as failed all the same."""

    def __init__(self, inbox: RecordingMessenger) -> None:
        self._inbox = inbox
        self._sent = 0

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand over; then perhaps fail."""
        receipt = self._inbox.send(outgoing)
        self._sent += 1
        if self._sent <= 2:
            raise DeliveryFailed("the line broke")
        return receipt


class WithoutSettling:
    """The store, unavailable for what became of messages."""

    def __init__(self, store: object) -> None:
        self._store = store

    def settle(self, *args: object) -> None:
        """Never."""
        raise StoreUnavailable("gone")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def unavailable(times: int) -> list[Exception]:
    """So many failures that pass."""
    return [DeliveryFailed("the carrier is away")] * times


async def queued(world: World, n: int = 1) -> registration.Draft:
    """Two messages in the outbox: a link and a code. Nothing is sent."""
    slow = world.again(deliver="relay")
    draft = await slow.run(scenario.drafted(scenario.applicant(n)))
    await slow.run(registration.submit(draft.link))
    return draft
