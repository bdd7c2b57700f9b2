"""The file in pieces that can be judged one by one, in any process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from entractes_auth.cli.checking.blocks import check_block, count_too_long
from entractes_auth.cli.checking.plan import Outcome, Plan
from entractes_auth.cli.checking.sources import BLOCK, whole_lines
from entractes_auth.cli.console import CannotRun

__all__ = ["Batch", "Span", "batches", "check_piece", "spans"]

_SPAN: Final = 32 * BLOCK
_BATCH: Final = 8


@dataclass(frozen=True, slots=True)
class Span:
    """Whole lines of a plain file, by their place: the process that judges them reads them itself."""

    path: Path
    start: int
    end: int

    @property
    def size(self) -> int:
        """In bytes."""
        return self.end - self.start

    def blocks(self) -> Iterator[bytes | None]:
        """As `whole_lines`."""
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start)

            def read(count: int) -> bytes:
                left = self.end - file.tell()
                data = file.read(min(count, left))
                if left and not data:  # rows that nobody judged must not pass for valid ones
                    raise CannotRun(
                        "the file became shorter while it was read",
                        "le fichier a raccourci pendant sa lecture",
                    )
                return data

            yield from whole_lines(read)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some blocks of a stream, carried to the process that judges them."""

    held: tuple[bytes | None, ...]

    @property
    def size(self) -> int:
        """In bytes; a line that was too long to be read is not counted."""
        return sum(len(block) for block in self.held if block is not None)

    def blocks(self) -> Iterator[bytes | None]:
        """As `whole_lines`."""
        return iter(self.held)


def check_piece(plan: Plan, piece: Span | Batch) -> tuple[int, Outcome]:
    """The piece's size in bytes, and what was found in it."""
    outcome = Outcome.empty(plan)
    for block in piece.blocks():
        if block is None:
            count_too_long(plan, outcome)
        else:
            check_block(plan, block, outcome)
    return piece.size, outcome


def spans(path: Path, start: int, end: int, step: int = _SPAN) -> Iterator[Span]:
    """The plain file from byte `start` to `end` in parts of `step` bytes, and what is left of a line."""
    with path.open("rb") as file:
        while start < end:
            file.seek(start + step)
            cut = min(_behind_line_end(file), end)
            yield Span(path, start, cut)
            start = cut


def _behind_line_end(file: BinaryIO) -> int:
    """Where the next line begins. In small steps, since a line may be as long as the file."""
    while (part := file.readline(BLOCK)) and not part.endswith(b"\n"):
        pass
    return file.tell()


def batches(
    blocks: Iterable[bytes | None], *, stop_at_quotes: bool, left: list[bytes | None]
) -> Iterator[Batch]:
    """The stream's blocks, a few at a time. With `stop_at_quotes` it ends before the first block that
    holds a quote, which is put into `left`: from there on lines may belong together.
    """
    held: list[bytes | None] = []
    for block in blocks:
        if stop_at_quotes and block is not None and b'"' in block:
            left.append(block)
            break
        held.append(block)
        if len(held) == _BATCH:
            yield Batch(tuple(held))
            held = []
    if held:
        yield Batch(tuple(held))
