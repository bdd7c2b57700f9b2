"""Documents as files of one folder: random names, readable by the service's account only.

The folder must exist (mode 0700 is right) and must not be one that a web server publishes. Files are
not encrypted: use an encrypted volume. What the applicant's file was called is not kept.

A process that is killed in the middle of an upload leaves a file "*.part", which nothing refers to:
`retention.sweep` finds and deletes it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from entractes_auth.backends.documents.sniff import HEAD_BYTES, TAIL_BYTES, sniff
from entractes_auth.errors import DocumentRefused, NotFound, Problem, StoreUnavailable
from entractes_auth.records.registration import Document

__all__ = ["FilesystemDocuments"]

T = TypeVar("T")

_ID: Final = re.compile(r"[0-9a-f]{32}")
_PART: Final = ".part"
# O_EXCL: the file is ours, new, and not a link that someone put there. The other three exist on POSIX
# (the first two) and on Windows (the last) only.
_CREATE: Final = (
    os.O_RDWR
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class FilesystemDocuments:
    """`Documents` in the folder `path`. Thread-safe, and safe with several processes: names never meet.

    A folder that is missing is never made: every call then raises `StoreUnavailable`. An empty
    folder in the place of a volume that is not mounted would take new documents, which vanish
    under the volume once it is back.
    """

    __slots__ = ("_folder",)

    def __init__(self, path: str | Path) -> None:
        self._folder = Path(path)

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """See `Documents.put`. The file is on the disk, under its name, before this returns.

        An error that `chunks` raises passes as it is. Whatever is raised, no file is left.
        """
        document_id = secrets.token_hex(16)
        part = self._folder / f"{document_id}{_PART}"
        descriptor = _done("stored", lambda: os.open(part, _CREATE, 0o600))
        try:
            try:
                size = _copy(chunks, descriptor, maximum_bytes)
                media_type = _done("stored", lambda: sniff(*_ends(descriptor, size)))
                _done("stored", lambda: os.fsync(descriptor))
            finally:
                os.close(descriptor)
            _done("stored", lambda: self._publish(part, self._folder / document_id))
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return Document(id=document_id, media_type=media_type, size=size)

    def read(self, document_id: str) -> bytes:
        """See `Documents.read`. Raises `StoreUnavailable` when the folder is gone or may not be read."""
        path = self._path(document_id)
        if path is None:
            raise NotFound("no such document")
        content = _done("read", lambda: self._content(path))
        if content is None:
            raise NotFound("no such document")
        return content

    def delete(self, document_id: str) -> None:
        """See `Documents.delete`. Raises `StoreUnavailable` when the file may still be there."""
        path = self._path(document_id)
        if path is None:
            return
        _done("deleted", lambda: self._unlink(path))

    def stored(self, before: datetime) -> tuple[str, ...]:
        """See `Documents.stored`: by the files' own times. What is no document of ours is not listed."""
        return _done("listed", lambda: tuple(self._older(before)))

    def _path(self, document_id: str) -> Path | None:
        # The whole form, before any path is built: "../" or an absolute path would lead out of the folder.
        return self._folder / document_id if _ID.fullmatch(document_id) else None

    def _publish(self, part: Path, path: Path) -> None:
        """Give the file its name, durably: the content was synced before, the name is after."""
        os.rename(part, path)
        try:
            _sync_folder(self._folder)
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def _content(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            # A volume that is not mounted must not pass for a document that was deleted.
            os.stat(self._folder)
        return None

    def _unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.with_suffix(_PART).unlink(missing_ok=True)
        _sync_folder(self._folder)

    def _older(self, before: datetime) -> Iterator[str]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                document_id = entry.name.removesuffix(_PART)
                # Deleted since it was listed: gone, as it should be.
                with suppress(FileNotFoundError):
                    if _ID.fullmatch(document_id) and entry.stat().st_mtime <= before.timestamp():
                        yield document_id


def _copy(chunks: Iterable[bytes], descriptor: int, maximum_bytes: int) -> int:
    """Write the chunks and give their size. Reads no further once the maximum is passed."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > maximum_bytes:
            raise DocumentRefused(Problem("document", "too_large", {"maximum_bytes": maximum_bytes}))
        _done("stored", partial(_write, descriptor, chunk))
    return size


def _write(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _ends(descriptor: int, size: int) -> tuple[bytes, bytes]:
    """The first and the last bytes of the file, as `sniff` wants them."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    head = _read(descriptor, HEAD_BYTES)
    os.lseek(descriptor, max(0, size - TAIL_BYTES), os.SEEK_SET)
    return head, _read(descriptor, TAIL_BYTES)


def _read(descriptor: int, wanted: int) -> bytes:
    content = bytearray()
    while len(content) < wanted:
        piece = os.read(descriptor, wanted - len(content))
        if not piece:
            break
        content += piece
    return bytes(content)


def _sync_folder(folder: Path) -> None:
    """Make the folder's list of names durable. Windows has no such call, and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _done(what: str, act: Callable[[], T]) -> T:
    """What `act` gives. Full, read-only, gone or forbidden: one answer, with the system's reason and no path."""
    try:
        return act()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    # Out of the handler: the system's error names the path, and would travel along as the context.
    raise StoreUnavailable(f"the document could not be {what}: {reason}")
