"""Counters that processes share, shared by processes: on SQLite, on Redis, on Redis Cluster."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from entractes_auth.keys import Keyring
from entractes_auth.testing.limits_contract import LimitsProcessContract, ReachableLimits
from tests.backends.limits import openers
from tests.servers.redis import Cluster, Server


def _reachable(opened: str, uri: str) -> ReachableLimits:
    return ReachableLimits(f"{openers.__name__}:{opened}", f"{uri} k1:{Keyring.new_key()}")


class TestSqlLimits(LimitsProcessContract):
    """Four processes on one SQLite file."""

    @pytest.fixture
    def reachable(self, empty_database: Path, tmp_path: Path) -> ReachableLimits:
        return _reachable("sql", f"sqlite:///{shutil.copy(empty_database, tmp_path / 'store.db')}")


class TestRedisLimits(LimitsProcessContract):
    """Four processes on one Redis."""

    @pytest.fixture
    def reachable(self, redis: Server) -> ReachableLimits:
        return _reachable("redis", redis.uri)


class TestRedisClusterLimits(LimitsProcessContract):
    """Four processes on a cluster, each with an event loop of its own."""

    @pytest.fixture
    def reachable(self, cluster: Cluster) -> ReachableLimits:
        return _reachable("async_redis", cluster.uri)
