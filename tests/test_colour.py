"""Sync ports serve async flows, async ports are told apart, and nothing that only looks done passes for an answer."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from anyio import CapacityLimiter

from entractes_auth.colour import drive, finished, require_sync, threaded
from entractes_auth.errors import ConfigurationError, StoreUnavailable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Adder(Protocol):
    def add(self, one: int, other: int) -> int: ...


class SyncAdder:
    def __init__(self) -> None:
        self.threads: list[int] = []

    def add(self, one: int, other: int = 1) -> int:
        self.threads.append(threading.get_ident())
        return one + other

    def fail(self) -> int:
        raise StoreUnavailable("gone")


class AsyncAdder:
    async def add(self, one: int, other: int = 1) -> int:
        await asyncio.sleep(0)
        return one + other


def undecorated(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Awaitable[Any]]:
    """What many decorators do to an async function: the result no longer looks async."""

    @functools.wraps(method)
    def plain(*args: Any, **kwargs: Any) -> Awaitable[Any]:
        return method(*args, **kwargs)

    return plain


class DisguisedAdder:
    """Async, and `inspect` cannot see it."""

    add = undecorated(AsyncAdder.add)


class FutureAdder:
    """Gives something to await that is no coroutine."""

    class Later:
        def __await__(self) -> Iterator[Any]:
            yield

    def add(self, one: int, other: int = 1) -> Later:
        return self.Later()


# ---------------------------------------------------------------- finished, drive


def test_a_sync_port_is_awaited_without_an_event_loop_in_the_same_thread() -> None:
    port = SyncAdder()

    async def work() -> int:
        painted = finished(port)
        total: int = await painted.add(1, other=2) + await painted.add(10)
        return total

    assert drive(work()) == 14
    assert set(port.threads) == {threading.get_ident()}


def test_what_a_sync_port_raises_passes_through() -> None:
    async def work() -> None:
        await finished(SyncAdder()).fail()

    with pytest.raises(StoreUnavailable):
        drive(work())


@pytest.mark.parametrize(
    "port", [AsyncAdder(), DisguisedAdder(), FutureAdder()], ids=lambda port: type(port).__name__
)
def test_an_async_port_never_gives_a_sync_flow_something_that_is_not_none(port: object) -> None:
    """A coroutine that nobody awaited is not None: it would pass for a proof."""

    async def work() -> str:
        return "an open door" if await finished(port).add(1, 2) is not None else "closed"

    with pytest.raises(ConfigurationError, match=f"{type(port).__name__}.add is async: use AsyncAuth"):
        drive(work())


def test_an_async_port_is_seen_before_it_is_used() -> None:
    require_sync(SyncAdder(), Adder)
    with pytest.raises(ConfigurationError, match=r"AsyncAdder\.add is async"):
        require_sync(AsyncAdder(), Adder)


def test_async_methods_that_the_protocol_does_not_ask_for_are_nobodys_business() -> None:
    class Both(SyncAdder):
        async def aclose(self) -> None: ...

    port = Both()
    require_sync(port, Adder)
    assert drive(finished(port).add(1, 2)) == 3


def test_a_coroutine_that_suspends_is_a_configuration_error_and_is_closed() -> None:
    closed: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    coroutine = work()
    with pytest.raises(ConfigurationError, match="suspended under Auth: use AsyncAuth"):
        drive(coroutine)
    assert closed == [True]


# ---------------------------------------------------------------- threaded


def any_thread() -> CapacityLimiter | None:
    return None


def test_on_an_event_loop_a_sync_port_runs_in_a_worker_thread_and_the_loop_goes_on() -> None:
    """The port waits for the loop: were it called on the loop, nobody would wake it."""
    woken = threading.Event()

    class Waiting:
        def wait(self, seconds: int) -> bool:
            return woken.wait(seconds)

    async def work() -> bool:
        asyncio.get_running_loop().call_later(0.01, woken.set)
        answer: bool = await threaded(Waiting(), any_thread).wait(30)
        return answer

    assert asyncio.run(work())


@pytest.mark.parametrize(
    "port", [AsyncAdder(), DisguisedAdder(), SyncAdder()], ids=lambda port: type(port).__name__
)
def test_on_an_event_loop_every_colour_of_port_gives_its_answer(port: object) -> None:
    async def work() -> int:
        answer: int = await threaded(port, any_thread).add(1, other=2)
        return answer

    assert asyncio.run(work()) == 3


def test_an_async_method_is_used_as_it_is() -> None:
    port = AsyncAdder()
    assert threaded(port, any_thread).add == port.add


def test_no_more_worker_threads_run_at_once_than_the_limiter_says() -> None:
    class Crowd:
        def __init__(self) -> None:
            self.lock = threading.Lock()
            self.inside = self.most = 0
            self.both = threading.Barrier(2)

        def enter(self) -> None:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            self.both.wait(30)  # passes only in pairs: two do run at once
            with self.lock:
                self.inside -= 1

    crowd = Crowd()

    async def work() -> None:
        limiter = CapacityLimiter(2)
        painted = threaded(crowd, lambda: limiter)
        await asyncio.gather(*(painted.enter() for _ in range(8)))

    asyncio.run(work())
    assert crowd.most == 2
