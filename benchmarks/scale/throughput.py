"""One process and two on one PostgreSQL: sign-ins with the cheapest hash, and relays that drain one outbox.

Bare work, which shares nothing, is measured in the same rounds: what it does not gain by a second process, the
machine has not got. The CPU of one sign-in, the server's included, tells what two processes cost each other on
any machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from benchmarks.scale.homes import Home, postgres_homes
from benchmarks.scale.loading import load, queued
from benchmarks.scale.worker import PEOPLE, WORKS, Done, work
from benchmarks.spread import Spread

__all__ = ["main"]

AIM: Final = 1.7
_BARE: Final = "bare work"
_MESSAGES_A_SECOND: Final = 2_000  # more than two relays deliver


@dataclass(slots=True)
class Gains:
    """What each round gave for one kind of work: per second and CPU milliseconds of one, with one process and two."""

    alone: list[float] = field(default_factory=list[float])
    both: list[float] = field(default_factory=list[float])
    cpu_alone: list[float] = field(default_factory=list[float])
    cpu_both: list[float] = field(default_factory=list[float])

    @property
    def gain(self) -> Spread:
        """Two processes against one, within each round."""
        return Spread.of([both / alone for alone, both in zip(self.alone, self.both, strict=True)])

    def show(self, name: str, machine: float) -> None:
        """Print it; `machine` is what bare work gained."""
        alone, both = Spread.of(self.alone).median, Spread.of(self.both).median
        print(
            f"  {name:10} {alone:7.0f} a second alone, {both:7.0f} by two: {self.gain.text('.2f', ' times')}"
        )
        if name == _BARE:
            return
        cpu, cpu_both = Spread.of(self.cpu_alone).median, Spread.of(self.cpu_both).median
        print(
            f"    CPU of one: {cpu:.2f} ms alone, {cpu_both:.2f} ms beside another ({cpu_both / cpu:.2f} times)"
        )
        print(f"    aim: at least {AIM} times: {_verdict(self.gain.median, machine)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measure (default: 4)")
    parser.add_argument("--rounds", type=int, default=5, help="two at least (default: 5)")
    given = parser.parse_args(arguments)
    print(f"One process and two on one PostgreSQL; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    # Spawned: a process that was forked would share this one's connections.
    with tempfile.TemporaryDirectory() as folder, postgres_homes(Path(folder)) as make:
        home = make("throughput")
        load(home, PEOPLE)
        most = int((given.rounds + 1) * 3 * given.seconds * _MESSAGES_A_SECOND)
        home.load(queued(home.encode, range(len(PEOPLE.backlog), most)))
        home.settle()
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            gains = _measure(pool, home, given.rounds, given.seconds)
        home.end()
    for name, found in gains.items():
        found.show(name, gains[_BARE].gain.median)
    return 0


def _measure(pool: ProcessPoolExecutor, home: Home, rounds: int, seconds: float) -> dict[str, Gains]:
    gains = {name: Gains() for name in WORKS}
    for name in WORKS:
        _together(pool, home, name, 2, seconds)  # warm: imports, connections, statements
    for turn in range(rounds):
        for name, found in gains.items():
            for processes in (2, 1) if turn % 2 else (1, 2):
                rate, cpu = _together(pool, home, name, processes, seconds)
                (found.alone if processes == 1 else found.both).append(rate)
                (found.cpu_alone if processes == 1 else found.cpu_both).append(cpu)
    return gains


def _together(
    pool: ProcessPoolExecutor, home: Home, name: str, processes: int, seconds: float
) -> tuple[float, float]:
    """How many a second all of them did, and the CPU milliseconds of one, with the server's."""
    server = home.server_seconds()
    running = [pool.submit(work, home.url, name, seconds) for _ in range(processes)]
    done: list[Done] = [each.result() for each in running]
    cpu = home.server_seconds() - server + sum(each.cpu for each in done)
    times = sum(each.times for each in done)
    return sum(each.times / each.wall for each in done), cpu * 1000 / times


def _verdict(gain: float, machine: float) -> str:
    if gain >= AIM:
        return "met"
    if machine >= AIM:
        return "not met"
    return f"this machine has no second core to give: bare work gained {machine:.2f} times"


if __name__ == "__main__":
    sys.exit(main())
