"""`entractes-auth numbers check` on a generated extract, beside merely splitting the same lines in Python.

    python -m benchmarks.checker            1.9 million lines, the size of the real one
    python -m benchmarks.checker --short    100,000 lines, for `make bench`

Each measure is a whole process, its start included. One core is compared with one core, by CPU seconds;
several cores by the clock on the wall. Memory is that of the largest process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.extract import COLUMNS
from benchmarks.spread import Spread, verdict

__all__ = ["main"]

LINES: Final = 1_900_000
SHORT_LINES: Final = 100_000
ROUNDS: Final = 5
SPEED_AIM: Final = 0.6
MEMORY_AIM_MB: Final = 150
_SPLIT: Final = """
import sys
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        line.split("|")
"""
_CHECK: Final = (sys.executable, "-m", "entractes_auth", "numbers", "check")
_ONE_COLUMN: Final = ("--column", "Identifiant PP")


@dataclass(frozen=True, slots=True)
class Measured:
    """One process and those that it started: seconds by the clock, CPU seconds, MB of the largest."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the checker of numbers.")
    parser.add_argument("--short", action="store_true", help=f"{SHORT_LINES:,} lines instead of {LINES:,}")
    lines = SHORT_LINES if parser.parse_args().short else LINES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "extract.txt"
        # In a process of its own: a child's peak of memory begins with what its parent holds.
        subprocess.run([sys.executable, "-m", "benchmarks.extract", str(path), str(lines)], check=True)
        _check_file(path, lines)


def _check_file(path: Path, lines: int) -> None:
    size = path.stat().st_size / 1e6
    cores = os.cpu_count() or 1
    print(f"A generated extract: {lines:,} lines, {len(COLUMNS)} columns, {size:,.0f} MB")
    check = (*_CHECK, str(path), "--invalid", os.devnull)
    programs = {
        "split, 1 process": (sys.executable, "-c", _SPLIT, str(path)),
        "check 1 column, 1 process": (*check, *_ONE_COLUMN, "--jobs", "1"),
        "check 6 columns, 1 process": (*check, "--jobs", "1"),
        f"check 1 column, {cores} processes": (*check, *_ONE_COLUMN, "--jobs", str(cores)),
        f"check 6 columns, {cores} processes": (*check, "--jobs", str(cores)),
    }
    rounds: dict[str, list[Measured]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            rounds[name].append(_measure(program))
    split = rounds["split, 1 process"]
    for name, measured in rounds.items():
        wall = Spread.of([lines / each.wall for each in measured])
        memory = max(each.memory for each in measured)
        print(f"  {name:28} {wall.text(',.0f', ' rows/s')}, at most {memory:.0f} MB")
    for name, measured in list(rounds.items())[1:]:
        alone = name.endswith(", 1 process")
        ratio = Spread.of(
            [
                one.cpu / other.cpu if alone else one.wall / other.wall
                for one, other in zip(split, measured, strict=True)
            ]
        )
        by = "CPU" if alone else "clock"
        aim = f": aim at least {SPEED_AIM}: {verdict(SPEED_AIM, ratio.median)}" if alone else ""
        print(f"  speed of {name} / split, by {by}: {ratio.text('.2f')}{aim}")
    most = max(each.memory for measured in list(rounds.values())[1:] for each in measured)
    print(
        f"  memory, largest process: {most:.0f} MB: aim below {MEMORY_AIM_MB}: {verdict(most, MEMORY_AIM_MB)}"
    )


def _measure(program: tuple[str, ...]) -> Measured:
    began = time.perf_counter()
    running = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - began
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in (0, 1):  # 1: there are invalid rows, as there should be
        raise SystemExit(f"{' '.join(program[:5])} ended with {running.returncode}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # of ru_maxrss: bytes there, kilobytes elsewhere
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


if __name__ == "__main__":
    main()
