"""Kill, look, print the table, and end with 1 on any deviation."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.crash.campaign import Campaign, Result, total
from benchmarks.crash.homes import Homes, PostgresHomes, SqliteHomes
from benchmarks.crash.rig import COLOURS
from benchmarks.crash.trials import TRIALS, Trial, left_out
from tests.servers.postgres import postgres_server

__all__ = ["main"]

_SAMPLE = 2
_LINE = "{:38} {:11} {:7} {:>6} {:>7}  {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign on each database, in each colour; the exit status is 1 when anything deviated."""
    options = _options(arguments)
    if left_out():
        print(f"no trial runs {', '.join(sorted(left_out()))}", file=sys.stderr)
        return 1
    trials = [trial for trial in TRIALS.values() if options.only in trial.name]
    colours = [options.colour] if options.colour else list(COLOURS)
    at_most = _SAMPLE if options.short else None
    began = time.monotonic()
    print(_LINE.format("flow", "database", "colour", "calls", "points", "deviations"))
    sums: list[tuple[str, str, Result]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, open_homes in enumerate((_sqlite, _postgres)):
            chosen = trials[number::2] if options.short else trials
            with open_homes(Path(folder)) as homes:
                campaign = Campaign(homes, (trial.stage for trial in chosen))
                for turn, colour in enumerate(colours):
                    share = chosen[turn :: len(colours)] if options.short else chosen
                    results = _results(campaign, homes.name, colour, share, at_most)
                    sums.append((homes.name, colour, total(results)))
    for database, colour, result in sums:
        _print("all", database, colour, result)
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if any(result.deviations for *_, result in sums) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    parser.add_argument(
        "--short",
        action="store_true",
        help=f"each flow on one of the databases and in one of the colours, at most {_SAMPLE} points of it",
    )
    parser.add_argument("--colour", choices=tuple(COLOURS), help="of the processes; both by default")
    parser.add_argument("--only", default="", help="flows whose name contains this")
    return parser.parse_args(arguments)


def _results(
    campaign: Campaign, database: str, colour: str, trials: Sequence[Trial], at_most: int | None
) -> Generator[Result]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(partial(campaign.run, opener=COLOURS[colour], at_most=at_most), trials)
        for trial, result in zip(trials, results, strict=True):
            _print(trial.name, database, colour, result)
            for deviation in result.deviations:
                print(f"    {deviation}")
            yield result


def _print(flow: str, database: str, colour: str, result: Result) -> None:
    found = len(result.deviations) or "none"
    print(_LINE.format(flow, database, colour, result.calls, result.points, found), flush=True)


@contextmanager
def _sqlite(folder: Path) -> Generator[Homes]:
    yield SqliteHomes(folder / "sqlite")


@contextmanager
def _postgres(folder: Path) -> Generator[Homes]:
    with postgres_server() as server:
        yield PostgresHomes(folder / "postgresql", server)


if __name__ == "__main__":
    sys.exit(main())
