"""SQLite and `fork`: which connections are open in this process, and which are its parent's.

SQLite keeps its locks by process, and notes in memory which of them it holds. A forked child
inherits the notes and not the locks: what it opens, on a file that its parent had open, joins
the parent's connections and locks nothing. A third process that closes the same file then
finds itself alone, deletes the log, and the child's commits vanish without an error. Closing
the parent's connections in the child is no way out (sqlite.org/howtocorrupt.html,
"Carrying an open database connection across a fork()").

So a child is refused the files that its parent had open. The list is the whole process's, as
SQLite's notes are: a second store on the same file is no way out either.

Accepted: connections that the host opens by itself, beside the stores, are not seen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from entractes_auth.errors import ConfigurationError

__all__ = ["Opened", "closed", "identity", "inherited", "opened", "refuse_inherited"]


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """One open connection: the process that opened it, and the file, by path and by identity."""

    pid: int
    path: Path
    file: tuple[int, int] | None


# By process id, not by `os.register_at_fork`: servers written in C fork without telling Python.
# Added to, removed from and copied in one step each: a lock could be inherited while it is held.
_OPEN: Final[set[Opened]] = set()


def opened(path: Path) -> Opened:
    """Note a connection that was just opened on the file."""
    connection = Opened(os.getpid(), path, identity(path))
    _OPEN.add(connection)
    return connection


def closed(connection: Opened) -> None:
    """Forget a connection that is closed; in a child the parent's stay, since they close nothing there."""
    if connection.pid == os.getpid():
        _OPEN.discard(connection)


def inherited(path: Path) -> bool:
    """Whether a parent of this process had connections to the file when it forked."""
    pid = os.getpid()
    parents = [connection for connection in tuple(_OPEN) if connection.pid != pid]
    if not parents:
        return False
    file = identity(path)
    return any(each.path == path or (file is not None and each.file == file) for each in parents)


def refuse_inherited(path: Path) -> None:
    """Raise `ConfigurationError` in a child of a process that had connections to the file when it forked."""
    if inherited(path):
        raise ConfigurationError(
            "this process was forked while its parent had the SQLite database open, and what it commits "
            "could be lost: build the store after the fork, or close() every store on this database before it"
        )


def identity(path: Path) -> tuple[int, int] | None:
    """The file that the path names now, by device and inode; None when it names none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
