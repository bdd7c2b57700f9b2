"""A database that executes plans. What the plans say is elsewhere; `async_database` is the twin.

Whatever SQLAlchemy raises ends here: it is translated, and raised anew out of its handler, so
that no parameter (an address, a nonce) travels along into somebody's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, Executable
from sqlalchemy.exc import SQLAlchemyError

from entractes_auth.backends.storage.perseverance import Failure, persevere
from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.engine import open_sync
from entractes_auth.backends.storage.sqlalchemy.errors import translated, unstorable
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Values, Write
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.backends.storage.sqlalchemy.retries import failure
from entractes_auth.backends.storage.sqlalchemy.schema import Schema, schema_of, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file
from entractes_auth.errors import InvalidInput, Problem

__all__ = ["Database"]

T = TypeVar("T")


class Database:
    """Executes plans in the caller's thread; thread-safe. Nothing is opened before the first one.

    What was undone for another's sake, or with its connection, is run again: see `retries`.

    Every method but `close` raises `ConfigurationError` in a child that was forked while the
    database was open (SQLite only): `forks` says why.
    """

    def __init__(self, source: str | URL | Engine, busy_timeout: timedelta, connections: int) -> None:
        self.engines = open_sync(source, busy_timeout, connections)
        self._preparer = Preparer(self.engines.writer.dialect)

    def read(self, read: Read[T]) -> T:
        """Run one statement, in autocommit where the engine has it."""
        self.engines.refuse_inherited()
        return persevere(lambda: self._read(read))

    def write(self, write: Write[T]) -> T:
        """Run the steps in one transaction; it is committed when this returns, and undone when it raises.

        Unless the connection was lost while it was committed: then nobody knows, and the
        `StoreUnavailable` says so.
        """
        self.engines.refuse_inherited()
        return persevere(lambda: self._write(write))

    def _read(self, read: Read[T]) -> T | Failure:
        try:
            with self.engines.reader.connect() as connection:
                rows = self._rows(connection, read.statement, read.values)
        except UnicodeEncodeError:
            return read.give(())  # half a surrogate pair, as JSON can bring it, is in no row
        except SQLAlchemyError as error:
            return read.give(()) if unstorable(error) else failure(error)
        return read.give(rows)

    def _write(self, write: Write[T]) -> T | Failure:
        results: list[Sequence[Row]] = []
        committing = False
        try:
            with self.engines.writer.connect() as connection:
                connection.begin()
                for step in write.steps:
                    results.append(step.judge(self._rows(connection, step.statement, step.values)))
                committing = True
                connection.commit()
        except UnicodeEncodeError:
            return Failure(InvalidInput(Problem("text", "bad_character")), again=False)
        except SQLAlchemyError as error:
            return failure(error, committing=committing)
        return write.give(results)

    def _rows(self, connection: Connection, statement: Executable, values: Values) -> Sequence[Row]:
        prepared = self._preparer.prepared(statement, values)
        return prepared.rows(connection.exec_driver_sql(prepared.text, prepared.bind(values)))

    def upgrade(self) -> Schema:
        """Create the database, or bring it up to this release, and close it: a server may fork next."""
        self.engines.refuse_inherited()
        if self.engines.file is not None:
            create_file(self.engines.file)
        try:
            with self.engines.writer.begin() as connection:
                schema = upgrade_schema(connection)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return schema
        finally:
            self.close()
        raise problem

    def schema(self) -> Schema:
        """Tell how the schema stands to this release, and close the database: a server may fork next."""
        self.engines.refuse_inherited()
        try:
            with self.engines.reader.connect() as connection:
                schema = schema_of(connection)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return schema
        finally:
            self.close()
        raise problem

    def close(self) -> None:
        """Give all connections back. In a forked child it leaves its parent's alone."""
        if not self.engines.inherited() and not self.engines.lent:
            self.engines.reader.dispose()
            self.engines.writer.dispose()
