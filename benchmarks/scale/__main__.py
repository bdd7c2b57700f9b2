"""Load, measure, print. A growth above the aim is printed and fails nothing: it depends on the machine.

Round trips do not: the exit status is 1 when an allocation took more than it may.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.scale import allocation
from benchmarks.scale.growth import AIM, Rounds, measure
from benchmarks.scale.homes import Home, Make, postgres_homes, sqlite_homes
from benchmarks.scale.loading import load
from benchmarks.scale.people import People
from benchmarks.scale.sites import Site

__all__ = ["main"]

ENGINES: Final[Mapping[str, Callable[[Path], AbstractContextManager[Make]]]] = {
    "SQLite": sqlite_homes,
    "PostgreSQL": postgres_homes,
}


@dataclass(frozen=True, slots=True)
class Form:
    """What is measured: sizes with so many rows to a page of the queue, and approvals at each level."""

    sizes: tuple[int, ...]
    page: int
    rounds: Rounds
    levels: tuple[allocation.Level, ...]
    approvals: int


# Ten rows to a page: of 10,000 accounts' registrations, a thousand pages of 25 would be most of the table.
FULL: Final = Form((10_000, 1_000_000), 10, Rounds(15, 20), allocation.LEVELS, 300)
SHORT: Final = Form((1_000, 10_000), 4, Rounds(5, 5), allocation.LEVELS[3:4], 20)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure on each engine; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=_sizes, help="sizes, smallest first (default: 10000,1000000)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one alone (default: both)")
    parser.add_argument(
        "--short", action="store_true", help="small, and within 20 seconds on a quiet machine"
    )
    given = parser.parse_args(arguments)
    form = SHORT if given.short else FULL
    if given.accounts:
        form = replace(form, sizes=given.accounts)
    print(f"Growth of the cost from {form.sizes[0]:,} accounts; aim: at most {AIM} times")
    print(
        f"  {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {form.rounds.count} rounds, median (least..most)"
    )
    kept = True
    for engine in given.engine or ENGINES:
        with tempfile.TemporaryDirectory() as folder, ENGINES[engine](Path(folder)) as make:
            print(f"  {engine}", flush=True)
            _grow(make, form)
            print(
                f"  {engine}, {allocation.DIGITS}-digit identifiers; aim: at most {allocation.AIM} round trips"
            )
            kept = allocation.show(make, form.levels, form.approvals) and kept
    return 0 if kept else 1


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(size) if size.isdecimal() else 0 for size in text.split(","))
    if sizes[0] < 1 or sorted(set(sizes)) != list(sizes):
        raise argparse.ArgumentTypeError("numbers of accounts with commas between, the smallest first")
    return sizes


def _grow(make: Make, form: Form) -> None:
    sites: dict[int, Site] = {}
    for size in form.sizes:
        people = People(size, page=form.page)
        sites[size] = Site(_loaded(make, people), people)
    for growth in measure(sites, form.rounds, lambda turn: _tell(f"round {turn + 1} of {form.rounds.count}")):
        growth.show()
    for site in sites.values():
        site.home.end()


def _loaded(make: Make, people: People) -> Home:
    began = time.perf_counter()
    home = make(f"accounts_{people.accounts}")
    load(home, people, lambda table: _tell(f"{people.accounts:,} accounts: loading {table}"))
    took = time.perf_counter() - began
    print(
        f"    {people.accounts:>9,} accounts loaded in {took:.0f} s, {home.megabytes():,.0f} MB", flush=True
    )
    return home


def _tell(progress: str) -> None:
    """One line that is written over again, where somebody looks on."""
    if sys.stderr.isatty():
        print(f"\r\033[K    {progress}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
