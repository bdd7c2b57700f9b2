"""How SQLite is set up, and how its connections are checked.

SQLite has one writer at a time. The callers of one process therefore queue, in turn, for one
writing connection, and only processes compete for the file, for up to `busy_timeout`. Reads
have connections of their own, in autocommit, and wait for nobody (WAL).

Every connection is checked when it is taken from its pool: the file must still be the one
that it opened (a deleted or replaced database must not go on counting as a ghost). `forks`
keeps the list of what is open.

Nothing here, nor in the host, may open the file of a live database and close it again by any
way but SQLite's: that drops all the process's locks on it (sqlite.org/howtocorrupt.html, "Posix advisory locks
canceled by a separate thread doing close()").
"""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from entractes_auth.backends.storage.sqlalchemy import forks
from entractes_auth.errors import ConfigurationError, StoreUnavailable

__all__ = ["BEGIN", "READERS", "create_file", "file_of", "options", "prepare", "uri"]

BEGIN: Final = "BEGIN IMMEDIATE"
"""At once, not at the first write: a transaction that has read cannot wait for its turn to write."""

READERS: Final = 8
_QUEUE_SECONDS: Final = 60.0  # for one's turn in this process: two hundred threads on a slow disk still pass
_OPENED: Final = "entractes_auth.opened"

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",  # an attempt that a power cut gives back is a free guess
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # an erased nonce is overwritten with zeros, not left in a free page
)
_WRITER_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", *_PRAGMAS)
_READER_PRAGMAS: Final = (*_PRAGMAS, "PRAGMA query_only = ON")


def create_file(file: Path) -> None:
    """Make an empty database that only its owner can read; one that exists stays as it is.

    Raises:
        StoreUnavailable: the directory is missing or not writable.
    """
    try:
        # O_EXCL: a file that exists is not even opened. Closing it would drop the locks of this
        # process's other connections, and another process could delete the log under their commits.
        os.close(os.open(file.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        problem = f"{type(error).__name__}: is the database's folder there, and may it be written to?"
    else:
        return
    raise StoreUnavailable(problem)


def file_of(url: URL) -> Path:
    """The database's file. Raises `ConfigurationError` for a URL that is not just a path."""
    name = url.database or ":memory:"
    if name.startswith((":memory:", "file:")) or url.query:
        raise ConfigurationError(
            "a SQLite store needs a plain path of a file (sqlite:////srv/app/auth.db); "
            "for a store that lives in memory take MemoryStore"
        )
    return Path(name).absolute()


def uri(driver: str, file: Path) -> URL:
    """Open for reading and writing, and never create: a mistyped path must not become an empty database."""
    return URL.create(driver, database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"})


def options(busy_timeout: timedelta) -> dict[str, Any]:
    """What both of SQLite's engines are created with."""
    return {
        # The driver begins no transaction of its own: `prepare` says when one begins.
        "connect_args": {"timeout": busy_timeout.total_seconds(), "isolation_level": None},
        "hide_parameters": True,
        "max_overflow": 0,
        "pool_timeout": _QUEUE_SECONDS,
    }


def prepare(reader: Engine, writer: Engine, file: Path, busy_timeout: timedelta) -> None:
    """Have every connection set up and checked, and every transaction of the writer begun as a write."""
    _prepare_connections(reader, file, _READER_PRAGMAS, busy_timeout)
    _prepare_connections(writer, file, _WRITER_PRAGMAS, busy_timeout)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(BEGIN)

    event.listen(writer, "begin", begin)


def _prepare_connections(
    engine: Engine, file: Path, pragmas: tuple[str, ...], busy_timeout: timedelta
) -> None:
    def connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[_OPENED] = note = forks.opened(file)
        deadline = time.monotonic() + busy_timeout.total_seconds()
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                _execute(cursor, pragma, deadline)
            cursor.close()
        except BaseException:
            try:
                connection.close()  # the pool forgets a connection that it never had
            finally:
                forks.closed(note)  # also where a cancelled task may not wait for the end of it
            raise

    def checkout(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection
    ) -> None:
        note: forks.Opened = entry.info[_OPENED]
        if note.file != forks.identity(file):
            raise DisconnectionError

    def close(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        forks.closed(entry.info[_OPENED])

    event.listen(engine, "connect", connect)
    event.listen(engine, "checkout", checkout)
    event.listen(engine, "close", close)


def _execute(cursor: DBAPICursor, pragma: str, deadline: float) -> None:
    """Run a pragma, again and again while another connection is in its way.

    The change to WAL does not wait for its lock as statements do: of the processes that make
    the database together, some would fail at once. It happens once in a database's life, when `upgrade` creates it;
    an event loop stands still for that moment.
    """
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        else:
            return
        time.sleep(0.01)
