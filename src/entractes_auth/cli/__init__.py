"""The command `entractes-auth`: what an operator or a data engineer does without writing Python.

    entractes-auth numbers check extract.txt --column "Identifiant PP"

A command is a line of `commands.COMMANDS` and one module, which is imported when it is called and at no
other time: `--help` loads no pydantic, no database and no numbers. It runs on the core install alone,
unless its own module needs an extra, and it says so then.

What a user can cause (a missing file, a mistaken option) is one line on the standard error and an
exit code of `Exit`; a traceback is a bug of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from entractes_auth.cli.commands import find, parser
from entractes_auth.cli.console import CannotRun, Console, Exit
from entractes_auth.errors import AuthError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (default: the process's own arguments); returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    console = Console.standard()
    try:
        code = _run(words, console)
        console.out.flush()
    except KeyboardInterrupt:
        console.error(console.say("interrupted", "interrompu"))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _nothing_more_to_standard_output()
        return Exit.CLOSED_PIPE
    except (CannotRun, AuthError) as refused:
        console.error(str(refused))
        return Exit.CANNOT_RUN
    except OSError as failed:
        console.error(f"{failed.filename or 'input/output'}: {failed.strerror or failed}")
        return Exit.CANNOT_RUN
    return code


def _run(words: list[str], console: Console) -> int:
    command = find(words)
    try:
        arguments = parser(command, console).parse_args(words)
    except SystemExit as ended:  # argparse has printed its help, or its one line
        return Exit.CANNOT_RUN if ended.code else Exit.DONE
    if command is None:
        console.error(console.say("no command given; see --help", "il manque une commande ; voir --help"))
        return Exit.CANNOT_RUN
    return command.load().run(arguments, console)


def _nothing_more_to_standard_output() -> None:
    """Who read us has gone (`| head`): without this, the interpreter would complain when it flushes at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
