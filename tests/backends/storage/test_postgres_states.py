"""What each of PostgreSQL's error numbers becomes: which error, after how many runs, and the same store works on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import pytest
from sqlalchemy import URL

from entractes_auth.backends.batch import EventQuery
from entractes_auth.errors import Conflict, StoreError, StoreUnavailable
from entractes_auth.testing import builders as b
from tests.backends.storage.postgres_databases import emptied, on_store, prepared, session
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig
from tests.servers.postgres import Server, postgres_server

ID = b.an_id("challenge", 1)
each_colour = pytest.mark.parametrize("colour", COLOURS)

ALL_RUNS: Final = 5
UNKNOWN: Final = "the connection was lost during a commit"
# By number: the error, the beginning of its text, and how often the transaction was run. The connection stays
# open, as behind a pooler; where the server closes it, it is lost, whatever the number says
# (`test_postgres_faults`).
BECOMES: Final[dict[str, tuple[type[StoreError], str, int]]] = {
    "25006": (StoreUnavailable, "ReadOnlySqlTransaction", ALL_RUNS),
    "40001": (Conflict, str(Conflict()), ALL_RUNS),
    "40P01": (Conflict, str(Conflict()), ALL_RUNS),
    "08006": (StoreUnavailable, "ConnectionFailure", 1),
    "08P01": (StoreUnavailable, "ProtocolViolation", 1),
    "42501": (StoreUnavailable, "InsufficientPrivilege", 1),
    "53100": (StoreUnavailable, "DiskFull", 1),
    "53200": (StoreUnavailable, "OutOfMemory", 1),
    "53300": (StoreUnavailable, "TooManyConnections", 1),
    "55P03": (StoreUnavailable, "LockNotAvailable", 1),
    "57014": (StoreUnavailable, "QueryCanceled", 1),
    "57P01": (StoreUnavailable, "AdminShutdown", 1),
    "57P02": (StoreUnavailable, "CrashShutdown", 1),
    "57P03": (StoreUnavailable, "CannotConnectNow", 1),
    "58030": (StoreUnavailable, "IoError", 1),
    "XX000": (StoreUnavailable, "InternalError_", 1),
}
# Unlike rows, a sequence keeps its value when the transaction is undone.
_REFUSING = """
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('refusals');
    RAISE EXCEPTION 'quotes %', NEW.id USING ERRCODE = '{sqlstate}';
END $$;
CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON events {when} FOR EACH ROW EXECUTE FUNCTION refuse();
"""
_FORGIVING = "DROP TRIGGER refusing ON events; DROP FUNCTION refuse; DROP SEQUENCE refusals"


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared(postgres, "states")


@pytest.fixture
def url(one_database: URL) -> URL:
    emptied(one_database)
    return one_database


@contextmanager
def refusing(url: URL, sqlstate: str, when: str) -> Generator[list[int]]:
    """Refuse each event in here; gives, when left, how often."""
    runs: list[int] = []
    with session(url) as beside:
        beside.execute(_REFUSING.format(sqlstate=sqlstate, when=when).encode())
        try:
            yield runs
        finally:
            runs.extend(row[0] for row in beside.execute("SELECT last_value FROM refusals"))
            beside.execute(_FORGIVING.encode())


def _named(error: StoreError) -> str:
    """Its text without what an operator is told to look at."""
    return str(error).partition(":")[0]


@each_colour
@pytest.mark.parametrize("when", ["", "DEFERRABLE INITIALLY DEFERRED"], ids=["statement", "commit"])
@pytest.mark.parametrize("sqlstate", BECOMES)
def test_a_number_becomes_an_error(colour: str, when: str, sqlstate: str, url: URL) -> None:
    """Nothing is written, nothing of the row is quoted, and what comes next is served."""
    error, text, expected = BECOMES[sqlstate]

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with refusing(url, sqlstate, when) as runs, pytest.raises(error) as refused:
            await rig.store.commit(b.batch(b.proof(), b.message(1), b.event(1)))
        assert (_named(refused.value), runs) == (text, [expected])
        assert (refused.value.__cause__, refused.value.__context__) == (None, None)
        assert (await rig.store.events(EventQuery())).rows == ()
        await rig.store.commit(b.batch(b.proof(), b.message(1), b.event(1)))

    on_store(colour, url, body)


@each_colour
def test_a_server_that_ended_all_sessions_for_a_crash_is_used_again(colour: str) -> None:
    """57P02 to who was connected, 57P03 to who comes while it recovers: `StoreUnavailable`, until it is back."""
    with postgres_server() as server:
        url = prepared(server, "crashed")

        async def body(rig: SqlRig) -> None:
            await rig.store.commit(b.batch(b.challenge()))
            with session(url) as victim:
                os.kill(victim.info.backend_pid, signal.SIGKILL)
                attempt = None
                said = set[str]()
                end = time.monotonic() + 60
                while attempt is None and time.monotonic() < end:
                    try:
                        attempt = await rig.store.spend(ID, b.NOW)
                    except StoreUnavailable as unavailable:
                        said.add(_named(unavailable))
            assert attempt is not None
            assert said <= {"OperationalError", UNKNOWN}
            assert attempt.attempts_left == 2 or UNKNOWN in said

        on_store(colour, url, body)


@each_colour
def test_who_is_one_connection_too_many_is_served_when_there_is_room(colour: str, url: URL) -> None:
    """53300, by the limit of the role: `StoreUnavailable` at once, and no restart is needed."""
    with session(url) as beside:
        beside.execute(
            "DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN CONNECTION LIMIT 0;"
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO app"
        )

        async def body(rig: SqlRig) -> None:
            with pytest.raises(StoreUnavailable, match="OperationalError"):
                await rig.store.commit(b.batch(b.event(1)))
            beside.execute("ALTER ROLE app CONNECTION LIMIT -1")
            await rig.store.commit(b.batch(b.event(1)))

        on_store(colour, url.set(username="app"), body)
        beside.execute("DROP OWNED BY app; DROP ROLE app")
