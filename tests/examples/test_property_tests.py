"""The example of a host's own suite finds each planted bug, and none in the site that has none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = ROOT / "examples" / "property_tests" / "planted"

# What went wrong, in the suite's words, and the step of the shortest way there that does it.
FOUND = {
    "double_click": ("a code was accepted twice", "state.types_an_old_code()"),
    "limit_on_route": ("a code was accepted after 3 wrong ones on one day", "state.types_codes(at="),
    "rolled_back": ("a code was accepted after 2 wrong ones on one sign-in", "state.types_codes(at="),
}


def run_suite(site: str) -> subprocess.CompletedProcess[str]:
    """The suite on one site, as its README says, within the minute that it promises."""
    # Not traced: that would take most of the minute, and says nothing that other tests do not.
    untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "examples/property_tests"]
    return subprocess.run(
        [*command, f"--site={site}"], cwd=ROOT, env=untraced, capture_output=True, text=True, timeout=60
    )


def test_the_right_site_passes() -> None:
    done = run_suite("site")
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("site", FOUND)
def test_each_planted_bug_is_found_and_shown_in_a_few_steps(site: str) -> None:
    done = run_suite(site)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout  # the site that lets nobody in is not what was found
    sentence, step = FOUND[site]
    assert f"AssertionError: {sentence}" in done.stdout
    # Of the traceback alone: where CI is set, pytest's summary shows the example once more.
    shown = [line for line in done.stdout.splitlines() if line.startswith("E ")]
    steps = [line for line in shown if "state." in line and "teardown" not in line]
    assert any(step in line for line in steps)
    assert len(steps) <= 4, steps


def test_each_planted_bug_is_tried() -> None:
    assert {path.stem for path in PLANTED.glob("*.py")} - {"__init__"} == set(FOUND)
