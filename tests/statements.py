"""Doing something in the middle of a SQL store's transaction: beside each of its statements, or before its COMMIT.

What is done replaces nothing: the statement runs as ever. For stores of both colours, in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeAlias

from entractes_auth.backends.storage.sqlalchemy.prepared import Prepared
from entractes_auth.backends.storage.sqlalchemy.session import Session

__all__ = ["Act", "after_each_statement", "before_each_commit", "before_each_statement", "driver_of"]

Act: TypeAlias = Callable[[str, Any], object]
"""Given the statement's text and its cursor."""


def after_each_statement(act: Act) -> None:
    """Act after each statement, for the rest of this process's life."""
    run = Prepared.run

    def and_then(self: Prepared, cursor: Any, values: Any) -> Any:
        rows = run(self, cursor, values)
        act(self.text, cursor)
        return rows

    setattr(Prepared, "run", and_then)  # noqa: B010 - a type checker lets nobody assign to a method


@contextmanager
def before_each_statement(act: Act) -> Generator[None]:
    """Act before each statement, while this is entered."""
    run = Prepared.run

    def after_all(self: Prepared, cursor: Any, values: Any) -> Any:
        act(self.text, cursor)
        return run(self, cursor, values)

    setattr(Prepared, "run", after_all)  # noqa: B010
    try:
        yield
    finally:
        setattr(Prepared, "run", run)  # noqa: B010


@contextmanager
def before_each_commit(act: Callable[[Any], object]) -> Generator[None]:
    """Act before each COMMIT, while this is entered; given the session's cursor."""
    commit = Session.commit

    def after_all(self: Session) -> None:
        act(getattr(self, "_cursor"))  # noqa: B009
        commit(self)

    setattr(Session, "commit", after_all)  # noqa: B010
    try:
        yield
    finally:
        setattr(Session, "commit", commit)  # noqa: B010


def driver_of(cursor: Any) -> Any:
    """The driver's connection of a cursor, whichever colour it has."""
    adapted = getattr(cursor, "_adapt_connection", None)
    return cursor.connection if adapted is None else adapted.driver_connection
