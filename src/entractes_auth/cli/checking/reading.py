"""The whole file: its first line, then everything behind it in pieces, in the file's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

from entractes_auth.cli.checking.pieces import batches, check_piece, spans
from entractes_auth.cli.checking.plan import Outcome, Plan
from entractes_auth.cli.checking.quoted import check_quoted
from entractes_auth.cli.checking.sources import BYTE_ORDER_MARK, LONGEST_LINE, Source, whole_lines
from entractes_auth.cli.checking.workers import in_order
from entractes_auth.cli.console import CannotRun

__all__ = ["FirstLine", "outcomes", "read_first_line"]

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The header as it stands, without line end, and what was read behind it.

    `size`: its bytes, line end included. `text`: decoded, without byte order mark.
    """

    raw: bytes
    text: str
    size: int
    behind: Iterable[bytes | None]


def read_first_line(source: Source, encoding: str) -> FirstLine:
    """Read the header; raises `CannotRun` when the file does not begin like a table."""
    blocks = whole_lines(source.read)
    block = next(blocks, b"")
    if block is None:
        raise CannotRun(
            f"the first line is longer than {LONGEST_LINE:,} bytes: this is no table",
            "la première ligne dépasse un mébioctet : ce n'est pas un tableau",
        )
    line, _, rest = block.partition(b"\n")
    raw = line.removesuffix(b"\r")
    if block.startswith(_UTF_16) or b"\0" in raw:
        raise CannotRun(
            "the file is encoded in UTF-16, or is no text: save it as UTF-8",
            "le fichier est encodé en UTF-16, ou n'est pas du texte : enregistrez-le en UTF-8",
        )
    if b"\r" in raw:  # the whole file would be its header, and every number in it a column's name
        raise CannotRun(
            "a line ends with a carriage return alone: save the file with the line ends of Windows or Linux",
            "une ligne finit par un retour chariot seul : enregistrez le fichier avec les fins de ligne de"
            " Windows ou de Linux",
        )
    try:
        text = raw.removeprefix(BYTE_ORDER_MARK).decode(encoding)
    except UnicodeDecodeError:
        raise CannotRun(
            f"the first line is not {encoding}: give --encoding (Excel writes cp1252)",
            f"la première ligne n'est pas en {encoding} : donnez --encoding (Excel écrit du cp1252)",
        ) from None
    return FirstLine(raw, text, len(block) - len(rest), chain([rest] if rest else [], blocks))


def outcomes(plan: Plan, source: Source, first: FirstLine, jobs: int) -> Iterator[tuple[int, Outcome]]:
    """Size in bytes and findings of one piece after the other."""
    check = partial(check_piece, plan)
    if source.path and source.size is not None and not plan.quoting:
        yield from in_order(check, spans(source.path, first.size, source.size), jobs)
        return
    blocks = iter(first.behind)
    left: list[bytes | None] = []
    yield from in_order(check, batches(blocks, stop_at_quotes=plan.quoting, left=left), jobs)
    if left:
        yield from check_quoted(plan, chain(left, blocks))
