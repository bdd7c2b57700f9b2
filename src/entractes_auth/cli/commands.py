"""The list of commands, and the parser that is made from it. A new command is added HERE, and nowhere else.

To add `entractes-auth db shrink`:

1. write `cli/db_shrink.py` with two functions, `configure(parser)`, which adds its arguments, and
   `run(arguments, console)`, which does the work and returns an `Exit`;
2. add its line to `COMMANDS`; for the first command of a group, the group's line to `GROUPS`.

The module is imported when its command is called: it may import an optional dependency at its top.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

from typing_extensions import override

from entractes_auth.cli.console import Console

__all__ = ["COMMANDS", "GROUPS", "Command", "CommandModule", "find", "parser"]


class CommandModule(Protocol):
    """What the module of a command has."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments, and examples and exit codes as the epilog."""
        ...

    def run(self, arguments: argparse.Namespace, console: Console) -> int:
        """Do it, and return the exit code. Raise `CannotRun` or an `AuthError` for what the user can mend."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words on the command line, one line of help, and the module that does it."""

    words: tuple[str, ...]
    summary: str
    module: str

    def load(self) -> CommandModule:
        """Import the module."""
        return cast(CommandModule, importlib.import_module(f"{__package__}.{self.module}"))


COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        ("numbers", "check"),
        "check the RPPS, ADELI, FINESS, SIREN and SIRET numbers of a file",
        "numbers_check",
    ),
    Command(("db", "check"), "tell whether this release works on the database's schema", "db_check"),
    Command(
        ("db", "upgrade"), "create the database's tables, or bring them up to this release", "db_upgrade"
    ),
    Command(("limits", "show"), "show how much somebody used of each budget", "limits_show"),
    Command(("limits", "reset"), "give somebody's budgets back, and write down who did it", "limits_reset"),
    Command(("purge",), "erase what has served, by the policy's periods; only counts without --yes", "purge"),
)

GROUPS: Final[Mapping[str, str]] = {
    "numbers": "the numbers of professionals and structures",
    "db": "the tables of the SQL store",
    "limits": "the budgets of somebody who calls and cannot go on",
}

_EPILOG: Final = """\
examples:
  entractes-auth numbers check --help
  entractes-auth numbers check people.csv --column RPPS
  entractes-auth db upgrade --database sqlite:////srv/app/auth.db
  entractes-auth limits show 48213907 --database sqlite:////srv/app/auth.db
  entractes-auth purge --database sqlite:////srv/app/auth.db

Colours are used on a terminal: NO_COLOR=1 turns them off, FORCE_COLOR=1 turns them on.
Messages are French where LC_ALL, LC_MESSAGES or LANG begins with "fr", English elsewhere.
"""


def find(words: Sequence[str]) -> Command | None:
    """The command that the command line begins with."""
    return next((each for each in COMMANDS if tuple(words[: len(each.words)]) == each.words), None)


def parser(chosen: Command | None, console: Console) -> argparse.ArgumentParser:
    """The whole tree for `--help`, with the arguments of the chosen command only: no other is imported."""
    formatter = _formatter(console)
    root = argparse.ArgumentParser(
        prog="entractes-auth",
        description="Accounts and numbers of French health platforms, from the command line.",
        epilog=_EPILOG,
        formatter_class=formatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    top = root.add_subparsers(title="commands", metavar="COMMAND")
    levels = {"": top}  # the group's name: where its commands are added
    for command in COMMANDS:
        *groups, name = command.words
        group = groups[0] if groups else ""
        if group not in levels:
            inner = top.add_parser(
                group,
                help=GROUPS[group],
                epilog=f"Each has examples of its own: entractes-auth {group} {name} --help",
                formatter_class=formatter,
                allow_abbrev=False,
            )
            levels[group] = inner.add_subparsers(title="commands", metavar="COMMAND", required=True)
        leaf = levels[group].add_parser(
            name,
            help=command.summary,
            description=_sentence(command.summary),
            formatter_class=formatter,
            allow_abbrev=False,  # an option added later must not change what a script means
        )
        if command is chosen:
            command.load().configure(leaf)
    return root


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] + "."


def _formatter(console: Console) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        """Examples keep their lines, and headings are bold where there are colours."""

        @override
        def start_section(self, heading: str | None) -> None:
            super().start_section(console.bold(heading) if heading else heading)

    return Formatter


class _Version(argparse.Action):
    """`importlib.metadata` costs more than the rest of `--help`: it is loaded when it is asked for."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"entractes-auth {version('entractes_auth')}")
        parser.exit()
