"""The statements are written for PostgreSQL as well, and use the indexes that are there for them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Dialect, Executable, create_engine, make_url
from sqlalchemy.sql import ClauseElement

from entractes_auth.backends.batch import (
    AccountKey,
    AccountQuery,
    Batch,
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
    reads,
    statements,
    writes,
)
from entractes_auth.backends.storage.sqlalchemy.plan import Read
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders as b
from tests.backends.storage.explained import explained, fill
from tests.backends.storage.sqlalchemy_rigs import prepared, url_of

POSTGRESQL: Dialect = make_url("postgresql+psycopg://").get_dialect()()
SQLITE: Dialect = make_url("sqlite://").get_dialect()()
WRITES: dict[str, Callable[[], Executable]] = {
    "spend": statements.spend_attempt,
    "redeem": statements.redeem_challenge,
    "send": statements.send_challenge,
    "close": statements.close_challenge,
    "erase": statements.erase_nonces,
    **{f"change {table}": partial(statements.change, table) for table in statements.KEYS},
    **{
        f"change {table} beside keys": partial(statements.change_beside_keys, table)
        for table in statements.KEYS
    },
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
    *(name for name in WRITES if name.startswith("change ")),
    "raise_account_version",
    "write_account",
    "lease",
)
AFTER = Cursor(b.NOW, "x").encode()
OPEN = (State.DRAFT, State.SUBMITTED, State.NEEDS_INFORMATION)
READS: dict[str, Read[Any]] = {
    **{
        name: reads.find_account(AccountKey(name, "x")) for name in ("identifier", "email", "registration_id")
    },
    "free_identifiers": reads.free_identifiers(("x", "y")),
    "glance": reads.glance("x", b.NOW),
    "queue": reads.registrations(RegistrationQuery(states=(State.IN_REVIEW,), after=AFTER)),
    "queue_of_two": reads.registrations(
        RegistrationQuery(states=(State.IN_REVIEW, State.DRAFT), after=AFTER)
    ),
    "queue_of_all": reads.registrations(RegistrationQuery(after=AFTER)),
    "mine": reads.registrations(RegistrationQuery(states=(State.IN_REVIEW,), reviewer_id="reviewer-0")),
    "expired": reads.registrations(RegistrationQuery(states=OPEN, expired_at=b.NOW)),
    "registrations_by_email": reads.registrations(RegistrationQuery(states=OPEN, email="x")),
    "registrations_by_number": reads.registrations(RegistrationQuery(states=OPEN, number="x")),
    "accounts_by_number": reads.accounts(AccountQuery(number="x")),
    "events": reads.events(EventQuery(after=AFTER)),
    "events_of_one": reads.events(EventQuery(subject_id="x", after=AFTER)),
    "outbox": reads.outbox(MessageQuery(state=MessageState.QUEUED, after=AFTER)),
    "unnamed_documents": reads.unnamed_documents(("x",)),
    "served_documents": reads.registrations(
        RegistrationQuery(states=(State.APPROVED,), unchanged_since=b.NOW, with_documents=True)
    ),
    **{f"expendable_{what.value}": reads.expendable(what, b.NOW) for what in Expendable},
}
PAGES = {
    "queue": [
        "SEARCH registrations USING INDEX ix_registrations_state_position_id (state=? AND (position,id)>(?,?))"
    ],
    "mine": ["SEARCH registrations USING INDEX ix_registrations_claimed (reviewer_id=?)"],
    "expired": [
        "SEARCH registrations USING INDEX ix_registrations_expiring (expires_at<?)",
        "USE TEMP B-TREE FOR ORDER BY",
    ],
    "served_documents": ["SEARCH registrations USING INDEX ix_registrations_with_documents (state=?)"],
}
"""How SQLite finds a page of registrations: in the order of an index, but for what is due, which is sorted."""


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


@pytest.fixture
def plain(tmp_path: Path) -> Generator[Connection]:
    """A connection to an empty database, without statistics."""
    engine = create_engine(url_of(prepared(tmp_path / "a.db")))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Generator[Connection]:
    """A connection to a database whose registrations are many, with statistics."""
    path = prepared(tmp_path_factory.mktemp("long") / "a.db")
    with closing(SqlStore(url_of(path))) as store:
        store.commit(b.batch(b.registration(1, State.WITHDRAWN, documents=())))
    engine = create_engine(url_of(path))
    with engine.connect() as connection:
        fill(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", READS)
def test_every_read_uses_an_index(name: str, plain: Connection) -> None:
    """SQLite plans no read that walks a whole table: sign-in and the queue stay quick when tables are long."""
    steps = explained(plain, READS[name])
    assert steps
    walks = [step for step in steps if step.startswith("SCAN") and "USING INDEX" not in step]
    assert [step for step in walks if not step.startswith(("SCAN anon_", "SCAN each_one"))] == [], steps


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_registrations_is_found_by_its_own_index(
    name: str, plain: Connection, long: Connection
) -> None:
    """Whether SQLite knows how long the table is, or not."""
    assert explained(plain, READS[name]) == PAGES[name]
    assert explained(long, READS[name]) == PAGES[name]


@pytest.mark.parametrize(("name", "states"), [("queue_of_two", 2), ("queue_of_all", len(State))])
def test_a_page_of_several_states_is_merged_from_one_of_each(
    name: str, states: int, plain: Connection, long: Connection
) -> None:
    """No state is read further than a page, and what is sorted is as many pages as there are states."""
    walk = PAGES["queue"][0].replace("USING INDEX", "USING COVERING INDEX")
    for connection in (plain, long):
        steps = explained(connection, READS[name])
        assert steps.count(walk) == states
        [fetched, *others] = [step for step in steps if "registrations" in step and step != walk]
        assert (fetched, others) == (
            "SEARCH registrations USING INDEX sqlite_autoindex_registrations_1 (id=?)",
            [],
        )


@pytest.mark.parametrize(
    ("table", "batch"),
    [
        ("accounts", b.batch(b.account(1, version=1))),
        ("registrations", b.batch(b.registration(1, version=1))),
    ],
)
def test_a_change_that_keeps_the_keys_writes_none_of_their_indexes(
    table: str, batch: Batch, plain: Connection
) -> None:
    """Each sign-in changes its account: on SQLite it would else write five pages more, from all over the file."""
    [step, *_] = writes.commit(batch).steps
    assert isinstance(step.values, Mapping)
    ready = Preparer(plain.dialect).prepared(step.statement, step.values)
    program = plain.exec_driver_sql(f"EXPLAIN {ready.text}", ready.bind(step.values)).fetchall()
    places = plain.exec_driver_sql("SELECT rootpage, name FROM sqlite_master").fetchall()
    names: dict[int, str] = {page: name for page, name in places}
    trees = {row.p1: names[row.p2] for row in program if row.opcode == "OpenWrite"}
    assert table in trees.values()
    written = {trees[row.p1] for row in program if row.opcode == "IdxInsert" and row.p1 in trees}
    assert written <= {
        "ix_registrations_claimed",
        "ix_registrations_expiring",
        "ix_registrations_state_position_id",
        "ix_registrations_with_documents",
    }


@pytest.mark.parametrize("what", Expendable)
def test_erasing_seeks_its_rows(what: Expendable, plain: Connection) -> None:
    """A batch finds its rows by an index, in an order that the index has, and deletes them by their ids."""
    assert "FOR UPDATE SKIP LOCKED" in _sql(erasing.erase_rows(what), POSTGRESQL)
    sql = _sql(erasing.erase_rows(what), plain.dialect).replace("?", "1")
    steps = [row[3] for row in plain.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert steps[0].endswith("(id=?)"), steps
    assert not [step for step in steps if step.startswith("SCAN") and step != "SCAN first"], steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_many_candidates_are_one_parameter(count: int) -> None:
    """Neither engine gets a statement of another length for each number of candidates, nor parses a thousand names."""
    read = reads.free_identifiers(tuple(map(str, range(count))))
    for dialect, words in ((POSTGRESQL, "FROM unnest("), (SQLITE, "FROM json_each(")):
        ready = Preparer(dialect).prepared(read.statement, read.values)
        assert words in ready.text
        assert len(ready.bind(read.values)) <= 3, "the list, how many are enough, and SQLite's offset"
