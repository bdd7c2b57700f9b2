"""Running plans on a database: one transaction for a write, none for a read, and what a refusal means.

Whatever the driver or SQLAlchemy raises ends here: it is translated, and raised by the callers anew, out of its
handler, so that no parameter (an address, a nonce) travels along into somebody's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from entractes_auth.backends.storage.perseverance import Failure
from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.engine import Engines
from entractes_auth.backends.storage.sqlalchemy.errors import unstorable
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Step, Write
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.backends.storage.sqlalchemy.retries import failure
from entractes_auth.backends.storage.sqlalchemy.session import Session, Sessions
from entractes_auth.errors import InvalidInput, Problem

__all__ = ["Plans"]

T = TypeVar("T")


class Plans:
    """Runs plans in the caller's thread, or for asyncio in a greenlet of the loop's; thread-safe.

    A plan that is worth another run comes back as a `Failure` that says so.
    """

    def __init__(self, engines: Engines[Engine]) -> None:
        preparer = Preparer(engines.writer.dialect)
        self._reader = Sessions(engines.reader, preparer, lent=engines.lent)
        self._writer = Sessions(engines.writer, preparer, lent=engines.lent)
        self._begin = engines.begin

    def read(self, read: Read[T]) -> T | Failure:
        """Run one statement, in autocommit."""
        try:
            with self._reader.open() as session:
                rows = session.rows(read.statement, read.values)
        except UnicodeEncodeError:
            return read.give(())  # half a surrogate pair, as JSON can bring it, is in no row
        except SQLAlchemyError as error:
            return read.give(()) if unstorable(error) else failure(error)
        return read.give(rows)

    def write(self, write: Write[T]) -> T | Failure:
        """Run the steps in one transaction, and commit it."""
        results: list[Sequence[Row]] = []
        committing = False
        try:
            with self._writer.open() as session:
                session.begin(self._begin)
                for step in write.steps:
                    results.append(_rows(session, step))
                committing = True
                session.commit()
        except UnicodeEncodeError:
            return Failure(InvalidInput(Problem("text", "bad_character")), again=False)
        except SQLAlchemyError as error:
            return failure(error, committing=committing)
        return write.give(results)


def _rows(session: Session, step: Step) -> Sequence[Row]:
    rows = session.rows(step.statement, step.values)
    if not rows and step.otherwise is not None:
        return _rows(session, step.otherwise)
    return step.judge(rows)
