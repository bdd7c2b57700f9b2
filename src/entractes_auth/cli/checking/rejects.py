"""The file of invalid rows: line number, reasons, and the row as it stands.

It holds people's numbers: it can be read by its owner only. It is written beside its place under another
name and takes its place when it is complete, so that a run which fails or is interrupted leaves what was there.
Accepted: a process that is killed outright leaves its unfinished file, hidden and readable by its owner only.
"""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO

from entractes_auth.cli.checking.plan import BadRow, Plan, Problem
from entractes_auth.cli.checking.sources import BYTE_ORDER_MARK
from entractes_auth.cli.console import CannotRun, printable

__all__ = ["Rejects", "replacing"]


class Rejects:
    """Writes invalid rows to an open binary file."""

    def __init__(self, file: IO[bytes], plan: Plan, header: bytes) -> None:
        self._file = file
        self._plan = plan
        # A file has many invalid rows, and few reasons.
        self._between = lru_cache(maxsize=1024)(self._say)
        if header.startswith(BYTE_ORDER_MARK):  # it tells Excel the encoding, from the first byte only
            file.write(BYTE_ORDER_MARK)
        file.write(
            b"line%breason%b%b\n" % (self._delimiter, self._delimiter, header.removeprefix(BYTE_ORDER_MARK))
        )

    def write(self, rows: Sequence[BadRow], lines_before: int) -> None:
        """Write the invalid rows of a piece that stands behind `lines_before` lines."""
        self._file.writelines(
            b"%d%b%b\n" % (lines_before + row.line + 1, self._between(row.problems), row.raw) for row in rows
        )

    @property
    def _delimiter(self) -> bytes:
        return self._plan.delimiter.encode()

    def _say(self, problems: Sequence[Problem]) -> bytes:
        """What stands between the line number and the row: the reasons, as a cell of the file's own kind."""
        names = [None if at is None else self._plan.columns[at].name for at, _ in problems]
        reason = " + ".join(
            code if name is None else f"{name}: {code}"
            for name, (_, code) in zip(names, problems, strict=True)
        )
        delimiter = self._plan.delimiter
        if self._plan.quoting:
            written = io.StringIO()
            csv.writer(written, delimiter=delimiter, lineterminator="").writerow([reason])
            reason = written.getvalue()
        else:
            reason = reason.replace(delimiter, " ")
        return f"{delimiter}{reason}{delimiter}".encode(self._plan.encoding, "backslashreplace")


@contextmanager
def replacing(path: Path) -> Generator[IO[bytes]]:
    """A file that becomes `path` when the block ends well, and vanishes when it does not.

    A device or a named pipe is written to as it is. Raises `OSError` when the folder cannot be written.
    """
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        if path.is_dir():
            shown = printable(str(path))
            raise CannotRun(
                f"'{shown}' is a folder: give the name of a file",
                f"« {shown} » est un dossier : donnez un nom de fichier",
            )
        with path.open("wb") as file:
            yield file
        return
    place = path.resolve()  # behind a symbolic link, the file is replaced and not the link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
    except OSError as failed:  # it would name the unfinished file, which the user has not heard of
        raise OSError(failed.errno, failed.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except BaseException:  # Ctrl-C too: half a report would be taken for a whole one
        Path(name).unlink(missing_ok=True)
        raise
