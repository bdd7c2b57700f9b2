"""Each runner takes ports of its colour, says so where they are of the other, and bounds the hashes at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from entractes_auth import AsyncAuth, Auth, Channel, Env, Kind
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Matched
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import (
    ConfigurationError,
    SignInRefused,
)
from entractes_auth.flow import flow
from entractes_auth.flows import confirmation, login, recovery, registration
from entractes_auth.testing import RecordingMessenger
from tests.auth.world import LINK, POLICY, Async, Counting, Recorded, run_async, run_sync, settings, submitted


def test_auth_calls_its_ports_in_the_calling_thread() -> None:
    store = Recorded()
    run_sync(registration.begin(Kind.PROFESSIONAL), store=store)
    assert store.threads == {threading.get_ident()}


def test_async_auth_calls_a_sync_port_in_worker_threads_and_never_on_the_loop() -> None:
    """`asyncio.run` puts the loop into this thread."""
    store = Recorded()
    code = submitted(store)
    store.threads.clear()
    run_async(confirmation.confirm(LINK, code=code), store=store)
    assert store.threads
    assert threading.get_ident() not in store.threads


def test_async_auth_runs_on_async_ports() -> None:
    given = settings(limits=MemoryLimits(), hasher=Counting())
    given |= {name: Async(given[name]) for name in ("store", "documents", "limits", "hasher")}
    messenger = RecordingMessenger()
    given["messengers"] = dict.fromkeys(Channel, Async(messenger))
    assert run_async(recovery.begin("nobody@example.fr"), **given) is not None
    assert len(messenger.to("nobody@example.fr")) == 1


ASYNC_PORTS: dict[str, Any] = {
    "store": MemoryStore(),
    "limits": MemoryLimits(),
    "hasher": Counting(),
    "captcha": AcceptingCaptcha(),
    "documents": MemoryDocuments(),
    "messengers": RecordingMessenger(),
}


@pytest.mark.parametrize("name", ASYNC_PORTS)
def test_an_async_port_under_auth_is_refused_when_auth_is_built(name: str) -> None:
    port: Any = Async(ASYNC_PORTS[name])
    if name == "messengers":
        port = {Channel.SMS: RecordingMessenger(), Channel.EMAIL: port}
    with pytest.raises(ConfigurationError, match=r"is async: use AsyncAuth"):
        Auth(**settings(**{name: port}))


def test_a_captcha_that_only_looks_sync_does_not_let_everybody_in() -> None:
    """Its answer is a coroutine, and a coroutine is not None."""

    class Disguised:
        def verify(self, answer: str, network: str) -> Any:
            return Async(AcceptingCaptcha()).verify(answer, network)

    with pytest.raises(ConfigurationError, match=r"Disguised\.verify is async"):
        run_sync(
            login.begin("40001", "123456"),
            captcha=Disguised(),
            policy=replace(POLICY, captcha=True),
        )


def test_a_flow_that_suspends_under_auth_is_a_configuration_error() -> None:
    @flow
    async def sleeper(env: Env) -> None:
        await asyncio.sleep(0)

    with pytest.raises(ConfigurationError, match="suspended under Auth: use AsyncAuth"):
        run_sync(sleeper())
    run_async(sleeper())


class Crowd:
    """A hasher that two callers at a time must enter together, and that notes how many were inside at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._both = threading.Barrier(2)
        self._inside = 0
        self.most = 0

    @contextmanager
    def _entered(self) -> Generator[None]:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._both.wait(30)
        time.sleep(0.03)  # time enough for a third one to come in, were it let
        yield
        with self._lock:
            self._inside -= 1

    def hash(self, secret: bytes) -> str:
        with self._entered():
            return "$argon2id$"

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        with self._entered():
            return None

    def decoy(self) -> str:
        return "$argon2id$"


async def burst(auth: AsyncAuth) -> list[BaseException | object]:
    flows = [login.begin(f"{number:05d}", "123456") for number in range(8)]
    return await asyncio.gather(*(auth.run(each) for each in flows), return_exceptions=True)


def test_under_async_auth_exactly_as_many_hashes_run_at_once_as_was_said() -> None:
    crowd = Crowd()
    auth = AsyncAuth(**settings(hasher=crowd, simultaneous_hashes=2))
    for _ in range(2):  # each with a loop of its own
        assert all(isinstance(answer, SignInRefused) for answer in asyncio.run(burst(auth)))
    assert crowd.most == 2


def test_under_auth_exactly_as_many_hashes_run_at_once_as_was_said() -> None:
    crowd = Crowd()
    auth = Auth(**settings(hasher=crowd, simultaneous_hashes=2))

    def sign_in(number: int) -> None:
        with pytest.raises(SignInRefused):
            auth.run(login.begin(f"{number:05d}", "123456"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sign_in, range(8)))
    assert crowd.most == 2
