"""Where a command speaks: its two streams, whether they take colours, the reader's language, the exit codes."""

from __future__ import annotations

import enum
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

from typing_extensions import override

__all__ = ["CannotRun", "Console", "Exit", "printable"]

Language = Literal["en", "fr"]


class Exit(enum.IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FOUND = 1
    """The command did its work and found what it looks for: invalid numbers, a schema that is behind..."""
    CANNOT_RUN = 2
    """Mistaken arguments, an unreadable file, a missing library: nothing was changed."""
    UNREACHABLE = 3
    """The database or Redis cannot be reached: another try may do. What was told as done is done."""
    INTERRUPTED = 130
    """Ctrl-C (128 + SIGINT, as shells count)."""
    CLOSED_PIPE = 141
    """Who read the output has gone (128 + SIGPIPE)."""


class CannotRun(Exception):
    """What keeps a command from its work, in one line that says how to mend it. Exit code 2.

    `french`: the same in French; without it the English is shown to everybody.
    """

    def __init__(self, english: str, french: str | None = None) -> None:
        super().__init__(english, french)  # both, so that it comes whole out of another process
        self.english = english
        self.french = english if french is None else french

    @override
    def __str__(self) -> str:
        return self.english


@dataclass(frozen=True, slots=True)
class Console:
    """The streams and how to write to them. Tests make their own; commands get `Console.standard()`."""

    out: TextIO
    err: TextIO
    colour_out: bool
    colour_err: bool
    language: Language

    @classmethod
    def standard(cls) -> Console:
        """The process's own streams and environment."""
        _replace_closed_streams()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A column name that the terminal's encoding lacks must not end a run of ten minutes.
                stream.reconfigure(errors="backslashreplace")
        return cls(
            out=sys.stdout,
            err=sys.stderr,
            colour_out=_colours(sys.stdout, os.environ),
            colour_err=_colours(sys.stderr, os.environ),
            language=_language(os.environ),
        )

    def say(self, english: str, french: str) -> str:
        """The one of the two that the reader speaks."""
        return french if self.language == "fr" else english

    def bold(self, text: str) -> str:
        """For headings on the standard output."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour_out else text

    def green(self, text: str) -> str:
        """For what is well, on the standard output."""
        return f"\x1b[32m{text}\x1b[0m" if self.colour_out else text

    def red(self, text: str) -> str:
        """For what is not, on the standard output."""
        return f"\x1b[31m{text}\x1b[0m" if self.colour_out else text

    def error(self, message: str) -> None:
        """One line on the standard error."""
        label = self.say("error", "erreur")
        label = f"\x1b[1;31m{label}:\x1b[0m" if self.colour_err else f"{label}:"
        print("entractes-auth:", label, printable(message), file=self.err)


def _replace_closed_streams() -> None:
    """Python has None for a stream that was closed before it began (`>&-`): what goes there is for nobody.

    Opened here, the descriptor is nothing else's either: an error message would be written into the next
    file that is opened.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def printable(text: str) -> str:
    """`text` for a terminal: a file name or a column name may hold escape sequences that rewrite the screen."""
    return "".join(symbol if symbol.isprintable() else "\N{REPLACEMENT CHARACTER}" for symbol in text)


def _colours(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """NO_COLOR (no-color.org) wins over FORCE_COLOR, which wins over what the stream is."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def _language(environ: Mapping[str, str]) -> Language:
    """By the first of the three variables that is set, in the order that POSIX gives them."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := environ.get(name))), "")
    return "fr" if chosen.lower().startswith("fr") else "en"
