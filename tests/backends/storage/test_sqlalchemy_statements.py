"""The statements are written for PostgreSQL as well, and use the indexes that are there for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Dialect, Executable, Select, make_url
from sqlalchemy.sql import ClauseElement

from entractes_auth.backends.batch import (
    AccountQuery,
    EventQuery,
    Expendable,
    MessageQuery,
    RegistrationQuery,
)
from entractes_auth.backends.storage.cursors import Cursor
from entractes_auth.backends.storage.sqlalchemy import (
    SqlStore,
    erasing,
    outbox_statements,
    queries,
    statements,
)
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders as b
from tests.backends.storage.sqlalchemy_rigs import prepared, url_of

POSTGRESQL: Dialect = make_url("postgresql://").get_dialect()()
SQLITE: Dialect = make_url("sqlite://").get_dialect()()
WRITES: dict[str, Callable[[], Executable]] = {
    "spend": statements.spend_attempt,
    "redeem": statements.redeem_challenge,
    "send": statements.send_challenge,
    "close": statements.close_challenge,
    "erase": statements.erase_nonces,
    "change_account": statements.change_account,
    "change_registration": statements.change_registration,
    "raise_account_version": statements.raise_account_version,
    "write_account": statements.write_account,
    "withdraw": outbox_statements.withdraw_messages,
    "lease": lambda: outbox_statements.lease_messages(False),
    "lease_only": lambda: outbox_statements.lease_messages(True),
    "end": outbox_statements.end_message,
    "end_overdue": outbox_statements.end_overdue,
    "requeue": outbox_statements.requeue_message,
}
GUARDED = (
    "spend",
    "redeem",
    "send",
    "change_account",
    "change_registration",
    "raise_account_version",
    "write_account",
    "lease",
)
AFTER = Cursor(b.NOW, "x").encode()
READS: dict[str, Executable] = {
    "identifier": queries.account_with("identifier").params(at_key="x"),
    "email": queries.account_with("email").params(at_key="x"),
    "registration_id": queries.account_with("registration_id").params(at_key="x"),
    "free_identifiers": queries.taken_identifiers(("x", "y")),
    "glance": queries.glance().params(at_id="x", now=b.NOW),
    "queue": queries.registration_page(RegistrationQuery(states=(State.IN_REVIEW,), after=AFTER)),
    "expired": queries.registration_page(RegistrationQuery(expired_at=b.NOW)),
    "registrations_by_email": queries.registration_page(RegistrationQuery(email="x")),
    "registrations_by_number": queries.registration_page(RegistrationQuery(number="x")),
    "accounts_by_number": queries.account_page(AccountQuery(number="x")),
    "events": queries.event_page(EventQuery(after=AFTER)),
    "events_of_one": queries.event_page(EventQuery(subject_id="x", after=AFTER)),
    "outbox": queries.message_page(MessageQuery(state=MessageState.QUEUED, after=AFTER)),
    "named_documents": queries.named_documents(),
    "served_documents": queries.registration_page(
        RegistrationQuery(states=(State.APPROVED,), unchanged_since=b.NOW, with_documents=True)
    ),
    **{f"expendable_{what.value}": erasing.count_rows(what, b.NOW) for what in Expendable},
}


def _sql(statement: Executable, dialect: Dialect) -> str:
    assert isinstance(statement, ClauseElement)
    return str(statement.compile(dialect=dialect))


@pytest.mark.parametrize("name", WRITES)
def test_every_write_compiles_for_postgresql(name: str) -> None:
    """No statement needs words that only SQLite has."""
    assert "UPDATE" in _sql(WRITES[name](), POSTGRESQL)


@pytest.mark.parametrize("name", GUARDED)
def test_a_guarded_write_returns_its_row(name: str) -> None:
    """Losing is told by the row that does not come back, in both dialects."""
    assert "RETURNING" in _sql(WRITES[name](), POSTGRESQL)
    assert "RETURNING" in _sql(WRITES[name](), SQLITE)


@pytest.mark.parametrize("name", ["lease", "lease_only"])
def test_relays_pass_each_other_by_where_the_engine_can(name: str) -> None:
    """PostgreSQL skips rows that another relay is taking; SQLite, with one writer, has no such words."""
    assert "FOR UPDATE SKIP LOCKED" in _sql(WRITES[name](), POSTGRESQL)
    assert "FOR UPDATE" not in _sql(WRITES[name](), SQLITE)


@pytest.mark.parametrize("name", READS)
def test_every_read_uses_an_index(name: str, tmp_path: Path) -> None:
    """SQLite plans no read that walks a whole table: sign-in and the queue stay quick when tables are long."""
    statement = READS[name]
    assert isinstance(statement, Select)
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with store.database.engines.reader.connect() as connection:
        sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    store.close()
    assert steps
    assert not [step for step in steps if step.startswith("SCAN") and "USING INDEX" not in step], steps


@pytest.mark.parametrize("what", Expendable)
def test_erasing_seeks_its_rows(what: Expendable, tmp_path: Path) -> None:
    """A batch finds its rows by an index, in an order that the index has, and deletes them by their ids."""
    assert "FOR UPDATE SKIP LOCKED" in _sql(erasing.erase_rows(what), POSTGRESQL)
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with store.database.engines.reader.connect() as connection:
        sql = _sql(erasing.erase_rows(what), connection.dialect).replace("?", "1")
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    store.close()
    assert steps[0].endswith("(id=?)"), steps
    assert not [step for step in steps if step.startswith("SCAN") and step != "SCAN first"], steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


def test_documents_that_have_served_are_found_among_those_that_name_any(tmp_path: Path) -> None:
    """However many members there are: their registrations are not in that index any more."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with store.database.engines.reader.connect() as connection:
        statement = READS["served_documents"]
        assert isinstance(statement, Select)
        sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    store.close()
    assert steps == ["SEARCH registrations USING INDEX ix_registrations_with_documents (state=?)"]
