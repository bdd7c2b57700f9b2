"""A disk that is full, for real: the operating system refuses the write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Database and documents say `StoreUnavailable`, keep what they had, and go on when there is room again."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.full_disk", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("whole\n", 0), done.stderr
