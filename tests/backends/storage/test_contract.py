"""The project's other stores keep the public contract; the sync SQL store has a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.testing.store_contract import (
    AsyncStoreContract,
    ProcessContract,
    Reachable,
    StoreContract,
)


@asynccontextmanager
async def open_async_store(path: str) -> AsyncGenerator[AsyncSqlStore]:
    store = AsyncSqlStore(f"sqlite+aiosqlite:///{path}")
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database without rows, closed, so that it is one file that can be copied."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    with closing(SqlStore(f"sqlite:///{path}")) as store:
        store.upgrade()
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> str:
    return str(shutil.copy(empty_database, tmp_path / "store.db"))


class TestMemoryStore(StoreContract):
    """The reference keeps every sentence of the contract."""

    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


class TestAsyncSqlStore(AsyncStoreContract):
    """SQLite, async."""

    @pytest.fixture
    async def store(self, database: str) -> AsyncGenerator[AsyncSqlStore]:
        async with open_async_store(database) as store:
            yield store


class TestAsyncSqlStoreInProcesses(ProcessContract):
    """SQLite, reached by several processes that run event loops."""

    @pytest.fixture
    def reachable(self, database: str) -> Reachable:
        return Reachable(f"{__name__}:open_async_store", database)
