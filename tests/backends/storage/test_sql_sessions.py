"""A connection goes back to its pool as it was lent, or not at all: cancelled, refused or lost, whoever comes next."""

from __future__ import annotations

import asyncio
import gc
import traceback
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from psycopg import Connection, OperationalError
from psycopg.pq import ConnStatus
from sqlalchemy import URL, create_engine
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from entractes_auth.backends.batch import Batch, EventQuery
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore, forks, sqlite
from entractes_auth.backends.storage.sqlalchemy.session import Session, Sessions
from entractes_auth.errors import AuthError, Conflict, Taken
from entractes_auth.testing import builders as b
from tests.backends.storage.postgres_databases import emptied, session
from tests.backends.storage.postgres_databases import prepared as prepared_on
from tests.backends.storage.sqlalchemy_rigs import prepared, url_of
from tests.servers.postgres import Server

REFUSED: dict[str, tuple[Batch, type[AuthError]]] = {
    "guard": (b.batch(b.account(9, version=7)), Conflict),
    "server": (b.batch(b.account(2, identifier=b.account(1).identifier)), Taken),
}
each_refusal = pytest.mark.parametrize("refusal", REFUSED)


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared_on(postgres, "sessions")


@pytest.fixture
def url(one_database: URL) -> str:
    return emptied(one_database)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return prepared(tmp_path / "a.db")


async def _cancelled_in_its_rollback(
    store: AsyncSqlStore, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> BaseException:
    """Commit what is refused, and cancel that task while it undoes what it began; give what it ended with."""
    rollback = AsyncAdapt_dbapi_connection.rollback

    def cancelled(self: Any) -> None:
        task.cancel()
        rollback(self)

    with monkeypatch.context() as patched:
        patched.setattr(AsyncAdapt_dbapi_connection, "rollback", cancelled)
        task = asyncio.ensure_future(store.commit(batch))
        with pytest.raises(asyncio.CancelledError) as ended:
            await task
    return ended.value


@each_refusal
def test_who_is_cancelled_while_it_undoes_keeps_no_connection(
    refusal: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite there is one connection that writes: whoever kept it would stop all writers of the process."""

    async def body() -> None:
        store = AsyncSqlStore(url_of(path))
        await store.commit(b.batch(b.account(1)))
        ended = await _cancelled_in_its_rollback(store, REFUSED[refusal][0], monkeypatch)
        with anyio.fail_after(5):
            await store.commit(b.batch(b.event(1)))
        assert isinstance(ended, asyncio.CancelledError)  # its traceback is still held here
        await store.close()

    asyncio.run(body())


def test_who_is_interrupted_while_it_undoes_carries_nothing_that_the_server_quotes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL names the value of the key that was taken: it is not in the chain that a log prints."""
    person = b.account(2, identifier=b.account(1).identifier)

    def interrupted(self: Connection[Any]) -> None:
        raise KeyboardInterrupt

    with closing(SqlStore(url, connections=1)) as store:
        store.commit(b.batch(b.account(1)))
        with monkeypatch.context() as patched:
            patched.setattr(Connection, "rollback", interrupted)
            with pytest.raises(KeyboardInterrupt) as ended:
                store.commit(b.batch(person))
        assert person.identifier not in "".join(traceback.format_exception(ended.value))
        store.commit(b.batch(b.event(1)))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_interrupted_before_it_was_undone_is_not_committed_by_the_next_one(
    kind: str, path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal's exception may come between any two lines, and a worker may live on after it. PostgreSQL takes a
    second BEGIN in the same transaction, and the next COMMIT would write half of a refused batch."""

    def interrupted(self: Sessions, *args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with closing(SqlStore(url_of(path) if kind == "sqlite" else url, connections=1)) as store:
        store.commit(b.batch(b.challenge()))
        with monkeypatch.context() as patched:
            patched.setattr(Sessions, "_give_back", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.commit(b.batch(b.proof(), b.account(9, version=7)))
        gc.collect()  # what the traceback held
        store.commit(b.batch(b.event(1)))
        assert store.glance(b.an_id("challenge", 1), b.NOW) is not None, "it was redeemed for nothing"


def test_who_is_cancelled_while_it_connects_leaves_nothing_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scope that is cancelled lets its tasks wait for nothing more, not even for a connection to close: a fork
    after `close` must not be refused for its sake."""
    execute = sqlite._execute  # pyright: ignore[reportPrivateUsage]

    async def body() -> None:
        store = AsyncSqlStore(url_of(path))
        with anyio.CancelScope() as scope:

            def cancelled(cursor: Any, pragma: str, deadline: float) -> None:
                scope.cancel()
                execute(cursor, pragma, deadline)

            with monkeypatch.context() as patched:
                patched.setattr(sqlite, "_execute", cancelled)
                await store.commit(b.batch(b.event(1)))
        assert scope.cancelled_caught
        await store.close()
        await anyio.sleep(0.1)

    anyio.run(body)
    assert [note for note in forks._OPEN if note.path == path] == []  # pyright: ignore[reportPrivateUsage]


@each_refusal
def test_a_host_s_engine_has_its_isolation_back_after_a_refusal(refusal: str, url: str) -> None:
    batch, error = REFUSED[refusal]
    engine = create_engine(url, pool_size=1, max_overflow=0, isolation_level="REPEATABLE READ")
    with closing(SqlStore(engine)) as store:
        store.commit(b.batch(b.account(1)))
        with pytest.raises(error):
            store.commit(batch)
    with engine.connect() as connection:
        level = connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
        driver: Any = connection.connection.driver_connection
        assert (level, driver.autocommit) == ("repeatable read", False)
    engine.dispose()


@each_refusal
def test_a_host_s_async_engine_has_its_isolation_back_after_a_refusal(refusal: str, url: str) -> None:
    batch, error = REFUSED[refusal]

    async def body() -> None:
        engine = create_async_engine(url, pool_size=1, max_overflow=0, isolation_level="REPEATABLE READ")
        store = AsyncSqlStore(engine)
        await store.commit(b.batch(b.account(1)))
        with pytest.raises(error):
            await store.commit(batch)
        async with engine.connect() as connection:
            level = (await connection.exec_driver_sql("SHOW transaction_isolation")).scalar_one()
            assert level == "repeatable read"
        await engine.dispose()

    asyncio.run(body())


@pytest.mark.parametrize("call", ["write", "refused"])
def test_a_host_s_engine_has_its_isolation_back_after_an_interruption(
    call: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection left in autocommit would commit the host's transactions line by line."""

    def interrupted(self: Sessions, *args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    engine = create_engine(url, pool_size=1, max_overflow=0)
    with closing(SqlStore(engine)) as store:
        store.commit(b.batch(b.account(1)))
        with monkeypatch.context() as patched:
            patched.setattr(Sessions, "_give_back", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.commit(b.batch(b.event(1)) if call == "write" else REFUSED["guard"][0])
        gc.collect()  # what the traceback held
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            left = driver.autocommit
        store.commit(b.batch(b.event(2)))
    engine.dispose()
    assert left is False


def test_a_host_s_connection_that_is_lost_after_the_commit_does_not_take_it_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is durable is no error any more; the connection alone is thrown away."""
    commit = Session.commit

    def then_lost(self: Session) -> None:
        commit(self)
        connection: PoolProxiedConnection = getattr(self, "_connection")  # noqa: B009
        driver: Any = connection.driver_connection
        with session(engine.url) as beside:
            beside.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))
        with suppress(OperationalError):
            while driver.pgconn.status == ConnStatus.OK:  # until the driver has seen it
                driver.pgconn.consume_input()

    engine = create_engine(url, pool_size=1, max_overflow=0)
    with closing(SqlStore(engine)) as store:
        store.commit(b.batch(b.event(1)))
        with monkeypatch.context() as patched:
            patched.setattr(Session, "commit", then_lost)
            store.commit(b.batch(b.event(2)))
        assert len(store.events(EventQuery()).rows) == 2
    engine.dispose()
