"""One test body over the sync and the async store, with the engine that writes at hand to harm it."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import anyio
import anyio.to_thread
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.backends.store import AsyncStore
from entractes_auth.testing.cases import awaited, run_sync

__all__ = ["COLOURS", "SqlRig", "prepared", "url_of"]

COLOURS: Final = ("sync", "async")
PATIENCE: Final = timedelta(milliseconds=100)


def url_of(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def prepared(path: Path) -> Path:
    """Create an empty database with its schema, closed."""
    store = SqlStore(url_of(path))
    store.upgrade()
    store.close()
    return path


@dataclass(frozen=True, slots=True)
class SqlRig:
    """A store seen as an async one, and its engines."""

    store: AsyncStore
    reader: Engine
    writer: Engine
    close: Callable[[], Awaitable[None]]

    async def on_each_write_connection(self, pragma: str) -> None:
        """Run a pragma on every connection that writes from now on."""

        def connect(connection: DBAPIConnection, entry: object) -> None:
            connection.cursor().execute(pragma)

        await self.close()
        event.listen(self.writer, "connect", connect)

    @staticmethod
    def run(colour: str, path: Path, body: Callable[[SqlRig], Coroutine[Any, Any, None]]) -> None:
        """Open the store in this colour on the path, run the body over it, and close it."""
        if colour == "async":
            anyio.run(_run_async, path, body)
            return
        store = SqlStore(url_of(path), busy_timeout=PATIENCE)
        engines = store.database.engines
        try:
            seen = awaited(store)
            run_sync(body(SqlRig(cast("AsyncStore", seen), engines.reader, engines.writer, seen.close)))
        finally:
            store.close()


async def _run_async(path: Path, body: Callable[[SqlRig], Coroutine[Any, Any, None]]) -> None:
    store = AsyncSqlStore(url_of(path), busy_timeout=PATIENCE)
    engines = store.database.engines
    try:
        await body(SqlRig(store, engines.reader.sync_engine, engines.writer.sync_engine, store.close))
    finally:
        await store.close()
        for thread in threading.enumerate():
            if "_connection_worker_thread" in thread.name:
                # The driver's thread of a connection that failed to open reports its end to the
                # loop, and must find it there.
                await anyio.to_thread.run_sync(thread.join, 10)
