"""How the SQL store reaches PostgreSQL: settings, hosts, pools, and what it leaves behind for a pooler: nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from contextlib import closing
from typing import Any

import anyio
import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from entractes_auth.backends.batch import EventQuery, Settlement
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.errors import ConfigurationError
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders as b
from entractes_auth.testing.store_contract.outbox import LATER, UNTIL
from tests.backends.storage.postgres_databases import emptied, on_store, prepared, session, text_of
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig
from tests.servers.cutting import cutting_proxy
from tests.servers.postgres import Server

ID = b.an_id("challenge", 1)
each_colour = pytest.mark.parametrize("colour", COLOURS)


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared(postgres, "set_up")


@pytest.fixture
def url(one_database: URL) -> URL:
    emptied(one_database)
    return one_database


async def everything(rig: SqlRig) -> None:
    """Every kind of transaction that the store knows, and a read."""
    await rig.store.commit(b.batch(b.challenge(), b.registration(1, State.IN_REVIEW), b.code_message(1)))
    assert await rig.store.spend(ID, b.NOW) is not None
    changed = b.registration(1, State.IN_REVIEW, version=1)
    await rig.store.commit(b.batch(b.proof(), changed, b.account(1), b.message(2), b.event(1)))
    leased = await rig.store.lease(LATER, UNTIL, 10)
    await rig.store.settle(
        tuple(
            Settlement(message_id=one.message.id, token=one.token, state=MessageState.SENT, at=LATER)
            for one in leased
        )
    )
    await rig.store.purge(UNTIL)
    assert await rig.store.registration(changed.id) is not None
    assert len((await rig.store.events(EventQuery())).rows) == 1


_CARELESS = (
    "ALTER DATABASE set_up SET synchronous_commit = off",
    "ALTER DATABASE set_up SET default_transaction_isolation = 'serializable'",
    "CREATE TABLE seen (synchronous_commit text, isolation text, patience text)",
    """CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen VALUES (current_setting('synchronous_commit'),
        current_setting('transaction_isolation'), current_setting('statement_timeout'));
    RETURN NULL; END $$""",
    *(
        f"CREATE TRIGGER seeing AFTER INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION see()"
        for table in ("accounts", "challenges", "events", "messages", "registrations")
    ),
)


@each_colour
def test_every_transaction_is_durable_and_read_committed(colour: str, postgres: Server) -> None:
    """Also where the database's own default would give attempts back after a crash."""
    url = prepared(postgres, "set_up")
    with session(url) as beside:
        for line in _CARELESS:
            beside.execute(line.encode())
        on_store(colour, url, everything)
        seen = beside.execute("SELECT DISTINCT * FROM seen").fetchall()
    assert seen == [("on", "read committed", "10s")]


_STATE = (
    "SELECT name, setting FROM pg_settings WHERE name <> 'transaction_isolation' ORDER BY name",
    "SELECT count(*) FROM pg_prepared_statements",
    "SELECT count(*) FROM pg_listening_channels()",
    "SELECT count(*) FROM pg_cursors WHERE is_holdable",
    "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'",
    "SELECT count(*) FROM pg_class WHERE relpersistence = 't'",
)


def test_no_transaction_leaves_anything_in_its_session(url: URL) -> None:
    """A pooler may give each transaction another session: what one has set or prepared is in none of them."""
    with closing(SqlStore(url, connections=1)) as store:
        engine = store.database.engines.reader

        def state() -> list[Any]:
            with engine.connect() as connection:
                pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                return [pid, *(connection.exec_driver_sql(line).all() for line in _STATE)]

        before = state()
        for n in range(1, 12):  # more often than drivers wait before they prepare a statement
            store.commit(b.batch(b.challenge(n), b.event(n)))
            assert store.spend(b.an_id("challenge", n), b.NOW) is not None
        assert store.database.upgrade().served
        store.commit(b.batch(b.event(12)))
        after = state()
    # `upgrade` has closed the first session; the second one is as untouched.
    assert after[1:] == before[1:]


@each_colour
def test_each_transaction_may_have_a_session_of_its_own(colour: str, url: URL) -> None:
    """On a pool that keeps nothing, every step works, and the host's engine is left as it was."""
    options = {"poolclass": NullPool, "connect_args": {"prepare_threshold": None}}
    if colour == "sync":
        with closing(SqlStore(create_engine(url, **options))) as store:
            _use(store)
        return

    async def use() -> None:
        store = AsyncSqlStore(create_async_engine(url, **options))
        await store.commit(b.batch(b.challenge()))
        assert await store.spend(ID, b.NOW) is not None
        await store.commit(b.batch(b.proof(), b.event(1)))
        assert len((await store.events(EventQuery())).rows) == 1

    anyio.run(use)


def _use(store: SqlStore) -> None:
    store.commit(b.batch(b.challenge()))
    assert store.spend(ID, b.NOW) is not None
    store.commit(b.batch(b.proof(), b.event(1)))
    assert len(store.events(EventQuery()).rows) == 1


@pytest.mark.parametrize("threshold", [None, 5])
def test_a_host_s_engine_lends_its_connections(threshold: int | None, url: URL) -> None:
    """The host's engine works as before beside the store, which never closes its pool."""
    engine = create_engine(url, connect_args={"prepare_threshold": threshold})
    with engine.begin() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with closing(SqlStore(engine)) as store:
        store.check()
        for n in range(1, 9):
            store.commit(b.batch(b.event(n)))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() == pid
        connection.exec_driver_sql("DELETE FROM events")
        connection.rollback()  # the host's own transactions are still transactions
        assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one() == 8
    engine.dispose()


HOSTS = {
    "query": "postgresql+psycopg://app:pw@/auth?host=db1.example:5432&host=db2.example:5433",
    "libpq": "postgresql+psycopg://app:pw@/auth?host=db1.example,db2.example&port=5432,5433",
    "short": "postgresql://app:pw@/auth?host=db1.example:5432&host=db2.example:5433",
}


def _asked(engine: Engine) -> dict[str, Any]:
    """What the driver would be called with."""
    _, asked = engine.dialect.create_connect_args(engine.url)
    return dict(asked)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("kind", [SqlStore, AsyncSqlStore])
def test_several_hosts_may_be_named(kind: type[SqlStore | AsyncSqlStore], name: str) -> None:
    """For failover, in each of the ways that SQLAlchemy and libpq know."""
    engines: Any = kind(HOSTS[name]).database.engines
    asked = _asked(getattr(engines.writer, "sync_engine", engines.writer))
    assert (asked["host"], asked["port"]) == ("db1.example,db2.example", "5432,5433")


def test_of_several_hosts_the_one_that_writes_is_taken(url: URL) -> None:
    """A host that is not there is passed by, and one that takes no writes too, unless the URL says otherwise."""
    there = url.query["host"]
    both = url.set(query={"host": f"{there}-gone,{there}"})
    with closing(SqlStore(text_of(both))) as store:
        _use(store)
    with session(url) as beside:
        beside.execute("ALTER DATABASE set_up SET default_transaction_read_only = on")
        try:
            with closing(SqlStore(url)) as store, pytest.raises(Exception, match="OperationalError"):
                store.registration("any")
            any_of_them = url.update_query_dict({"target_session_attrs": "any"})
            with closing(SqlStore(any_of_them)) as store:
                assert store.registration("any") is None
        finally:
            beside.execute("ALTER DATABASE set_up RESET default_transaction_read_only")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg2://app:s3cret@db/auth",
        "postgresql+asyncpg://app:s3cret@db/auth",
        "mysql://app:s3cret@db/auth",
        "oracle://app:s3cret@db/auth",
        "nothing://app:s3cret@db/auth",
    ],
)
@pytest.mark.parametrize("kind", [SqlStore, AsyncSqlStore])
def test_another_engine_or_driver_is_refused_at_once(kind: type[SqlStore | AsyncSqlStore], url: str) -> None:
    """The text names the URLs that work, and does not repeat this one, which may hold a password."""
    with pytest.raises(ConfigurationError, match="sqlite:////") as refused:
        kind(url)
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


_FORKING = """
import os, sys
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing import builders as b

store, challenge = SqlStore(sys.argv[1], connections=1), b.an_id("challenge", 1)

def session():
    with store.database.engines.reader.connect() as connection:
        return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()

store.commit(b.batch(b.challenge()))
parents = session()
child = os.fork()
if child == 0:
    spent = store.spend(challenge, b.NOW)
    os._exit(0 if spent is not None and session() != parents else 1)
assert os.waitpid(child, 0)[1] == 0, "the child"
assert session() == parents, "the parent's session was ended"
assert store.spend(challenge, b.NOW).attempts_left == 1
store.close()
"""


def test_a_forked_child_opens_connections_of_its_own(url: URL) -> None:
    """It works on a store that its parent has used, in a session of its own, and ends none of its parent's."""
    assert _said([_FORKING, text_of(url)]) == (0, "")


def _said(arguments: list[str]) -> tuple[int, str]:
    """How a program of its own ended, and what it complained about."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", *arguments], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr


_WITHOUT_DRIVER = """
import sys
sys.modules["psycopg"] = None
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import ConfigurationError
try:
    SqlStore("postgresql+psycopg://app:s3cret@db/auth")
except ConfigurationError as refused:
    sys.exit(str(refused))
"""


def test_a_missing_driver_is_named_with_what_brings_it() -> None:
    """Where psycopg is not installed, the error says which extra of the package to install."""
    assert _said([_WITHOUT_DRIVER]) == (
        1,
        'PostgreSQL needs psycopg: pip install "entractes_auth[postgres]"\n',
    )


def test_a_question_that_nobody_hears_is_given_up(one_database: URL, postgres: Server) -> None:
    """Keepalives do not count while something was sent and not heard: that is the other time, in milliseconds."""
    with (
        cutting_proxy(postgres.home / ".s.PGSQL.5432") as proxy,
        closing(SqlStore(proxy.url(str(one_database.database)))) as store,
    ):
        connection: Any = store.database.engines.reader.raw_connection()
        with socket.socket(fileno=os.dup(connection.driver_connection.fileno())) as wire:
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 25_000
        connection.close()


def test_a_url_says_how_long_to_wait_for_a_host() -> None:
    """What the URL asks for is not overruled by the store's own settings."""
    url = make_url("postgresql://app@db/auth?application_name=clinic&keepalives_idle=99")
    asked = _asked(SqlStore(url).database.engines.reader)
    assert (asked["application_name"], asked["keepalives_idle"]) == ("clinic", "99")
