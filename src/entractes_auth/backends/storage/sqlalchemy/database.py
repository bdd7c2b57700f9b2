"""A database: plans that are run until they are through, and its schema. `async_database` is the twin."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from entractes_auth.backends.storage.perseverance import persevere
from entractes_auth.backends.storage.sqlalchemy.engine import open_sync
from entractes_auth.backends.storage.sqlalchemy.errors import translated
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Write
from entractes_auth.backends.storage.sqlalchemy.plans import Plans
from entractes_auth.backends.storage.sqlalchemy.schema import Schema, schema_of, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file

__all__ = ["Database"]

T = TypeVar("T")


class Database:
    """Runs plans in the caller's thread; thread-safe. Nothing is opened before the first one.

    What was undone for another's sake, or with its connection, is run again: see `retries`.

    Every method but `close` raises `ConfigurationError` in a child that was forked while the
    database was open (SQLite only): `forks` says why.
    """

    def __init__(self, source: str | URL | Engine, busy_timeout: timedelta, connections: int) -> None:
        self.engines = open_sync(source, busy_timeout, connections)
        self._plans = Plans(self.engines)

    def read(self, read: Read[T]) -> T:
        """Run one statement, in autocommit where the engine has it."""
        self.engines.refuse_inherited()
        return persevere(lambda: self._plans.read(read))

    def write(self, write: Write[T]) -> T:
        """Run the steps in one transaction; it is committed when this returns, and undone when it raises.

        Unless the connection was lost while it was committed: then nobody knows, and the
        `StoreUnavailable` says so.
        """
        self.engines.refuse_inherited()
        return persevere(lambda: self._plans.write(write))

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
