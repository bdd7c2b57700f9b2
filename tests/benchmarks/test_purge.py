"""The measure of the purge runs to its end: what is old is erased while a member signs in."""

from __future__ import annotations

import re

import pytest

from benchmarks import purge


def test_a_short_run_erases_everything_and_prints_the_longest_wait(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two thousand rows; the exit status says that none is left."""
    assert purge.main(["--rows", "2000"]) == 0
    said = capsys.readouterr().out
    assert "2,000 rows erased" in said
    assert re.search(r"the longest wait +\d+ ms; alone \d+ ms", said)
