"""The worlds that the flows' tests run in: both colours, in memory and on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path

import pytest

from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from tests.flows.world import World


@pytest.fixture
def anyio_backend() -> str:
    """Flow tests are coroutines, also those over sync ports."""
    return "asyncio"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database without rows, closed, so that it is one file that can be copied."""
    path = tmp_path_factory.mktemp("flows") / "empty.db"
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    """An empty database of this test's own."""
    return Path(shutil.copy(empty_database, tmp_path / "auth.db"))


@pytest.fixture
def memory() -> World:
    """The sync runner in memory: for what no store and no colour can change."""
    return World(store=MemoryStore())


@pytest.fixture
def sqlite(database: Path) -> Generator[World]:
    """The sync runner on SQLite."""
    store = SqlStore(f"sqlite:///{database}")
    yield World(store=store)
    store.close()


@pytest.fixture
def fresh_sqlite(empty_database: Path, tmp_path: Path) -> Generator[Callable[[], World]]:
    """As many sync worlds on SQLite as a test asks for, each on a database of its own."""
    stores: list[SqlStore] = []

    def fresh() -> World:
        path = shutil.copy(empty_database, tmp_path / f"auth-{len(stores)}.db")
        stores.append(SqlStore(f"sqlite:///{path}"))
        return World(store=stores[-1])

    yield fresh
    for store in stores:
        store.close()


@pytest.fixture
async def async_sqlite(database: Path) -> AsyncGenerator[World]:
    """The async runner on SQLite."""
    store = AsyncSqlStore(f"sqlite+aiosqlite:///{database}")
    yield World(store=store, in_async=True)
    await store.close()


@pytest.fixture(params=["memory", "sqlite", "async_memory", "async_sqlite"])
async def world(request: pytest.FixtureRequest, anyio_backend: str, database: Path) -> AsyncGenerator[World]:
    """Each colour on each store in turn."""
    match request.param:
        case "memory":
            yield World(store=MemoryStore())
        case "async_memory":
            yield World(store=MemoryStore(), in_async=True)
        case "sqlite":
            store = SqlStore(f"sqlite:///{database}")
            yield World(store=store)
            store.close()
        case _:
            async_store = AsyncSqlStore(f"sqlite+aiosqlite:///{database}")
            yield World(store=async_store, in_async=True)
            await async_store.close()


@pytest.fixture
def dump(database: Path) -> Callable[[], str]:
    """Every row of this test's database as SQL, to compare before and after."""
    import sqlite3

    def read() -> str:
        connection = sqlite3.connect(database)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    return read
