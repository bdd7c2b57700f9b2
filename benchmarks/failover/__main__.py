"""Fail over, print each time without service, and end with 1 on any deviation."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from benchmarks.failover.drill import DETECTION_SECONDS, Report, drill

__all__ = ["main"]

_NAMES = (
    "failover",
    "steps",
    "commits",
    "unavailable",
    "unknown",
    "attempts",
    "hits",
    "promotion (s)",
    "no service (s)",
)
_LINE = "{:>8} {:>7} {:>8} {:>12} {:>8} {:>9} {:>6} {:>14} {:>15}  {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drills; the exit status is 1 when anything deviated."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.failover", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one failover, with little load around it")
    parser.add_argument("--repeat", type=int, default=5, help="how many failovers (default: 5)")
    options = parser.parse_args(arguments)
    repeat, seconds = (1, 2.0) if options.short else (options.repeat, 5.0)
    print(f"the standby is promoted {DETECTION_SECONDS:.0f} s after the primary was killed")
    print(_LINE.format(*_NAMES, "deviations"))
    deviations = 0
    for number in range(1, repeat + 1):
        report = drill(seconds)
        _print(number, report)
        deviations += len(report.deviations)
    print("everything that was acknowledged is there" if not deviations else f"{deviations} deviations")
    return 1 if deviations else 0


def _print(number: int, report: Report) -> None:
    times = f"{report.promotion:.2f}", f"{report.outage:.2f}"
    counts = number, report.steps, report.commits, report.unavailable, report.unknown
    given = report.attempts, report.hits
    print(_LINE.format(*counts, *given, *times, len(report.deviations) or "none"), flush=True)
    for deviation, count in Counter(report.deviations).most_common():
        print(f"    {count} times: {deviation}")


if __name__ == "__main__":
    sys.exit(main())
