"""The project's own stores keep the public contract."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Generator
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
from tests.backends.storage.contract_stores import async_sqlite, sqlite


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database without rows, closed, so that it is one file that can be copied."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    with sqlite(str(path)) as store:
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


class TestSqlStore(StoreContract):
    """SQLite, sync."""

    @pytest.fixture
    def store(self, database: str) -> Generator[SqlStore]:
        with sqlite(database) as store:
            yield store


class TestAsyncSqlStore(AsyncStoreContract):
    """SQLite, async."""

    @pytest.fixture
    async def store(self, database: str) -> AsyncGenerator[AsyncSqlStore]:
        async with async_sqlite(database) as store:
            yield store


class TestSqliteProcesses(ProcessContract):
    """SQLite, reached by several processes."""

    @pytest.fixture
    def reachable(self, database: str) -> Reachable:
        return Reachable("tests.backends.storage.contract_stores:sqlite", database)


class TestAsyncSqliteProcesses(ProcessContract):
    """SQLite, reached by several processes that run event loops."""

    @pytest.fixture
    def reachable(self, database: str) -> Reachable:
        return Reachable("tests.backends.storage.contract_stores:async_sqlite", database)
