"""Where the rows come from: a file, a gzip or zip file read as it is unpacked, or the standard input.

Nothing is ever held whole: a block is a tenth of a megabyte of whole lines, and a line of more than
`LONGEST_LINE` is dropped as it is read, and reported.
"""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from entractes_auth.cli.console import CannotRun, printable

__all__ = ["BLOCK", "BYTE_ORDER_MARK", "LONGEST_LINE", "Readable", "Source", "open_source", "whole_lines"]

BLOCK: Final = 112 * 1024
"""Bytes read at once: large enough that Python's own work is per block, small enough for the CPU's cache.

Below 128 KiB, from where on glibc takes memory from the system, page by page, and gives it back at once.
"""

LONGEST_LINE: Final = 1024 * 1024
"""Bytes; the directory's lines have about five hundred."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""What Windows writes before UTF-8; no part of the first column's name."""

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_EXTRACT: Final = "PS_LibreAcces_Personne_activite"


class Readable(Protocol):
    """All that is asked of a file here."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """An open file. `size`: bytes once unpacked, or None when nobody knows.

    `path`: of a plain file, which several processes can open and read in parts.
    """

    file: Readable
    size: int | None
    path: Path | None

    def read(self, count: int) -> bytes:
        """Up to `count` bytes; empty at the end. Raises `CannotRun` for a damaged gzip or zip file."""
        try:
            return self.file.read(count)
        except _damages() as broken:
            raise CannotRun(
                f"the file is damaged or cut short: {broken}",
                f"le fichier est abîmé ou incomplet : {broken}",
            ) from broken


@contextmanager
def open_source(name: str, member: str | None = None) -> Generator[Source]:
    """Open the file `name`, or the standard input for "-"; raises `CannotRun` or `OSError`.

    `member`: the file to take from a zip that holds several; by default the directory's activities.
    """
    with ExitStack() as stack:
        file: IO[bytes]
        if name == "-":
            file = sys.stdin.buffer
            path = size = None
        else:
            file = stack.enter_context(Path(name).open("rb"))
            found = Path(name).stat()
            regular = stat.S_ISREG(found.st_mode)
            path, size = (Path(name), found.st_size) if regular else (None, None)
        head = _head(file)
        if head.startswith(_ZIP):
            if not file.seekable():
                raise CannotRun(
                    "a zip file cannot be read from a pipe: give its name",
                    "un fichier zip ne se lit pas dans un tube : donnez son nom",
                )
            yield _in_zip(file, member, stack)
        elif member is not None:
            raise CannotRun(
                "--member: the file is no zip file", "--member : le fichier n'est pas un fichier zip"
            )
        elif head.startswith(_GZIP):
            import gzip

            yield Source(gzip.GzipFile(fileobj=file), None, None)
        else:
            yield Source(file, size, path)


def _head(file: IO[bytes]) -> bytes:
    """The first bytes, which stay to be read."""
    return file.peek(len(_ZIP)) if isinstance(file, io.BufferedReader) else b""


def whole_lines(read: Callable[[int], bytes]) -> Iterator[bytes | None]:
    """Blocks of whole lines, in order; None stands for one line that was longer than `LONGEST_LINE`."""
    rest = b""
    skipping = False
    while data := read(BLOCK):
        first = data.find(b"\n") + 1
        if skipping or (first and len(rest) + first > LONGEST_LINE):
            if not skipping:
                yield None
            rest = b""
            skipping = not first
            data = data[first:] if first else b""
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join((rest, memoryview(data)[:cut]))
            rest = data[cut:]
        else:
            rest += data
            if len(rest) > LONGEST_LINE:
                yield None
                rest = b""
                skipping = True
    if rest:
        yield rest


def _in_zip(file: IO[bytes], member: str | None, stack: ExitStack) -> Source:
    import zipfile

    try:
        archive = stack.enter_context(zipfile.ZipFile(file))
        info = archive.getinfo(member or _only_member(archive.namelist()))
        return Source(stack.enter_context(archive.open(info)), info.file_size, None)
    except KeyError:
        shown = printable(str(member))
        raise CannotRun(
            f"the zip file holds no '{shown}'", f"le fichier zip ne contient pas « {shown} »"
        ) from None
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as broken:  # the first: a password
        raise CannotRun(
            f"the zip file cannot be read: {broken}", f"le fichier zip est illisible : {broken}"
        ) from broken


def _only_member(names: list[str]) -> str:
    files = [name for name in names if not name.endswith("/")]
    wanted = files if len(files) == 1 else [name for name in files if Path(name).name.startswith(_EXTRACT)]
    if len(wanted) == 1:
        return wanted[0]
    raise CannotRun(
        f"the zip file holds {len(files)} files: choose one with --member NAME",
        f"le fichier zip contient {len(files)} fichiers : choisissez-en un par --member NOM",
    )


def _damages() -> tuple[type[Exception], ...]:
    """Loaded when something went wrong: most runs need neither module."""
    import zipfile
    import zlib

    return EOFError, OSError, RuntimeError, zlib.error, zipfile.BadZipFile
