"""SIREN and SIRET beside python-stdnum; `make differential` compares ten times as many texts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.numbers.differential import KINDS, REASONS, compare

ROOT = Path(__file__).resolve().parents[2]


def test_every_difference_on_a_hundred_thousand_texts_has_its_named_reason() -> None:
    """In a process of its own, whose lines coverage does not count: it would take seven times as long."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.numbers.differential", "100000"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "100,000 texts" in done.stdout
    assert "         0  unexplained" in done.stdout


def test_the_comparison_meets_both_verdicts_every_reason_and_la_postes_rule() -> None:
    found = compare(10_000, seed=3)
    assert found.unexplained == []
    assert {name for name, _ in found.differences} == {reason.name for reason in REASONS}
    different = sum(found.differences.values())
    assert found.both_accept + found.both_refuse + different == len(KINDS) * 10_000
    assert found.both_accept > 3_000
    assert found.both_refuse > 10_000
    assert found.of_la_poste > 500
