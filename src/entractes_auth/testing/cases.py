"""How a contract case is written once, and run in both colours.

A case is an `async def` over the async port. For an async adapter it runs as it is. For a
sync one the adapter is wrapped so that every awaited call is already done (`awaited`), and
the coroutine is driven by sending None once (`run_sync`): no event loop. A race is threads
behind a barrier in the one colour, and tasks behind an event in the other.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import anyio

from entractes_auth.errors import StoreError

__all__ = ["Case", "Race", "Suite", "awaited", "run_sync", "task_race", "thread_race"]

T = TypeVar("T")
V = TypeVar("V")
R = TypeVar("R")

_START_SECONDS: Final = 60.0


class Race(Protocol):
    """Starts all contenders at the same instant; gives what each returned, or the `StoreError` that it met.

    Any other exception of a contender fails the race.
    """

    def __call__(
        self, contenders: int, run: Callable[[int], Coroutine[Any, Any, T]], /
    ) -> Awaitable[list[T | StoreError]]:
        """Run `run(0)` to `run(contenders - 1)` at once."""
        ...


@dataclass(frozen=True, slots=True)
class Case(Generic[R]):
    """One sentence of a contract: `run` fails when the adapter breaks it."""

    name: str
    run: Callable[[R], Coroutine[Any, Any, None]]


class Suite(Generic[R]):
    """The cases of one topic, in the order in which they are written down."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.cases: list[Case[R]] = []

    def case(
        self, body: Callable[[R], Coroutine[Any, Any, None]]
    ) -> Callable[[R], Coroutine[Any, Any, None]]:
        """Add one case, named after its function."""
        self.cases.append(Case(f"{self.topic}-{body.__name__}", body))
        return body

    def each(
        self, values: Mapping[str, V]
    ) -> Callable[[Callable[[V, R], Coroutine[Any, Any, None]]], Callable[[V, R], Coroutine[Any, Any, None]]]:
        """Add one case for each value, named after its function and the value's name."""

        def add(
            body: Callable[[V, R], Coroutine[Any, Any, None]],
        ) -> Callable[[V, R], Coroutine[Any, Any, None]]:
            for name, value in values.items():
                self.cases.append(Case(f"{self.topic}-{body.__name__}-{name}", _bound(body, value)))
            return body

        return add


def _bound(
    body: Callable[[V, R], Coroutine[Any, Any, None]], value: V
) -> Callable[[R], Coroutine[Any, Any, None]]:
    return lambda rig: body(value, rig)


class _Awaited:
    """A sync port seen as an async one: each call is done before it is awaited."""

    def __init__(self, port: object) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        call: Callable[..., Any] = getattr(self._port, name)

        async def done(*args: Any, **kwargs: Any) -> Any:
            return call(*args, **kwargs)

        return done


def awaited(port: object) -> Any:
    """The async view of a sync port; give it the type of the async protocol where you call this."""
    return _Awaited(port)


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine over `awaited` ports to its end, without an event loop.

    Raises:
        RuntimeError: it really suspended: one of its ports is not sync.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    coroutine.close()
    raise RuntimeError("the adapter suspended: run the async suite on an async adapter")


async def thread_race(contenders: int, run: Callable[[int], Coroutine[Any, Any, T]]) -> list[T | StoreError]:
    """`Race` for sync ports: one thread each, behind a barrier."""
    barrier = threading.Barrier(contenders)
    ends: list[T | BaseException | None] = [None] * contenders

    def contend(place: int) -> None:
        try:
            barrier.wait(_START_SECONDS)
            ends[place] = run_sync(run(place))
        except BaseException as error:
            # Carried to the test's own thread: an exception in a thread fails nothing by itself.
            ends[place] = error

    threads = [threading.Thread(target=contend, args=(place,)) for place in range(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _finished(ends)


async def task_race(contenders: int, run: Callable[[int], Coroutine[Any, Any, T]]) -> list[T | StoreError]:
    """`Race` for async ports: one task each, behind an event."""
    gate = anyio.Event()
    ends: list[T | BaseException | None] = [None] * contenders

    async def contend(place: int) -> None:
        await gate.wait()
        try:
            ends[place] = await run(place)
        except StoreError as lost:
            ends[place] = lost

    async with anyio.create_task_group() as group:
        for place in range(contenders):
            group.start_soon(contend, place)
        gate.set()
    return _finished(ends)


def _finished(ends: list[T | BaseException | None]) -> list[T | StoreError]:
    finished: list[Any] = []
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, StoreError):
            raise end
        finished.append(end)
    return finished
