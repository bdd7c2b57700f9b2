"""Runs `checks.check` on what libFuzzer makes up, guided by the lines that the readers reach.

    python -m fuzz.numbers [libFuzzer's options] [folders of inputs]

Not as a script: this folder would come first in the path, and this module in the place of Python's own
`numbers`.
"""

from __future__ import annotations

import importlib
import shlex
import sys
from typing import Any


def main() -> None:
    """Does not return: libFuzzer ends the process, with a status that is not zero if it found something."""
    # It is installed in an environment of its own, and has no types.
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["entractes_auth.numbers"]):
        from fuzz.checks import check
    # To merge inputs, libFuzzer starts its first argument again, through a shell.
    command = f"{shlex.quote(sys.executable)} -m fuzz.numbers"
    atheris.Setup([command, *sys.argv[1:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
