"""The project's own limits keep the public contract, on real servers, in both colours."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest

from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
from entractes_auth.backends.limits.async_sql import AsyncSqlLimits
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.limits.redis import RedisLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.colour import threaded
from entractes_auth.keys import Keyring
from entractes_auth.testing.limits_contract import AsyncLimitsContract, LimitsContract
from tests.backends.limits.openers import PATIENT
from tests.servers.redis import Cluster, Server


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> str:
    """A prepared database without rows, a new one for each test."""
    return str(shutil.copy(empty_database, tmp_path / "store.db"))


class TestMemoryLimits(LimitsContract):
    """Counters in this process."""

    @pytest.fixture
    def limits(self) -> MemoryLimits:
        return MemoryLimits()


class TestMemoryLimitsInThreads(AsyncLimitsContract):
    """The same under `AsyncAuth`, which calls a sync port in worker threads."""

    @pytest.fixture
    def limits(self) -> Any:
        return threaded(MemoryLimits(), lambda: None)


class TestSqlLimits(LimitsContract):
    """Counters in SQLite."""

    @pytest.fixture
    def limits(self, database: str, keys: Keyring) -> Generator[SqlLimits]:
        limits = SqlLimits(f"sqlite:///{database}", keys)
        yield limits
        limits.close()


class TestAsyncSqlLimits(AsyncLimitsContract):
    """Counters in SQLite, on an event loop."""

    @pytest.fixture
    async def limits(self, database: str, keys: Keyring) -> AsyncGenerator[AsyncSqlLimits]:
        limits = AsyncSqlLimits(f"sqlite:///{database}", keys)
        yield limits
        await limits.close()


class TestPostgresLimits(LimitsContract):
    """Counters in PostgreSQL, where hits of one subject wait for one another's row."""

    @pytest.fixture
    def limits(self, postgres_url: str, keys: Keyring) -> Generator[SqlLimits]:
        limits = SqlLimits(postgres_url, keys)
        yield limits
        limits.close()


class TestAsyncPostgresLimits(AsyncLimitsContract):
    """Counters in PostgreSQL, on an event loop."""

    @pytest.fixture
    async def limits(self, postgres_url: str, keys: Keyring) -> AsyncGenerator[AsyncSqlLimits]:
        limits = AsyncSqlLimits(postgres_url, keys)
        yield limits
        await limits.close()


class TestRedisLimits(LimitsContract):
    """Counters in one Redis."""

    @pytest.fixture
    def limits(self, redis: Server, keys: Keyring) -> Generator[RedisLimits]:
        limits = RedisLimits.from_uri(redis.uri, keys, timeout=PATIENT)
        yield limits
        limits.close()


class TestAsyncRedisLimits(AsyncLimitsContract):
    """Counters in one Redis, on an event loop."""

    @pytest.fixture
    async def limits(self, redis: Server, keys: Keyring) -> AsyncGenerator[AsyncRedisLimits]:
        limits = AsyncRedisLimits.from_uri(redis.uri, keys, timeout=PATIENT)
        yield limits
        await limits.close()


class TestRedisClusterLimits(LimitsContract):
    """Counters in a Redis Cluster of three masters."""

    @pytest.fixture
    def limits(self, cluster: Cluster, keys: Keyring) -> Generator[RedisLimits]:
        limits = RedisLimits.from_uri(cluster.uri, keys, timeout=PATIENT)
        yield limits
        limits.close()


class TestAsyncRedisClusterLimits(AsyncLimitsContract):
    """Counters in a Redis Cluster of three masters, on an event loop."""

    @pytest.fixture
    async def limits(self, cluster: Cluster, keys: Keyring) -> AsyncGenerator[AsyncRedisLimits]:
        limits = AsyncRedisLimits.from_uri(cluster.uri, keys, timeout=PATIENT)
        yield limits
        await limits.close()
