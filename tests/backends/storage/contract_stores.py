"""SQLite stores for the contract, in this process and in others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore

__all__ = ["async_sqlite", "sqlite"]


@contextmanager
def sqlite(path: str) -> Generator[SqlStore]:
    """The sync store on the database at `path`."""
    store = SqlStore(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()


@asynccontextmanager
async def async_sqlite(path: str) -> AsyncGenerator[AsyncSqlStore]:
    """The async store on the database at `path`."""
    store = AsyncSqlStore(f"sqlite+aiosqlite:///{path}")
    try:
        yield store
    finally:
        await store.close()
