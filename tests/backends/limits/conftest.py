"""Real servers for the budgets, started once for each test run (and each worker of it)."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.keys import Keyring
from tests.backends.storage.postgres_databases import prepared, text_of
from tests.servers.postgres import Server as PostgresServer
from tests.servers.redis import Cluster, Server, redis_cluster, redis_server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """One Redis. Tests share it: each has keys of its own, so none sees another's counters."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Generator[Cluster]:
    """A cluster of three masters, shared in the same way."""
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared database without rows, closed, so that it is one file that can be copied."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    store = SqlStore(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """A prepared database on PostgreSQL, shared in the same way as Redis is."""
    return text_of(prepared(postgres, "limits"))


@pytest.fixture
def keys() -> Keyring:
    """Fresh keys: whatever was counted before was counted under other names."""
    return Keyring.generate()
