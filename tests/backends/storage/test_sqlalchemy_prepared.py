"""A prepared statement is the one that SQLAlchemy would run, with the same values in and the same rows out."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Dialect, Select, create_engine, select
from sqlalchemy.dialects import sqlite

from entractes_auth.backends.storage.sqlalchemy.parameters import any_of, instant
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.backends.storage.sqlalchemy.statements import add
from entractes_auth.backends.storage.sqlalchemy.tables import events, metadata

NOW = datetime(2026, 3, 2, 9, 30, 0, 123_456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def row(number: int) -> dict[str, Any]:
    """An event's columns."""
    texts = dict.fromkeys(("what", "subject_id", "actor", "actor_id"), f"é{number}")
    return {"id": f"event-{number}", "at": NOW, **texts, "details": {"key": "100 % é"}}


def of_ids() -> Select[Any]:
    """Up to two events of some ids, until an instant; the limit is the statement's own."""
    return select(events).where(events.c.id.in_(any_of("ids")), events.c.at <= instant("now")).limit(2)


def test_rows_come_back_as_they_went_in() -> None:
    """Of one row and of several, times and JSON included, for lists for IN of any length, the empty one too."""
    engine = create_engine("sqlite://")
    preparer, statement = Preparer(engine.dialect), of_ids()
    with engine.begin() as connection:
        metadata.create_all(connection)
        cursor = connection.connection.cursor()
        for values in (row(1), [row(2), row(3)]):
            assert preparer.prepared(add(events), values).run(cursor, values) == ()
        for ids, found in (((), 0), (("event-1",), 1), (("event-1", "event-2", "event-3"), 2)):
            asked = {"ids": ids, "now": LATER}
            rows = preparer.prepared(statement, asked).run(cursor, asked)
            assert rows == [row(number) for number in range(1, found + 1)]
        early = {"ids": ("event-1",), "now": NOW - timedelta(microseconds=1)}
        assert preparer.prepared(statement, early).run(cursor, early) == []
    engine.dispose()


@pytest.mark.parametrize(
    "dialect", [sqlite.dialect(), create_engine("postgresql+psycopg://").dialect], ids=lambda each: each.name
)
def test_a_statement_is_prepared_once_for_a_shape(dialect: Dialect) -> None:
    """Other values take what is ready; another length of a list for IN does not."""
    preparer, statement = Preparer(dialect), of_ids()
    one = preparer.prepared(statement, {"ids": ("a",), "now": NOW})
    assert preparer.prepared(statement, {"ids": ("b",), "now": LATER}) is one
    assert preparer.prepared(statement, {"ids": ("a", "b"), "now": NOW}) is not one
    assert "'a'" not in one.text
    assert one.bind({"ids": ("a",), "now": NOW}) != one.bind({"ids": ("b",), "now": NOW})


def test_a_statement_that_is_gone_is_forgotten() -> None:
    """The pages of the operators' queue, each a statement of its own, do not pile up."""
    preparer, statement = Preparer(sqlite.dialect()), of_ids()
    gone = weakref.ref(statement)
    assert preparer.prepared(statement, {"ids": (), "now": NOW}).text
    del statement
    gc.collect()
    assert gone() is None


def test_a_time_without_a_zone_is_refused() -> None:
    """As everywhere: it would end a code an hour late."""
    statement = of_ids()
    asked = {"ids": ("a",), "now": NOW.replace(tzinfo=None)}
    with pytest.raises(ValueError, match="without a zone"):
        Preparer(sqlite.dialect()).prepared(statement, asked).bind(asked)
