"""The command `entractes-auth`: what an operator or a data engineer does without writing Python.

    entractes-auth numbers check extract.txt --column "Identifiant PP"

A command is a line of `commands.COMMANDS` and one module, which is imported when it is called and at no
other time: `--help` loads no pydantic, no database and no numbers. It runs on the core install alone,
unless its own module needs an extra, and it says so then.

What a user can cause (a missing file, a mistaken option) is one line on the standard error and an
exit code of `Exit`; a traceback is a bug of ours.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from entractes_auth.cli.commands import find, parser
from entractes_auth.cli.console import CannotRun, Console, Exit
from entractes_auth.errors import AuthError, InvalidInput, StoreUnavailable

__all__ = ["main"]

_FRENCH_CAUSES: Final[Mapping[int, str]] = {
    errno.EACCES: "accès refusé",
    errno.EISDIR: "est un dossier",
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.ENOSPC: "il n'y a plus de place",
    errno.ENOTDIR: "n'est pas un dossier",
    errno.EPERM: "opération interdite",
    errno.EROFS: "le système de fichiers est en lecture seule",
}


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
    except CannotRun as refused:
        console.error(console.say(refused.english, refused.french))
        return Exit.CANNOT_RUN
    except InvalidInput as refused:
        console.error(_sentence(refused, console))
        return Exit.CANNOT_RUN
    except StoreUnavailable as away:
        console.error(console.say(f"cannot be reached: {away}", f"inaccessible : {away}"))
        return Exit.UNREACHABLE
    except AuthError as refused:
        console.error(str(refused))
        return Exit.CANNOT_RUN
    except OSError as failed:
        where = failed.filename or console.say("input/output", "entrée/sortie")
        console.error(f"{where}: {_cause(failed, console)}")
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


def _sentence(refused: InvalidInput, console: Console) -> str:
    """What to mend, as a page would say it, with a terminal's ordinary spaces."""
    from entractes_auth.records.kinds import Locale
    from entractes_auth.texts import explain_error
    from entractes_auth.typography import NO_BREAK

    return explain_error(refused, Locale(console.language)).replace(NO_BREAK, " ")


def _cause(failed: OSError, console: Console) -> str:
    """What the system says; it speaks English to Python, whatever the user's language."""
    english = failed.strerror or str(failed)
    return console.say(english, _FRENCH_CAUSES.get(failed.errno or 0, english))


def _nothing_more_to_standard_output() -> None:
    """Who read us has gone (`| head`): without this, the interpreter would complain when it flushes at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
