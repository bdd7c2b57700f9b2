"""The contract between processes, for stores that several of them reach.

Each process is started afresh (`spawn`), imports the factory by its name and opens the store
by itself: nothing but the database is shared.
"""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from threading import Barrier
from typing import Any, Final, TypeVar

import anyio

from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.errors import AlreadyRedeemed
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import awaited, run_sync
from entractes_auth.testing.store_contract.outbox import LATER, UNTIL

__all__ = ["ProcessContract", "Reachable"]

T = TypeVar("T")

PROCESSES: Final = 4
SPENDINGS: Final = 50
ATTEMPTS: Final = 10
ID: Final = b.an_id("challenge", 1)
_START_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Reachable:
    """How another process opens the same store: `factory` is "module:function", called with `argument`.

    The function gives a context manager of a `Store`, or an async one of an `AsyncStore`, on a
    database that is already prepared. Leaving it closes the store.
    """

    factory: str
    argument: str

    def run(self, body: Callable[[AsyncStore], Coroutine[Any, Any, T]]) -> T:
        """Open the store in this process and run the body over it, in the store's own colour."""
        module, _, function = self.factory.partition(":")
        opened: AbstractContextManager[Store] | AbstractAsyncContextManager[AsyncStore]
        opened = getattr(import_module(module), function)(self.argument)
        if isinstance(opened, AbstractAsyncContextManager):
            return anyio.run(_over, opened, body)
        with opened as store:
            return run_sync(body(awaited(store)))


async def _over(
    opened: AbstractAsyncContextManager[AsyncStore], body: Callable[[AsyncStore], Coroutine[Any, Any, T]]
) -> T:
    async with opened as store:
        return await body(store)


class ProcessContract:
    """Subclass it and give the fixture `reachable`, a `Reachable` of an empty, prepared store."""

    def test_processes_share_the_attempts_of_a_challenge(self, reachable: Reachable) -> None:
        """4 processes that guess 50 times each are given exactly the challenge's attempts, all together."""
        reachable.run(_put_challenge)
        counts = _in_processes(_spend_many, reachable)
        assert sum(counts) == ATTEMPTS

    def test_one_process_redeems(self, reachable: Reachable) -> None:
        """4 processes that commit the same proof at the same instant: one succeeds."""
        reachable.run(_put_challenge)
        ends = _in_processes(_redeem, reachable)
        assert Counter(ends) == {"committed": 1, "already redeemed": PROCESSES - 1}

    def test_processes_lease_each_message_once(self, reachable: Reachable) -> None:
        """4 processes that lease until nothing is left have each message exactly once."""
        reachable.run(_put_messages)
        taken = Counter(message_id for ids in _in_processes(_lease_all, reachable) for message_id in ids)
        assert taken == {b.an_id("message", n): 1 for n in range(1, 41)}

    def test_an_attempt_survives_its_process(self, reachable: Reachable) -> None:
        """A process that dies at once after `spend` returned has spent the attempt."""
        reachable.run(_put_challenge)
        child = multiprocessing.get_context("spawn").Process(target=_spend_and_die, args=(reachable,))
        child.start()
        child.join(_START_SECONDS)
        assert child.exitcode == _DEAD, "the process did not come to its end"
        assert reachable.run(_attempts_left) == ATTEMPTS - 1


def _in_processes(body: Callable[[AsyncStore], Coroutine[Any, Any, T]], reachable: Reachable) -> list[T]:
    """Run the body in each process, all starting at the same instant."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        PROCESSES, mp_context=spawn, initializer=_meet_at, initargs=(spawn.Barrier(PROCESSES),)
    ) as pool:
        # None of them returns before all have met, so no process takes two of the runs.
        runs = [pool.submit(_met, reachable, body) for _ in range(PROCESSES)]
        return [run.result() for run in runs]


_meeting: list[Barrier] = []  # in a child process: where it meets its siblings


def _meet_at(barrier: Barrier) -> None:
    _meeting.append(barrier)


def _met(reachable: Reachable, body: Callable[[AsyncStore], Coroutine[Any, Any, T]]) -> T:
    async def start_together(store: AsyncStore) -> T:
        # Opened and used once before: the race is then about the rows, not about the imports.
        await store.registration("nobody")
        _meeting[0].wait(_START_SECONDS)
        return await body(store)

    return reachable.run(start_together)


async def _put_challenge(store: AsyncStore) -> None:
    await store.commit(b.batch(b.challenge(1, attempts=ATTEMPTS)))


async def _put_messages(store: AsyncStore) -> None:
    await store.commit(b.batch(*(b.message(n) for n in range(1, 41))))


async def _attempts_left(store: AsyncStore) -> int | None:
    glance = await store.glance(ID, b.NOW)
    return None if glance is None else glance.attempts_left


async def _spend_many(store: AsyncStore) -> int:
    attempts = [await store.spend(ID, b.NOW) for _ in range(SPENDINGS)]
    return len(attempts) - attempts.count(None)


async def _redeem(store: AsyncStore) -> str:
    try:
        await store.commit(b.batch(b.proof(1)))
    except AlreadyRedeemed:
        return "already redeemed"
    return "committed"


async def _lease_all(store: AsyncStore) -> list[str]:
    taken: list[str] = []
    empty = 0
    while empty < 3:  # one empty lease may only mean that a sibling held the rows at that instant
        leased = await store.lease(LATER, UNTIL, 3)
        taken += [one.message.id for one in leased]
        empty = 0 if leased else empty + 1
    return taken


_DEAD: Final = 17


def _spend_and_die(reachable: Reachable) -> None:
    async def spend(store: AsyncStore) -> None:
        if await store.spend(ID, b.NOW) is not None:
            # No `finally`, no flush, no clean closing of anything: what was not durable is lost.
            os._exit(_DEAD)

    reachable.run(spend)
