"""The contract on the SQL store; docs/store-authors.md shows this file as its example."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing.store_contract import ProcessContract, Reachable, StoreContract


def open_store(path: str) -> closing[SqlStore]:
    """Other processes find this function by its name; leaving what it gives closes the store."""
    return closing(SqlStore(f"sqlite:///{path}"))


@pytest.fixture
def database(tmp_path: Path) -> str:
    """An empty database with its tables, a new one for each test."""
    path = str(tmp_path / "store.db")
    with open_store(path) as store:
        store.upgrade()
    return path


class TestSqlStore(StoreContract):
    """Every sentence of the port's docstrings, threads included."""

    @pytest.fixture
    def store(self, database: str) -> Generator[SqlStore]:
        with open_store(database) as store:
            yield store


class TestSqlStoreInProcesses(ProcessContract):
    """The same database, reached by four processes at once."""

    @pytest.fixture
    def reachable(self, database: str) -> Reachable:
        return Reachable(f"{__name__}:open_store", database)
