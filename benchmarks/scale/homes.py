"""The databases under measure: a SQLite file, and a database on a PostgreSQL server; both load in bulk.

Indexes are taken away before the rows come and made again, from their own definitions, after them: what is
measured has the schema that `upgrade` makes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg

from benchmarks.scale.patterns import Bulk
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from tests.servers.postgres import Server, postgres_server

__all__ = ["Home", "Make", "PostgresHome", "SqliteHome", "postgres_homes", "sqlite_homes"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# For the load, and so that nothing of the server's own falls into a measure: no checkpoint, no vacuum.
_SERVER: Final = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "maintenance_work_mem": "512MB",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "shared_buffers": "512MB",
    "wal_level": "minimal",
}


class Home(Protocol):
    """One database, from its making to its end."""

    url: str
    store: SqlStore

    def encode(self, at: datetime, /) -> Any:
        """An instant as the database's driver takes it."""
        ...

    def load(self, bulk: Bulk) -> None:
        """Add rows to a table that is not in use."""
        ...

    def settle(self) -> None:
        """All is loaded."""
        ...

    def megabytes(self) -> float:
        """What it takes on the disk."""
        ...

    def server_seconds(self) -> float:
        """The CPU seconds that a server has spent on this process's sessions so far; 0 without a server."""
        ...

    def end(self) -> None:
        """Give its place on the disk back."""
        ...


class SqliteHome:
    """A SQLite database in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite:///{file}"
        self.store = SqlStore(self.url)
        self.store.upgrade()

    @staticmethod
    def encode(at: datetime, /) -> Any:
        """Whole microseconds, as `Instant` has them."""
        return (at - _EPOCH) // timedelta(microseconds=1)

    def load(self, bulk: Bulk) -> None:
        """In one transaction, with nothing kept safe: what breaks is loaded again."""
        names, marks = ", ".join(bulk.columns), ", ".join("?" * len(bulk.columns))
        indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL"
        with closing(sqlite3.connect(self._file, isolation_level=None)) as session:
            session.execute("PRAGMA journal_mode = DELETE")
            session.execute("PRAGMA journal_mode = OFF")
            session.execute("PRAGMA synchronous = OFF")
            session.execute("PRAGMA cache_size = -2000000")
            session.execute("BEGIN")
            made = session.execute(indexes, (bulk.table.name,)).fetchall()
            for name, _ in made:
                session.execute(f"DROP INDEX {name}")
            session.executemany(f"INSERT INTO {bulk.table.name} ({names}) VALUES ({marks})", bulk.rows)  # noqa: S608 - names of our own
            for _, definition in made:
                session.execute(definition)
            session.execute("COMMIT")

    def settle(self) -> None:
        """No ANALYZE: hosts do not run it, and `upgrade` does not either."""
        _warm(self._file)

    def megabytes(self) -> float:
        """The file."""
        return self._file.stat().st_size / 1e6

    def server_seconds(self) -> float:
        """SQLite works in this process."""
        return 0.0

    def end(self) -> None:
        """Remove the file; its log goes with the last connection."""
        self.store.close()
        self._file.unlink()


class PostgresHome:
    """A database on a PostgreSQL server."""

    def __init__(self, server: Server, name: str) -> None:
        self._server, self._name = server, name
        self.url = server.new_database(name).render_as_string(hide_password=False)
        self.store = SqlStore(self.url)
        self.store.upgrade()
        self._onlooker = server.connect()

    @staticmethod
    def encode(at: datetime, /) -> Any:
        """As it is."""
        return at

    def load(self, bulk: Bulk) -> None:
        """By COPY."""
        table, names = bulk.table.name, ", ".join(bulk.columns)
        with self._session() as session, session.transaction(), session.cursor() as cursor:
            made = _definitions(cursor, table)
            for drop, _ in made:
                cursor.execute(drop.encode())
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                for row in bulk.rows:
                    copy.write_row(row)
            for _, create in reversed(made):
                cursor.execute(create.encode())

    def settle(self) -> None:
        """What autovacuum does to a table that has grown."""
        with self._session() as session:
            session.execute("VACUUM (ANALYZE)")
            session.execute("CHECKPOINT")
            row = session.execute("SELECT current_setting('data_directory')").fetchone()
        assert row is not None
        for file in sorted(Path(row[0]).glob("base/*/*")):
            with suppress(FileNotFoundError):  # of a table that was filled anew
                _warm(file)

    def megabytes(self) -> float:
        """Tables and indexes."""
        with self._session() as session:
            row = session.execute("SELECT pg_database_size(current_database())").fetchone()
        return 0.0 if row is None else row[0] / 1e6

    def server_seconds(self) -> float:
        """Of the store's sessions; 0 where the system does not tell (it is Linux that does)."""
        sessions = (
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'entractes_auth' AND datname = %s"
        )
        pids = [row[0] for row in self._onlooker.execute(sessions, (self._name,))]
        return sum(map(_cpu_seconds, pids))

    def end(self) -> None:
        """Drop the database."""
        self.store.close()
        with self._onlooker:
            self._onlooker.execute(f"DROP DATABASE {self._name} WITH (FORCE)".encode())

    @contextmanager
    def _session(self) -> Generator[psycopg.Connection[tuple[Any, ...]]]:
        with self._server.connect(self._name) as session:
            yield session


def _warm(file: Path) -> None:
    """Read a file once: what is in use is in the system's memory, as far as it fits, and not what was loaded last."""
    with file.open("rb", buffering=0) as read:
        while read.read(1 << 24):
            pass


def _definitions(cursor: psycopg.Cursor[tuple[Any, ...]], table: str) -> list[tuple[str, str]]:
    """How to drop each index and constraint of the table, and how to make it again; backwards, for the making."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        (table,),
    )
    indexes = [(f"DROP INDEX {name}", made) for name, made in cursor.fetchall()]
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
        (table,),
    )
    keys = [
        (f"ALTER TABLE {table} DROP CONSTRAINT {name}", f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}")
        for name, made in cursor.fetchall()
    ]
    return [*indexes, *keys]


def _cpu_seconds(pid: int) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


Make = Callable[[str], Home]
"""Makes the empty database of this name."""


@contextmanager
def sqlite_homes(folder: Path) -> Generator[Make]:
    """SQLite files in a folder."""
    yield lambda name: SqliteHome(folder / f"{name}.sqlite3")


@contextmanager
def postgres_homes(folder: Path) -> Generator[Make]:
    """Databases on a PostgreSQL server of their own, which is gone when left."""
    with postgres_server(_SERVER) as server:
        yield lambda name: PostgresHome(server, name)
