"""The Django store keeps the public contract on SQLite: threads, processes, and `AsyncAuth`'s colour."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from typing_extensions import override

from entractes_auth.backends.storage.django import AsyncDjangoStore
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.testing.store_contract import (
    AsyncStoreContract,
    ProcessContract,
    Reachable,
    StoreContract,
)
from tests.backends.storage.django import databases


class TestSqlite(StoreContract):
    """SQLite in a file, in WAL."""

    @pytest.fixture
    def store(self, alias: str) -> Store:
        return databases.of_a_server(alias)

    @override
    def host_transaction(self, store: Store) -> AbstractContextManager[None]:
        return transaction.atomic(using=databases.ALIAS)


class TestAsyncSqlite(AsyncStoreContract):
    """The store for `AsyncAuth`, whose calls run in the thread that Django's async queries run in."""

    @pytest.fixture
    async def store(self, alias: str) -> AsyncGenerator[AsyncStore]:
        yield AsyncDjangoStore(alias)
        await sync_to_async(databases.forget)(alias)  # in the thread where the calls ran


class TestSqliteInProcesses(ProcessContract):
    """One SQLite file, reached by four processes at once."""

    @pytest.fixture
    def reachable(self, file: Path) -> Reachable:
        return Reachable(f"{databases.__name__}:open_store", str(file))
