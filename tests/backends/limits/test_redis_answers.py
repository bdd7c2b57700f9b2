"""Each asker gets its own answer from Redis, also after somebody gave up waiting for theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
from entractes_auth.backends.limits.redis import RedisLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW
from tests.servers.redis import Server, redis_cluster, redis_server

HOUR = timedelta(hours=1)
THREE = Budget(amount=3, per=HOUR)
PATIENT = timedelta(seconds=10)


@dataclass(frozen=True)
class Place:
    """Where Redis is, alone or as a cluster, and all of its servers."""

    uri: str
    servers: tuple[Server, ...]

    @contextmanager
    def paused(self) -> Generator[None]:
        """While in here, nothing is answered."""
        with ExitStack() as stack:
            for server in self.servers:
                stack.enter_context(server.paused())
            yield


@pytest.fixture(params=["server", "cluster"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Place]:
    """Both, of this test alone."""
    if request.param == "server":
        with redis_server(tmp_path) as server:
            yield Place(server.uri, (server,))
    else:
        with redis_cluster(tmp_path) as cluster:
            yield Place(cluster.uri, cluster.servers)


def test_a_late_answer_is_nobody_else_s(place: Place, keys: Keyring) -> None:
    """What a hit was told too late, "granted", is not told to the next asker, whose budget is used up."""
    with closing(RedisLimits.from_uri(place.uri, keys, timeout=timedelta(seconds=0.3))) as limits:
        for _ in range(3):
            limits.hit("sms", "used up", THREE, NOW)
        with place.paused():
            for _ in range(3):
                with pytest.raises(StoreUnavailable):
                    limits.hit("sms", "another", THREE, NOW)
        assert [limits.hit("sms", "used up", THREE, NOW) for _ in range(5)] == [Exceeded(NOW + HOUR)] * 5


def test_the_answer_of_a_hit_that_was_cancelled_is_nobody_else_s(place: Place, keys: Keyring) -> None:
    """A browser that goes away cancels its request in the middle of a hit; the connection is another's next."""

    async def ask() -> list[Granted | Exceeded]:
        limits = AsyncRedisLimits.from_uri(place.uri, keys, timeout=PATIENT)
        for _ in range(3):
            await limits.hit("sms", "used up", THREE, NOW)
        with place.paused():
            tasks = [asyncio.create_task(limits.hit("sms", "another", THREE, NOW)) for _ in range(5)]
            await asyncio.sleep(0.2)
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} == {asyncio.CancelledError}
        told = await asyncio.gather(*(limits.hit("sms", "used up", THREE, NOW) for _ in range(10)))
        await limits.close()
        return told

    assert asyncio.run(ask()) == [Exceeded(NOW + HOUR)] * 10


def test_a_connection_that_another_task_closes_is_an_error_of_ours(tmp_path: Path, keys: Keyring) -> None:
    """In whatever step of a hit it is closed: the hit is counted or `StoreUnavailable`, and the next one is counted."""

    async def body(uri: str) -> None:
        limits = AsyncRedisLimits.from_uri(uri, keys)
        pool: Any = getattr(limits, "_client").connection_pool  # noqa: B009
        for steps in range(20):
            hit = asyncio.create_task(limits.hit("sms", f"somebody {steps}", THREE, NOW))
            for _ in range(steps):
                await asyncio.sleep(0)
            for connection in tuple(pool._in_use_connections):
                await connection.disconnect(nowait=True)
            with suppress(StoreUnavailable):
                await hit
            assert isinstance(await limits.hit("sms", f"another {steps}", THREE, NOW), Granted)
        await limits.close()

    with redis_server(tmp_path) as server:
        asyncio.run(body(server.uri))
