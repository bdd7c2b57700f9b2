"""When a database's refusal is worth another try."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from entractes_auth.backends.storage.perseverance import Failure
from entractes_auth.backends.storage.sqlalchemy.errors import first_came_another, takes_no_writes, translated
from entractes_auth.errors import StoreUnavailable

__all__ = ["failure"]


def failure(error: SQLAlchemyError, *, committing: bool = False) -> Failure:
    """Judge an error; `committing` says that COMMIT was on its way when it came.

    A serialization failure or a deadlock undoes the whole transaction, and so does the loss of
    a connection before COMMIT. One that is lost after it has an unknown outcome: another run
    could write everything twice, and the caller is told instead. A connection that is thrown away because
    nothing can be written on it has answered: nothing was.
    """
    if not isinstance(error, DBAPIError):
        return Failure(translated(error), again=False)
    if error.connection_invalidated and committing and not takes_no_writes(error.orig):
        unknown = "the connection was lost during a commit: all of it was written, or nothing"
        return Failure(StoreUnavailable(unknown), again=False)
    return Failure(translated(error), again=error.connection_invalidated or first_came_another(error))
