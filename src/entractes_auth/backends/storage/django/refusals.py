"""What a database's error means to a flow. The error itself stays here: it quotes addresses and nonces."""

from __future__ import annotations

import sqlite3
from typing import Final

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError

from entractes_auth.backends.storage.perseverance import Failure
from entractes_auth.errors import Conflict, InvalidInput, Problem, StoreError, StoreUnavailable, Taken

__all__ = ["failure", "may_be_lost", "takes_no_writes", "unstorable"]

# How each engine calls the unique keys of an account: SQLite by column, PostgreSQL by constraint.
_KEYS: Final = {
    "UNIQUE constraint failed: entractes_auth_account.identifier": "identifier",
    "UNIQUE constraint failed: entractes_auth_account.email_key": "email",
    "UNIQUE constraint failed: entractes_auth_account.registration_id": "registration_id",
    "entractes_auth_account_identifier_key": "identifier",
    "entractes_auth_account_email_key_key": "email",
    "entractes_auth_account_registration_id_key": "registration_id",
}
# PostgreSQL: serialization_failure and deadlock_detected. Another transaction came first.
_LOST: Final = frozenset({"40001", "40P01"})
# PostgreSQL: read_only_sql_transaction.
_READ_ONLY: Final = "25006"
_UNIQUE_VIOLATION: Final = "23505"
# PostgreSQL: no text that a column or its JSON can hold (NUL, half a surrogate pair). None is psycopg's
# own refusal, before it sends anything.
_UNSTORABLE: Final = frozenset({None, "22021", "22P02", "22P05"})
_NO_TABLE: Final = ("SQLITE_ERROR", "UndefinedTable", "UndefinedColumn")

_OUTCOME_UNKNOWN: Final = "the connection was lost during a commit: all of it was written, or nothing"


def failure(error: DatabaseError | InterfaceError, *, lost: bool, committing: bool = False) -> Failure:
    """Judge an error; `lost` says that the connection went with it, `committing` that COMMIT was on its way.

    A serialization failure or a deadlock undoes the whole transaction, and so does the loss of
    a connection before COMMIT. One that is lost after it has an unknown outcome: another run
    could write everything twice, and the caller is told instead. A connection that is closed because
    nothing can be written on it has answered: nothing was.
    """
    if lost and committing and not takes_no_writes(error):
        return Failure(StoreUnavailable(_OUTCOME_UNKNOWN), again=False)
    return Failure(_translated(error), again=lost or _sqlstate(error) in _LOST)


def may_be_lost(error: Exception) -> bool:
    """Whether it makes sense to ask if the connection still works: not after what a statement itself did."""
    return not isinstance(error, IntegrityError | DataError)


def takes_no_writes(error: Exception) -> bool:
    """Whether nothing can be written on this connection, where another may be able to.

    Of PostgreSQL: it leads to a standby, or to a primary that was demoted. Of SQLite: the file was read-only when
    it was opened, and SQLite does not open it again. Nothing of the transaction is written, even if this is the
    answer to a COMMIT: a server that cannot write says so before it commits.
    """
    if isinstance(error.__cause__, sqlite3.Error):
        return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY
    return _sqlstate(error) == _READ_ONLY


def unstorable(error: Exception) -> bool:
    """Whether a text was refused that no row can hold; JSON and forms can bring one."""
    return isinstance(error, UnicodeEncodeError) or (
        isinstance(error, DataError) and _sqlstate(error) in _UNSTORABLE
    )


def _translated(error: DatabaseError | InterfaceError) -> Exception:
    if isinstance(error, IntegrityError):
        return _integrity(error)
    if unstorable(error):
        return InvalidInput(Problem("text", "bad_character"))
    if _sqlstate(error) in _LOST:
        return Conflict()
    name = _name(error)
    if name in _NO_TABLE:
        return StoreUnavailable(f"{name}: are the tables there, and of this release? `manage.py migrate`")
    return StoreUnavailable(name)


def _integrity(error: IntegrityError) -> StoreError:
    """Read which key it was. PostgreSQL's text quotes the value; the constraint's name does not."""
    diagnosis = getattr(error.__cause__, "diag", None)
    key = getattr(diagnosis, "constraint_name", None) or str(error)
    if key in _KEYS:
        return Taken(_KEYS[key])
    # The number, not the word: a server may speak its owner's language.
    if key.startswith("UNIQUE") or _sqlstate(error) == _UNIQUE_VIOLATION:
        return Taken("id")
    return StoreUnavailable(_name(error))


def _sqlstate(error: Exception) -> object:
    """PostgreSQL's number for what happened; None when the server did not say, "" for other engines."""
    return getattr(error.__cause__, "sqlstate", "")


def _name(error: Exception) -> str:
    """SQLite's own name for what happened ("SQLITE_BUSY"), the driver's, or Django's."""
    name = getattr(error.__cause__, "sqlite_errorname", None)
    return name if isinstance(name, str) else type(error.__cause__ or error).__name__
