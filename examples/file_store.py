"""A store of one's own, in some sixty lines: everything in one file, under one lock.

Each method reads the file, does what the memory store does, and writes the file anew when something changed.
That is slow and right: all or nothing, durable before it returns, shared by threads and processes. It passes
the contract:

    python -m pytest examples --entractes-store=examples.file_store:make_store -m entractes_contract

A store on a database gives each method a statement of its own in place of the whole file.
"""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType

from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.storage.memory_draft import Tables
from entractes_auth.errors import StoreUnavailable

__all__ = ["FileStore", "make_store", "open_store"]


class FileStore(MemoryStore):
    """All tables in one file of a folder that nobody else may write to: what a pickle says is done."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = folder / "tables.pickle"
        self._threads = Lock()
        # Each method of the memory store holds this while it reads and changes the tables, and only then.
        self._lock = self  # type: ignore[assignment]

    def __enter__(self) -> None:
        """Keep other threads and processes out, and read what they left."""
        with _told(), ExitStack() as stack:
            stack.enter_context(self._threads)
            guard = stack.enter_context(open(self._path.with_suffix(".lock"), "a"))
            fcntl.flock(guard, fcntl.LOCK_EX)
            self._before = self._path.read_bytes() if self._path.exists() else b""
            self._tables = pickle.loads(self._before) if self._before else Tables()  # noqa: S301 - ours alone
            self._held = stack.pop_all()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Write what was changed, unless the method failed; then let the next one in."""
        with _told(), self._held:
            after = pickle.dumps(self._tables)
            if kind is None and after != self._before:
                self._replace(after)

    def _replace(self, content: bytes) -> None:
        """Whenever the power goes, the old file is there or the new one, whole; and then the new one for good."""
        fresh = self._path.with_suffix(".new")
        with open(fresh, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _told() -> Generator[None]:
    """A disk that is full, read-only or gone, in the contract's word."""
    try:
        yield
    except OSError:
        raise StoreUnavailable("the store's file cannot be read or written") from None


def make_store() -> Generator[FileStore]:
    """An empty store, for one case of the contract."""
    with TemporaryDirectory() as folder:
        yield FileStore(Path(folder))


@contextmanager
def open_store(folder: str) -> Generator[FileStore]:
    """The store of a folder, in another process."""
    yield FileStore(Path(folder))
