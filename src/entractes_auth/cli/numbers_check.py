"""`entractes-auth numbers check`: check the columns of a CSV file, or of the directory's extract, by stream."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TextIO

from entractes_auth.cli.checking.header import chosen_columns, guess_delimiter, read_header
from entractes_auth.cli.checking.kinds import KINDS
from entractes_auth.cli.checking.plan import Outcome, Plan
from entractes_auth.cli.checking.reading import FirstLine, outcomes, read_first_line
from entractes_auth.cli.checking.rejects import Rejects, replacing
from entractes_auth.cli.checking.sources import open_source
from entractes_auth.cli.checking.summary import as_json, as_text
from entractes_auth.cli.console import CannotRun, Console, Exit
from entractes_auth.cli.progress import Progress

__all__ = ["configure", "run"]

_EPILOG: Final = """\
examples:
  entractes-auth numbers check people.csv --column RPPS
  entractes-auth numbers check PS_LibreAcces.zip --invalid wrong.txt
  entractes-auth numbers check sites.csv --column "Code site=finess" --column SIRET --json
  zcat extract.txt.gz | entractes-auth numbers check - --column "Identifiant PP"

Without --column, every column is checked whose name speaks of a number ("Numéro SIRET site").
"Identifiant PP" is an RPPS or ADELI number as "Type d'identifiant PP" beside it says.
Plain, gzip and zip files are read as they are; --invalid keeps the rows as they stand in the file.

exit codes:
  0    every row is valid
  1    at least one row is invalid
  2    nothing was checked, or not all: mistaken option, unreadable file, no such column
  130  interrupted (Ctrl-C)
  141  the reader of the output has gone
"""
_ENCODINGS: Final = ("utf-8", "cp1252", "latin-1")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add(
        "file",
        metavar="FILE",
        help="a file with a header line, gzip and zip included; - is the standard input",
    )
    add(
        "--column",
        metavar="NAME[=KIND]",
        action="append",
        default=[],
        help="a column to check; may be repeated",
    )
    add(
        "--kind",
        metavar="KIND",
        choices=sorted(KINDS),
        help=f"what the columns hold: {', '.join(sorted(KINDS))} (default: by their names)",
    )
    add("--required", action="store_true", help="an empty cell is invalid")
    add(
        "--invalid",
        metavar="FILE",
        help="write invalid rows, with line number and reasons; - is the standard output",
    )
    add("--json", action="store_true", help="print the summary as JSON")
    add("--jobs", metavar="N", type=_count, help="processes (default: one for each core)")
    add(
        "--delimiter",
        metavar="CHARACTER",
        type=_delimiter,
        help="between columns (default: by the header); 'tab'",
    )
    add(
        "--quotes",
        action=argparse.BooleanOptionalAction,
        help='whether "..." encloses a cell (default: unless the delimiter is |)',
    )
    add("--encoding", choices=_ENCODINGS, default="utf-8", help="of the file (default: %(default)s)")
    add("--member", metavar="NAME", help="which file of a zip that holds several")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check the file, and say what was found."""
    with ExitStack() as stack:
        source = stack.enter_context(open_source(arguments.file, arguments.member))
        first = read_first_line(source, arguments.encoding)
        plan = _plan(arguments, first.text)
        rejects = _rejects(arguments, plan, first, stack)
        total = Outcome.empty(plan)
        total.lines = 1
        progress = stack.enter_context(Progress(console.err, source.size))
        for size, found in outcomes(plan, source, first, arguments.jobs or _cores()):
            if rejects:
                rejects.write(found.kept, total.lines)
            total.add(found)
            progress.advance(size, found.rows)
    # Rows for another program and a summary for a person do not go into one pipe.
    stream = console.err if arguments.invalid == "-" else console.out
    if arguments.json:
        print(_json(as_json(arguments.file, plan, total), stream), file=stream)
    else:
        print(as_text(arguments.file, plan, total, console), file=stream)
    return Exit.FOUND if total.invalid else Exit.DONE


def _json(found: Mapping[str, Any], stream: TextIO) -> str:
    """For programs, and for the terminals on which people look at it: what does not print is escaped.

    Where the stream is not UTF-8 everything else is, too: its own escapes would not be JSON's.
    """
    plain = json.dumps(found, indent=2, ensure_ascii=str(stream.encoding).lower() != "utf-8")
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in plain)


def _plan(arguments: argparse.Namespace, first_line: str) -> Plan:
    delimiter = arguments.delimiter or guess_delimiter(first_line, quoting=arguments.quotes)
    # The directory's files are separated by bars and never quoted: there, a quote belongs to a name.
    quoting = delimiter != "|" if arguments.quotes is None else arguments.quotes
    header = read_header(first_line, delimiter, quoting=quoting)
    return Plan(
        delimiter=delimiter,
        encoding=arguments.encoding,
        width=len(header),
        quoting=quoting,
        columns=chosen_columns(header, arguments.column, arguments.kind),
        required=arguments.required,
        keep=arguments.invalid is not None,
    )


def _rejects(arguments: argparse.Namespace, plan: Plan, first: FirstLine, stack: ExitStack) -> Rejects | None:
    if arguments.invalid is None:
        return None
    if arguments.invalid == "-":
        return Rejects(sys.stdout.buffer, plan, first.raw)
    path = Path(arguments.invalid)
    if path.is_file() and os.path.samestat(path.stat(), _checked(arguments.file)):
        raise CannotRun(
            "--invalid names the file that is checked: it would be replaced",
            "--invalid nomme le fichier vérifié : il serait remplacé",
        )
    return Rejects(stack.enter_context(replacing(path)), plan, first.raw)


def _checked(name: str) -> os.stat_result:
    """Of the file that is checked, the standard input's too (`< people.csv`)."""
    return os.fstat(sys.stdin.fileno()) if name == "-" else os.stat(name)


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError("a number from 1 to 256")
    return int(text)


def _delimiter(text: str) -> str:
    text = "\t" if text in ("tab", "\\t") else text
    if len(text) != 1 or not text.isascii() or text.isalnum() or text in '"\r\n\0':
        raise argparse.ArgumentTypeError("one character that is no letter, digit or quote, or 'tab'")
    return text
