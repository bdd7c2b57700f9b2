"""A connection of a pool for as long as one plan takes, with the statements given to the driver directly.

SQLAlchemy writes the statements, keeps the connections and knows what a driver's errors mean. What its own
`Connection` does around each statement takes longer than a database's work for one row, so it is left out
here; what it would do when something goes wrong stands in `Sessions.open`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Engine, Executable
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, DBAPIModule
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.errors import takes_no_writes
from entractes_auth.backends.storage.sqlalchemy.plan import Values
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer

__all__ = ["Session", "Sessions"]


class Session:
    """What a plan may do on its connection. In autocommit, until `begin`."""

    __slots__ = ("_connection", "_cursor", "_preparer")

    def __init__(self, connection: PoolProxiedConnection, cursor: DBAPICursor, preparer: Preparer) -> None:
        self._connection = connection
        self._cursor = cursor
        self._preparer = preparer

    def begin(self, line: str) -> None:
        """Begin a transaction, in these words."""
        self._cursor.execute(line)

    def rows(self, statement: Executable, values: Values) -> Sequence[Row]:
        """Execute a statement, or execute it for each of several rows; give the rows that came back."""
        return self._preparer.prepared(statement, values).run(self._cursor, values)

    def commit(self) -> None:
        """Commit what was begun."""
        self._connection.commit()


class Sessions:
    """The sessions on one engine; thread-safe. `lent` says that it is the host's, with settings of its own."""

    def __init__(self, engine: Engine, preparer: Preparer, *, lent: bool) -> None:
        self._engine = engine
        self._dialect = engine.dialect
        self._preparer = preparer
        self._lent = lent

    @contextmanager
    def open(self) -> Generator[Session]:
        """Borrow a connection. What was begun and not committed is undone.

        Raises:
            SQLAlchemyError: for a driver's own errors, whichever driver it is.
        """
        connection = self._connected()
        try:
            if self._lent:
                # First the way back, for a connection that a signal's exception leaves to be collected.
                _at_return(connection).append(self._dialect.reset_isolation_level)
                self._dialect.set_isolation_level(_driven(connection), "AUTOCOMMIT")
            cursor = connection.cursor()
            yield Session(connection, cursor, self._preparer)
            cursor.close()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._failed(connection, error) from None
        except Exception:  # a guard that did not hold, a value that cannot be bound
            self._give_back(connection, undo=True)
            raise
        except BaseException as error:
            # Cancelled in mid-statement: its answer would be read as the next one's.
            connection.invalidate(error)
            raise
        self._give_back(connection)

    def _connected(self) -> PoolProxiedConnection:
        try:
            return self._engine.raw_connection()
        except self._dialect.loaded_dbapi.Error as error:
            raise self._translated(error, lost=False) from None

    def _failed(self, connection: PoolProxiedConnection, error: DBAPIModule.Error) -> SQLAlchemyError:
        """Undo, or throw away what is lost; give the error in the terms of `sqlalchemy.exc`."""
        lost = takes_no_writes(error) or self._dialect.is_disconnect(error, connection.dbapi_connection, None)
        if lost:
            # The pool's other connections of that time go with it: after a failover each of them would cost
            # somebody an error. SQLAlchemy's own step, which has no public name.
            self._engine.pool._invalidate(connection, error)  # pyright: ignore[reportPrivateUsage]
        else:
            self._give_back(connection, undo=True)
        return self._translated(error, lost=lost)

    def _translated(self, error: DBAPIModule.Error, *, lost: bool) -> SQLAlchemyError:
        return DBAPIError.instance(
            None,
            None,
            error,
            self._dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=self._dialect,
        )

    def _give_back(self, connection: PoolProxiedConnection, *, undo: bool = False) -> None:
        """Give it back as it was lent, or throw it away: whoever came next would be in this transaction."""
        try:
            if undo:
                connection.rollback()
            if self._lent:
                self._dialect.reset_isolation_level(_driven(connection))
                _at_return(connection).pop()
        except BaseException as error:
            connection.invalidate(error)
            if not isinstance(error, Exception):
                raise error from None  # cancelled meanwhile; what was to be undone may quote an address
        else:
            connection.close()


def _driven(connection: PoolProxiedConnection) -> DBAPIConnection:
    return cast("DBAPIConnection", connection.dbapi_connection)  # None only once it is invalidated


def _at_return(connection: PoolProxiedConnection) -> list[Callable[[DBAPIConnection], None]]:
    """What the pool does when the connection comes back to it. SQLAlchemy's own way, which has no public name."""
    return cast("Any", connection)._connection_record.finalize_callback  # type: ignore[no-any-return]
