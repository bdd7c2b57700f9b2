"""docs/command-line.md: its commands are run in a shell, and say what the page says that they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from entractes_auth.cli.console import Exit
from tests.docs.pages import DOCS, rows

PAGE = (DOCS / "command-line.md").read_text(encoding="utf-8")


def conversations() -> Iterator[tuple[str, str]]:
    """Each command of the page, and what it answers there."""
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            yield command, answer


def test_the_commands_of_the_page_answer_as_it_says(tmp_path: Path) -> None:
    """One shell after the other, in a folder with the page's files and the command on the PATH."""
    for name, content in re.findall(
        r"<!-- file: (\S+) -->\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    command = tmp_path / "bin" / "entractes-auth"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m entractes_auth "$@"\n')
    command.chmod(0o755)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "NO_COLOR"}},
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    answered = 0
    for words, expected in conversations():
        done = subprocess.run(
            ["sh", "-c", words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said = done.stdout.strip()
        assert (said == expected.strip()) if expected else said.startswith("usage: entractes-auth"), words
        answered += 1
    assert answered > 8


def test_the_page_has_every_exit_code() -> None:
    """The table is the list of `Exit`."""
    documented = [row[0] for row in rows("docs/command-line.md", 2) if row[0].isdigit()]
    assert [code for code in documented if code != "141"] == [str(int(each)) for each in Exit if each != 141]
    assert f"| {int(Exit.CLOSED_PIPE)} |" in PAGE
