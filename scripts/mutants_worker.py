"""Runs tests again and again, each time in a fork of a process that has pytest and Hypothesis loaded.

Reads pytest's arguments from standard input, a JSON list per line, and answers each with a line that holds
pytest's exit status; what pytest prints is in tests.log. What is tested is never loaded here, so that each
fork loads it as it is on disk.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings

LONGEST_RUN_SECONDS: Final = 120  # a change may make a loop endless: that is noticed

# The same examples for each mutant, few, and none made simpler. Not the tests' own conftest.py, which asks
# for servers that mutants of numbers do not need.
_HYPOTHESIS: Final = settings(
    derandomize=True,
    deadline=None,
    max_examples=30,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
_PYTEST: Final = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider"]


def status_of(tests: list[str]) -> int:
    """Zero when all of them pass."""
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST_RUN_SECONDS)
        log = os.open("tests.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, sys.stdout.fileno())
        os._exit(pytest.main([*_PYTEST, *tests]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    settings.register_profile("mutants", _HYPOTHESIS)
    settings.load_profile("mutants")
    for name in ("hypothesis.strategies", "pydantic"):  # the tests import them: once here for all forks
        importlib.import_module(name)
    for line in sys.stdin:
        if "entractes_auth" in sys.modules:
            raise RuntimeError("every fork would test the code that is loaded here")
        sys.stdout.write(f"{status_of(json.loads(line))}\n")
        sys.stdout.flush()
        # The first run, of the unchanged tree, leaves compiled files; what is changed later must not.
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


if __name__ == "__main__":
    main()
