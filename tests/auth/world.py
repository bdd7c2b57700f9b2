"""What the tests of the runners share: settings, and ports that write down how they are used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

import pytest
from typing_extensions import override

from entractes_auth import AsyncAuth, Auth, Channel, Flow, Keyring, Policy, Purpose, Site, State
from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.ports import Granted, Matched
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.codes import derive
from entractes_auth.errors import (
    Conflict,
)
from entractes_auth.links import seal
from entractes_auth.policy import HashPolicy
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.message import CodeSeed, Leased
from entractes_auth.records.registration import Registration
from entractes_auth.testing import FrozenClock, RecordingMessenger, builders

T = TypeVar("T")
NOW = builders.NOW
KEYS = Keyring({"k1": bytes(range(32))})
SITE = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr")
CHEAP = HashPolicy(time_cost=1, memory_kib=64, parallelism=1)
POLICY = replace(
    Policy.tutorial(), captcha=False, credentials=replace(Policy.tutorial().credentials, hash=CHEAP)
)
LINK = seal(Purpose.CONFIRM, builders.an_id("challenge", 1), KEYS)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Recorded(MemoryStore):
    """A memory store that writes down which of its methods were called, and loses the first commits it is told to."""

    def __init__(self, *, lose: int = 0) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.threads: set[int] = set()
        self.lose = lose

    def _note(self, name: str) -> None:
        self.calls.append(name)
        self.threads.add(threading.get_ident())

    @override
    def registration(self, registration_id: str) -> Registration | None:
        self._note("registration")
        return super().registration(registration_id)

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        self._note("spend")
        return super().spend(challenge_id, now)

    @override
    def commit(self, batch: Batch) -> Committed:
        self._note("commit")
        if self.lose:
            self.lose -= 1
            raise Conflict
        return super().commit(batch)

    @override
    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        self._note("lease")
        return super().lease(now, until, limit, only)


def settings(**changes: Any) -> dict[str, Any]:
    """All that a runner takes, on the memory adapters."""
    messenger = RecordingMessenger()
    given: dict[str, Any] = {
        "store": Recorded(),
        "keys": KEYS,
        "site": SITE,
        "messengers": {Channel.SMS: messenger, Channel.EMAIL: messenger},
        "documents": MemoryDocuments(),
        "policy": POLICY,
        "clock": FrozenClock(NOW),
    }
    return given | changes


class Run(Protocol):
    def __call__(self, flow: Flow[T], /, **changes: Any) -> T: ...


def run_sync(flow: Flow[T], /, **changes: Any) -> T:
    return Auth(**settings(**changes)).run(flow)


def run_async(flow: Flow[T], /, **changes: Any) -> T:
    return asyncio.run(AsyncAuth(**settings(**changes)).run(flow))


both = pytest.mark.parametrize("run", [run_sync, run_async], ids=["Auth", "AsyncAuth"])


def submitted(store: Recorded, *, lose: int = 0) -> str:
    """Put a registration that waits for its proof into the store; gives the right code."""
    store.commit(builders.batch(builders.registration(1, State.SUBMITTED), builders.challenge(1)))
    store.calls.clear()
    store.lose = lose
    sent = builders.sending(1)
    seed = CodeSeed(sent.challenge_id, sent.key_id, sent.nonce, sent.address, sent.counter)
    return derive(seed, POLICY.codes.digits, KEYS).reveal()


class Counting:
    """All the ports whose answers count, each saying how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def hit(self, name: str, subject: str, budget: object, now: datetime) -> Granted:
        self.asked.append("hit")
        return Granted(remaining=len(self.asked))

    def hash(self, secret: bytes) -> str:
        self.asked.append("hash")
        return "$argon2id$"

    def verify(self, answer: str, other: object) -> Matched:
        self.asked.append("verify")
        return Matched(outdated=False)

    def put(self, chunks: Iterator[bytes], maximum_bytes: int) -> int:
        self.asked.append("put")
        return sum(len(chunk) for chunk in chunks)


class Async:
    """Another port in async."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            await asyncio.sleep(0)
            return method(*args, **kwargs)

        return call
