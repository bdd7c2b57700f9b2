"""Databases for tests on PostgreSQL: made once, emptied between tests; and one test body for both colours."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from typing import Any, cast

import anyio
import psycopg
from sqlalchemy import URL, Engine, delete

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.backends.storage.sqlalchemy.tables import metadata
from entractes_auth.backends.store import AsyncStore
from entractes_auth.testing.cases import awaited, run_sync
from tests.backends.storage.sqlalchemy_rigs import SqlRig
from tests.servers.postgres import Server

__all__ = ["Body", "emptied", "on_store", "prepared", "session", "text_of"]

Body = Callable[[SqlRig], Coroutine[Any, Any, None]]

# Two milliseconds; TRUNCATE makes new files for every table and index, and takes twenty times as long.
_EMPTY = "; ".join(str(delete(table)) for table in metadata.sorted_tables).encode()
_PATIENCE = timedelta(seconds=10)


def prepared(server: Server, name: str) -> URL:
    """A new database with its schema."""
    url = server.new_database(name)
    with closing(SqlStore(url)) as store:
        store.upgrade()
    return url


def session(url: URL) -> psycopg.Connection[tuple[Any, ...]]:
    """A session of the superuser beside the store's, in autocommit."""
    host = url.query["host"]
    assert isinstance(host, str)
    return psycopg.connect(host=host, user=url.username, dbname=url.database, autocommit=True)


def emptied(url: URL) -> str:
    """Delete all rows, and give the URL as a text, as a host would write it."""
    with session(url) as beside:
        beside.execute(_EMPTY)
    return text_of(url)


def text_of(url: URL) -> str:
    """The URL with its password, if it has one."""
    return url.render_as_string(hide_password=False)


def on_store(colour: str, url: str | URL, body: Body, busy_timeout: timedelta = _PATIENCE) -> None:
    """Open the store in this colour, run the body over it, and close it."""
    if colour == "async":
        anyio.run(_on_async_store, url, body, busy_timeout)
        return
    with closing(SqlStore(url, busy_timeout=busy_timeout)) as store:
        seen, engines = awaited(store), store.database.engines
        run_sync(body(SqlRig(cast("AsyncStore", seen), engines.reader, engines.writer, seen.close)))


async def _on_async_store(url: str | URL, body: Body, busy_timeout: timedelta) -> None:
    store = AsyncSqlStore(url, busy_timeout=busy_timeout)
    engines = store.database.engines
    reader: Engine = engines.reader.sync_engine
    try:
        await body(SqlRig(store, reader, engines.writer.sync_engine, store.close))
    finally:
        await store.close()
