"""Sync ports serve async flows, async ones are told apart, and a second run repeats no question that counts."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from anyio import CapacityLimiter

from entractes_auth.colour import Memory, drive, finished, remembering, require_sync, threaded
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

    with pytest.raises(ConfigurationError, match="suspended under Auth: use AsyncAuth"):
        drive(work())
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


# ---------------------------------------------------------------- remembering


class Counted:
    """A port that counts how often it is asked, and answers with the count."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, int]]:
        async def method(*args: Any, **kwargs: Any) -> int:
            self.asked.append((name, (*args, *kwargs.values())))
            return len(self.asked)

        return method


ONCE = ("spend", "hit", "verify", "hash", "put")
FRESH = ("registration", "account", "glance", "commit", "peek", "clear", "delete", "send", "decoy")


@pytest.mark.parametrize("name", ONCE)
def test_what_counts_is_asked_once_whatever_the_time_of_the_next_run(name: str) -> None:
    port, memory = Counted(), Memory()
    ask = getattr(remembering(port, memory), name)
    first = drive(ask("subject", NOW))
    memory.rewind()
    assert drive(ask("subject", NOW + timedelta(seconds=3))) == first
    assert len(port.asked) == 1


@pytest.mark.parametrize("name", FRESH)
def test_everything_else_is_asked_afresh(name: str) -> None:
    port, memory = Counted(), Memory()
    ask = getattr(remembering(port, memory), name)
    assert drive(ask("subject", NOW)) == 1
    memory.rewind()
    assert drive(ask("subject", NOW)) == 2


def test_equal_questions_of_one_run_are_separate_and_replayed_in_their_order() -> None:
    port, memory = Counted(), Memory()
    hit = remembering(port, memory).hit
    first = [drive(hit("phone", "a")), drive(hit("phone", "a")), drive(hit("phone", "b"))]
    memory.rewind()
    assert (
        [drive(hit("phone", "a")), drive(hit("phone", "a")), drive(hit("phone", "b"))] == first == [1, 2, 3]
    )
    assert drive(hit("phone", "a")) == 4


def test_positional_and_named_arguments_are_part_of_the_question() -> None:
    port, memory = Counted(), Memory()
    hit = remembering(port, memory).hit
    asked = [hit("a"), hit("b"), hit(name="a"), hit(name="b"), hit(subject="a"), hit("name", "a")]
    assert [drive(each) for each in asked] == [1, 2, 3, 4, 5, 6]


def test_two_ports_with_a_method_of_one_name_do_not_answer_for_each_other() -> None:
    """The hasher and the CAPTCHA both `verify`."""
    memory, hasher, captcha = Memory(), Counted(), Counted()
    drive(remembering(hasher, memory).verify("x", "y"))
    drive(remembering(captcha, memory).verify("x", "y"))
    assert (len(hasher.asked), len(captcha.asked)) == (1, 1)


CHUNKS: dict[str, object] = {
    "list": [b"one", b"two"],
    "tuple": (b"one", b"two"),
    "tuple of mutable": (bytearray(b"one"),),
    "iterator": iter([b"one"]),
}


@pytest.mark.parametrize("kind", CHUNKS)
def test_an_upload_is_stored_once_although_its_chunks_are_read_only_once(kind: str) -> None:
    chunks = CHUNKS[kind]
    port, memory = Counted(), Memory()
    put = remembering(port, memory).put
    first = drive(put(chunks, 10))
    memory.rewind()
    assert drive(put(chunks, 10)) == first


def test_a_question_that_failed_has_no_answer_and_is_asked_again() -> None:
    class Flaky:
        def __init__(self) -> None:
            self.calls = 0

        async def hit(self, name: str) -> str:
            self.calls += 1
            if self.calls == 1:
                raise StoreUnavailable
            return name

    memory = Memory()
    hit = remembering(Flaky(), memory).hit
    with pytest.raises(StoreUnavailable):
        drive(hit("phone"))
    assert drive(hit("phone")) == "phone"
    memory.rewind()
    assert drive(hit("phone")) == "phone"
