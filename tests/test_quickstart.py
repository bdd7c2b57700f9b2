"""The two quickstarts run, and the difference between them is the `await`."""

from __future__ import annotations

import asyncio
import difflib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples import quickstart, quickstart_async

EXAMPLES = Path(quickstart.__file__).parent
SYNC, ASYNC = EXAMPLES / "quickstart.py", EXAMPLES / "quickstart_async.py"


def body(path: Path) -> str:
    """The program without its docstring, which names the other file."""
    return path.read_text(encoding="utf-8").split('"""\n', 2)[2]


def test_the_whole_life_of_an_account_runs_in_sync() -> None:
    assert quickstart.main() == "Camille MARTIN"


def test_the_whole_life_of_an_account_runs_on_an_event_loop() -> None:
    assert asyncio.run(quickstart_async.main()) == "Camille MARTIN"


@pytest.mark.parametrize("script", [SYNC, ASYNC], ids=lambda path: path.stem)
def test_each_runs_as_a_script_from_anywhere(script: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, check=True, cwd=tmp_path, text=True
    )
    assert done.stdout == "Camille MARTIN signed in, forgot the password, and signed in again.\n"
    assert done.stderr == ""


def test_without_await_and_asyncio_the_two_are_the_same_text() -> None:
    text = body(ASYNC)
    assert text.count("await auth.run(") == body(SYNC).count("auth.run(") > 10
    text = text.replace("await ", "").replace("async def", "def").replace("AsyncAuth", "Auth")
    text = text.replace("import asyncio\n", "", 1).replace("asyncio.run(main())", "main()")
    assert list(difflib.unified_diff(body(SYNC).splitlines(), text.splitlines(), lineterm="")) == []


def test_each_is_short_enough_to_be_read_at_once() -> None:
    for path in (SYNC, ASYNC):
        code = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"\S", line)]
        assert len(code) <= 75
