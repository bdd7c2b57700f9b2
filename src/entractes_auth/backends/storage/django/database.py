"""Short transactions of the store's own, on Django's connection of the calling thread.

The host shares that connection, and may have begun a transaction on it. What it rolls back would
then give back an attempt that was counted: a free guess. So nothing is written inside the host's
transaction; it is refused, as `atomic(durable=True)` is, with an error that names the way out.
Inside the transaction that Django's `TestCase` wraps around a test it is allowed, as there.

Whatever the database raises ends here: it is translated, and raised anew out of its handler, so
that no parameter (an address, a nonce) travels along into somebody's log.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db import DatabaseError, InterfaceError, connections, transaction

from entractes_auth.backends.storage.django.forks import refuse_inherited
from entractes_auth.backends.storage.django.refusals import failure, may_be_lost, takes_no_writes, unstorable
from entractes_auth.backends.storage.perseverance import Failure, persevere
from entractes_auth.errors import ConfigurationError, InvalidInput, Problem, StoreError

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["Database"]

T = TypeVar("T")

# Whatever the server's defaults are, and for this transaction alone: an attempt that a crash or a failover gives
# back is a free guess; nobody waits longer for a row than SQLite lets others wait for the whole file; and a process
# that stands still holds nobody up for longer. One statement, which a host's connection may prepare: several
# `SET LOCAL` in one message could not be.
_POSTGRESQL: Final = (
    "SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '10s', true), "
    "set_config('idle_in_transaction_session_timeout', '10s', true)"
)
_SQLITE: Final = (
    "PRAGMA synchronous = FULL",  # an attempt that a power cut gives back is a free guess
    "PRAGMA secure_delete = ON",  # an erased nonce is overwritten with zeros, not left in a free page
)


class Database:
    """Reads and writes on one alias, in the caller's thread."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def read(self, ask: Callable[[], T], nothing: T) -> T:
        """Run one query, in autocommit or in whatever transaction the host has open.

        `nothing` is what it gives when it asks for a text that no row can hold.
        """
        return persevere(lambda: self._read(ask, nothing))

    def write(self, change: Callable[[], T]) -> T:
        """Run it in one transaction; it is committed when this returns, and undone when it raises.

        Unless the connection was lost while it was committed: then nobody knows, and the
        `StoreUnavailable` says so.

        Raises:
            ConfigurationError: the host has a transaction open on this connection, or the connection is a
                parent process's.
        """
        return persevere(lambda: self._write(change))

    def fold_wal(self) -> None:
        """SQLite only: move the write-ahead log, which keeps what was erased, into the database."""
        connection = connections[self.alias]
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            return
        try:
            _execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
        except DatabaseError:
            return  # nonces and seeds are erased already; the log is emptied next time

    def _read(self, ask: Callable[[], T], nothing: T) -> T | Failure:
        connection = connections[self.alias]
        refuse_inherited(connection)
        raw = None
        try:
            connection.ensure_connection()
            raw = connection.connection
            return ask()
        except UnicodeEncodeError:
            return nothing  # half a surrogate pair, as JSON can bring it, is in no row
        except (DatabaseError, InterfaceError) as error:
            return nothing if unstorable(error) else failure(error, lost=_lost(error, connection, raw))

    def _write(self, change: Callable[[], T]) -> T | Failure:
        connection = connections[self.alias]
        refuse_inherited(connection)
        raw, committing = None, False
        try:
            connection.ensure_connection()
            raw = connection.connection
            with _durably(connection):
                answer = change()
                committing = True
        except UnicodeEncodeError:
            return Failure(InvalidInput(Problem("text", "bad_character")), again=False)
        except StoreError as refused:
            # Without the frames in which it was raised: their rows are somebody's, and Django's reports
            # of errors show the variables of each frame.
            return Failure(refused.with_traceback(None), again=False)
        except (DatabaseError, InterfaceError) as error:
            return failure(error, lost=_lost(error, connection, raw), committing=committing)
        return answer


@contextmanager
def _durably(connection: BaseDatabaseWrapper) -> Generator[None]:
    """A transaction that is nobody else's, or the one of a test, whose settings stay its own."""
    ours = not connection.in_atomic_block
    # Without autocommit (`set_autocommit(False)`) it would be committed by nobody.
    if not (connection.get_autocommit() if ours else _of_a_test(connection)):
        raise _refused(connection.alias)
    if ours and connection.vendor == "sqlite":
        for pragma in _SQLITE:
            _execute(connection, pragma)
    with transaction.atomic(using=connection.alias, durable=True):
        if ours and connection.vendor == "postgresql":
            _execute(connection, _POSTGRESQL)
        yield


def _of_a_test(connection: BaseDatabaseWrapper) -> bool:
    """Whether the innermost block is the one that `TestCase` wraps around a test.

    The mark that Django's own `durable` goes by, which says so in no public way. Without it the
    answer is no, and the store refuses.
    """
    blocks: Sequence[Any] = getattr(connection, "atomic_blocks", ())
    return bool(blocks) and getattr(blocks[-1], "_from_testcase", False) is True


def _refused(alias: str) -> ConfigurationError:
    return ConfigurationError(
        f"a transaction is open on the database {alias!r}, and its rollback would give back an attempt that was "
        f"counted: mark the view @transaction.non_atomic_requests(using={alias!r}) where ATOMIC_REQUESTS is on, and "
        "run flows outside of atomic(); in tests, TestCase is understood"
    )


def _lost(error: Exception, connection: BaseDatabaseWrapper, raw: Any) -> bool:
    """Whether the connection that there was is gone. One that does not work any more, or for no write, is closed."""
    if raw is None or connection.in_atomic_block or not may_be_lost(error):
        return False
    if connection.connection is not raw:
        return True  # Django closed it when it could not roll back, and may have opened another
    if not takes_no_writes(error) and connection.is_usable():
        return False
    if connection.vendor == "postgresql":
        raw.close()  # where the host has a pool, Django only gives it back, for the next one
    connection.close()
    return True


def _execute(connection: BaseDatabaseWrapper, line: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(line)
