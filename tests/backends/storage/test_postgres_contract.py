"""PostgreSQL keeps the public contract, in both colours, and between processes."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import pytest
from sqlalchemy import URL

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.testing.store_contract import (
    AsyncStoreContract,
    ProcessContract,
    Reachable,
    StoreContract,
)
from tests.backends.storage.postgres_databases import emptied, prepared, text_of
from tests.servers.postgres import Server


def open_store(url: str) -> closing[SqlStore]:
    return closing(SqlStore(url))


@asynccontextmanager
async def open_async_store(url: str) -> AsyncGenerator[AsyncSqlStore]:
    store = AsyncSqlStore(url)
    try:
        yield store
    finally:
        await store.close()


def open_in_either_colour(url: str) -> closing[SqlStore] | AbstractAsyncContextManager[AsyncSqlStore]:
    """Other processes find this function by its name; one has the one colour, the next the other."""
    return open_store(url) if os.getpid() % 2 else open_async_store(url)


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared(postgres, "contract")


@pytest.fixture
def database(one_database: URL) -> str:
    return emptied(one_database)


@pytest.fixture(scope="module")
def one_store(one_database: URL) -> Generator[SqlStore]:
    # One for all cases: what SQLAlchemy learnt about a statement stays with the engine.
    with open_store(text_of(one_database)) as store:
        yield store


@pytest.fixture(scope="module")
def one_async_store(one_database: URL) -> AsyncSqlStore:
    return AsyncSqlStore(one_database)


class TestPostgres(StoreContract):
    """PostgreSQL 18, sync: every sentence of the port's docstrings, threads included."""

    @pytest.fixture
    def store(self, one_store: SqlStore, database: str) -> SqlStore:
        return one_store


class TestAsyncPostgres(AsyncStoreContract):
    """PostgreSQL 18, async."""

    @pytest.fixture
    async def store(self, one_async_store: AsyncSqlStore, database: str) -> AsyncGenerator[AsyncSqlStore]:
        yield one_async_store
        await one_async_store.close()  # connections belong to the event loop, and each case has its own


class TestPostgresInProcesses(ProcessContract):
    """One PostgreSQL, reached by four processes at once, some sync and some with event loops."""

    @pytest.fixture
    def reachable(self, database: str) -> Reachable:
        return Reachable(f"{__name__}:open_in_either_colour", database)
