"""What a database's error means to a flow. The error itself stays here: it quotes addresses and nonces."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from entractes_auth.backends.storage.sqlalchemy.causes import mistaken_address, with_cause
from entractes_auth.errors import (
    AuthError,
    ConfigurationError,
    Conflict,
    InvalidInput,
    Problem,
    StoreError,
    StoreUnavailable,
    Taken,
)

__all__ = ["first_came_another", "takes_no_writes", "translated", "unstorable"]

_ACCOUNT_FIELDS: Final = {
    "identifier": "identifier",
    "email_key": "email",
    "registration_id": "registration_id",
}
# PostgreSQL: serialization_failure and deadlock_detected. Another transaction came first.
_LOST: Final = frozenset({"40001", "40P01"})
# PostgreSQL: read_only_sql_transaction.
_READ_ONLY: Final = "25006"
_UNIQUE_VIOLATION: Final = "23505"
# PostgreSQL: no text that a column or its JSON can hold (NUL, half a surrogate pair). None is psycopg's
# own refusal, before it sends anything.
_UNSTORABLE: Final = frozenset({None, "22021", "22P02", "22P05"})


def translated(error: SQLAlchemyError) -> Exception:
    """The error to raise instead, outside of the handler so that the original does not travel along.

    An error that is no fault of the database (a value that cannot be bound) comes back as it was raised.
    """
    if isinstance(error, IntegrityError):
        return _integrity(error)
    if unstorable(error):
        return InvalidInput(Problem("text", "bad_character"))
    if isinstance(error, DBAPIError):
        return _database(error)
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("too many callers wait for the database")
    if isinstance(error, StatementError) and isinstance(error.orig, Exception):
        return error.orig
    return StoreUnavailable(type(error).__name__)


def first_came_another(error: DBAPIError) -> bool:
    """Whether the whole transaction was undone for the sake of another one."""
    return _sqlstate(error) in _LOST


def takes_no_writes(error: BaseException | None) -> bool:
    """Whether a driver's error says that nothing can be written on this connection, where another may be able to.

    Of PostgreSQL: it leads to a standby, or to a primary that was demoted. Of SQLite: the file was read-only when
    it was opened, and SQLite does not open it again. Nothing of the transaction is written, even if this is the
    answer to a COMMIT: a server that cannot write says so before it commits.
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY
    return getattr(error, "sqlstate", None) == _READ_ONLY


def unstorable(error: SQLAlchemyError) -> bool:
    """Whether a text was refused that no row can hold; JSON and forms can bring one."""
    return isinstance(error, DataError) and _sqlstate(error) in _UNSTORABLE


def _integrity(error: IntegrityError) -> StoreError:
    """Read the constraint's name. Only the first line names it: PostgreSQL's others quote the values."""
    line = str(error.orig).partition("\n")[0]
    for column, field in _ACCOUNT_FIELDS.items():
        if f"accounts.{column}" in line or f"uq_accounts_{column}" in line:
            return Taken(field)
    # The number, not the word: a server may speak its owner's language.
    if "UNIQUE" in line or _sqlstate(error) == _UNIQUE_VIOLATION:
        return Taken("id")
    return StoreUnavailable(_name(error))


def _database(error: DBAPIError) -> AuthError:
    if first_came_another(error):
        return Conflict()
    if mistaken_address(error.orig):
        return ConfigurationError("the database URL has an option or a port that PostgreSQL does not take")
    return StoreUnavailable(with_cause(_name(error), error.orig))


def _sqlstate(error: DBAPIError) -> object:
    """PostgreSQL's number for what happened; None when the server did not say, "" for other engines."""
    return getattr(error.orig, "sqlstate", "")


def _name(error: DBAPIError) -> str:
    """SQLite's own name for what happened ("SQLITE_BUSY"), or the driver's."""
    name = getattr(error.orig, "sqlite_errorname", None)
    return name if isinstance(name, str) else type(error.orig).__name__
