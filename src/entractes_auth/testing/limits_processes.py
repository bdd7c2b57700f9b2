"""The contract of `Limits` between processes, for counters that several of them share.

Each process is started afresh (`spawn`), imports the factory by its name and opens the counters
by itself: nothing but the storage is shared.
"""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from threading import Barrier
from typing import Any, Final, TypeVar

import anyio

from entractes_auth.backends.ports import AsyncLimits, Granted, Limits
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW
from entractes_auth.testing.cases import awaited, run_sync
from entractes_auth.testing.limits_cases import HOUR, PHONE

__all__ = ["LimitsProcessContract", "ReachableLimits"]

T = TypeVar("T")

PROCESSES: Final = 4
HITS: Final = 50
BUDGET: Final = Budget(amount=30, per=HOUR)
_START_SECONDS: Final = 120.0
_DEAD: Final = 17


@dataclass(frozen=True, slots=True)
class ReachableLimits:
    """How another process opens the same counters: `factory` is "module:function", called with `argument`.

    The function gives a context manager of a `Limits`, or an async one of an `AsyncLimits`, on
    counters that counted nothing yet. Leaving it closes them.
    """

    factory: str
    argument: str

    def run(self, body: Callable[[AsyncLimits], Coroutine[Any, Any, T]]) -> T:
        """Open the counters in this process and run the body over them, in their own colour."""
        module, _, function = self.factory.partition(":")
        opened: AbstractContextManager[Limits] | AbstractAsyncContextManager[AsyncLimits]
        opened = getattr(import_module(module), function)(self.argument)
        if isinstance(opened, AbstractAsyncContextManager):
            return anyio.run(_over, opened, body)
        with opened as limits:
            return run_sync(body(awaited(limits)))


async def _over(
    opened: AbstractAsyncContextManager[AsyncLimits], body: Callable[[AsyncLimits], Coroutine[Any, Any, T]]
) -> T:
    async with opened as limits:
        return await body(limits)


class LimitsProcessContract:
    """Subclass it and give the fixture `reachable`, a `ReachableLimits`, fresh for each test."""

    def test_processes_share_a_budget(self, reachable: ReachableLimits) -> None:
        """4 processes that hit 50 times each at the same instant are granted exactly the amount, all together."""
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            PROCESSES, mp_context=spawn, initializer=_meet_at, initargs=(spawn.Barrier(PROCESSES),)
        ) as pool:
            # None of them returns before all have met, so no process takes two of the runs.
            runs = [pool.submit(_hit_with_siblings, reachable) for _ in range(PROCESSES)]
            assert sum(run.result() for run in runs) == BUDGET.amount

    def test_a_hit_survives_its_process(self, reachable: ReachableLimits) -> None:
        """A process that dies at once after `hit` returned has used the hit up."""
        child = multiprocessing.get_context("spawn").Process(target=_hit_and_die, args=(reachable,))
        child.start()
        child.join(_START_SECONDS)
        assert child.exitcode == _DEAD, "the process did not come to its end"
        assert reachable.run(_hit) == Granted(BUDGET.amount - 2)


_meeting: list[Barrier] = []  # in a child process: where it meets its siblings


def _meet_at(barrier: Barrier) -> None:
    _meeting.append(barrier)


def _hit_with_siblings(reachable: ReachableLimits) -> int:
    async def hit_often(limits: AsyncLimits) -> int:
        # Opened and used once before: the race is then about the counter, not about the imports.
        await limits.peek("sms", PHONE, BUDGET, NOW)
        _meeting[0].wait(_START_SECONDS)
        answers = [await limits.hit("sms", PHONE, BUDGET, NOW) for _ in range(HITS)]
        return sum(isinstance(answer, Granted) for answer in answers)

    return reachable.run(hit_often)


async def _hit(limits: AsyncLimits) -> object:
    return await limits.hit("sms", PHONE, BUDGET, NOW)


def _hit_and_die(reachable: ReachableLimits) -> None:
    async def hit(limits: AsyncLimits) -> None:
        if isinstance(await limits.hit("sms", PHONE, BUDGET, NOW), Granted):
            # No `finally`, no flush, no clean closing of anything: what was not kept is lost.
            os._exit(_DEAD)

    reachable.run(hit)
