"""A database that executes plans. What the plans say is elsewhere; `async_database` is the twin.

Whatever SQLAlchemy raises ends here: it is translated, and raised anew out of its handler, so
that no parameter (an address, a nonce) travels along into somebody's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from entractes_auth.backends.storage.sqlalchemy.engine import open_sync
from entractes_auth.backends.storage.sqlalchemy.errors import translated
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Write
from entractes_auth.backends.storage.sqlalchemy.rows import Row
from entractes_auth.backends.storage.sqlalchemy.schema import check_schema, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file
from entractes_auth.errors import InvalidInput, Problem

__all__ = ["Database"]

T = TypeVar("T")


class Database:
    """Executes plans in the caller's thread; thread-safe. Nothing is opened before the first one.

    Every method but `close` raises `ConfigurationError` in a child that was forked while the
    database was open (SQLite only): `forks` says why.
    """

    def __init__(self, source: str | URL | Engine, busy_timeout: timedelta) -> None:
        self.engines = open_sync(source, busy_timeout)

    def read(self, read: Read[T]) -> T:
        """Run one statement, in autocommit where the engine has it."""
        self.engines.refuse_inherited()
        try:
            with self.engines.reader.connect() as connection:
                rows = connection.execute(read.statement).mappings().all()
        except UnicodeEncodeError:
            return read.give(())  # half a surrogate pair, as JSON can bring it, is in no row
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return read.give(rows)
        raise problem

    def write(self, write: Write[T]) -> T:
        """Run the steps in one transaction; it is committed when this returns, and undone when it raises."""
        self.engines.refuse_inherited()
        results: list[Sequence[Row]] = []
        problem: Exception
        try:
            with self.engines.writer.begin() as connection:
                for step in write.steps:
                    results.append(step.judge(connection.execute(step.statement, step.values)))
        except UnicodeEncodeError:
            problem = InvalidInput(Problem("text", "bad_character"))
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return write.give(results)
        raise problem

    def upgrade(self) -> None:
        """Create the database, or bring it up to this release, and close it: a server may fork next."""
        self.engines.refuse_inherited()
        if self.engines.file is not None:
            create_file(self.engines.file)
        try:
            with self.engines.writer.begin() as connection:
                upgrade_schema(connection)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return
        finally:
            self.close()
        raise problem

    def check(self) -> None:
        """Check that the schema is of this release, and close the database: a server may fork next."""
        self.engines.refuse_inherited()
        try:
            with self.engines.reader.connect() as connection:
                check_schema(connection)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return
        finally:
            self.close()
        raise problem

    def close(self) -> None:
        """Give all connections back. In a forked child it leaves its parent's alone."""
        if not self.engines.inherited():
            self.engines.reader.dispose()
            self.engines.writer.dispose()
