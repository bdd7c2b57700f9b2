"""The project's own limits keep the public contract."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.keys import Keyring
from entractes_auth.testing.limits_contract import LimitsContract


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database without rows, closed, so that it is one file that can be copied."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


class TestMemoryLimits(LimitsContract):
    """Counters in this process."""

    @pytest.fixture
    def limits(self) -> MemoryLimits:
        return MemoryLimits()


class TestSqlLimits(LimitsContract):
    """Counters in SQLite."""

    @pytest.fixture
    def limits(self, empty_database: Path, tmp_path: Path) -> Generator[SqlLimits]:
        copy = shutil.copy(empty_database, tmp_path / "store.db")
        limits = SqlLimits(f"sqlite:///{copy}", Keyring.generate())
        yield limits
        limits.close()
