"""`AsyncRedisLimits`: budgets in Redis or Redis Cluster, for asyncio. `redis` is its twin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, cast

from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.storage import storage_from_string
from redis.asyncio.retry import Retry
from redis.exceptions import NoScriptError

from entractes_auth.backends.limits import redis_script
from entractes_auth.backends.limits.redis_connection import (
    ASYNC_ERRORS,
    TIMEOUT,
    connect,
    demoted,
    options,
    places,
    require_redis,
    unavailable,
)
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import ConfigurationError
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["AsyncRedisLimits"]

T = TypeVar("T")


class _Client(Protocol):
    """What is used of the client's hundreds of commands."""

    def initialize(self) -> Awaitable[object]: ...
    def evalsha(
        self, sha: str, numkeys: int, *arguments: str | int
    ) -> Awaitable[Sequence[bytes | str | int]]: ...
    def execute_command(self, *words: str, **options: object) -> Awaitable[object]: ...
    def hmget(self, name: str, keys: Sequence[str]) -> Awaitable[Sequence[bytes | str | None]]: ...
    def delete(self, *names: str) -> Awaitable[int]: ...
    def aclose(self) -> Awaitable[None]: ...


class AsyncRedisLimits:
    """An `AsyncLimits` on Redis, for asyncio (not trio). Shares its counters with `RedisLimits`.

    Use it in one event loop, and `close` it there.
    """

    def __init__(self, storage: RedisStorage, keys: Keyring) -> None:
        """Take an async storage of the library `limits`, made with `implementation="redispy"`; see `RedisLimits`.

        Raises:
            ConfigurationError: a storage with another client than that of the package `redis`.
        """
        require_redis(storage.target_server)
        if not isinstance(storage.bridge, RedispyBridge):
            raise ConfigurationError('make the storage with implementation="redispy"')
        self._client = cast("_Client", storage.bridge.get_connection())
        self._keys = keys

    @classmethod
    def from_uri(cls, uri: str, keys: Keyring, *, timeout: timedelta = TIMEOUT) -> AsyncRedisLimits:
        """Reach what `RedisLimits.from_uri` reaches. Nothing is connected yet.

        Raises:
            ConfigurationError: the address cannot be read; its text does not repeat it.
        """
        settings = {"implementation": "redispy", **options(uri, timeout, Retry)}
        storage = connect(uri, lambda known: storage_from_string(f"async+{known}", **settings))
        return cls(cast("RedisStorage", storage), keys)

    async def close(self) -> None:
        """See `RedisLimits.close`."""
        await self._client.aclose()

    async def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = redis_script.key_of(self._keys, name, subject)
        values = redis_script.arguments(budget, now)
        return redis_script.answer(await self._ask(lambda: self._count(key, values)), budget)

    async def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        key = redis_script.key_of(self._keys, name, subject)
        fields = await self._ask(lambda: self._client.hmget(key, redis_script.FIELDS))
        return redis_script.prospect(fields, budget, now)

    async def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        key = redis_script.key_of(self._keys, name, subject)
        await self._ask(lambda: self._client.delete(key))

    async def _count(self, key: str, values: Sequence[int]) -> Sequence[bytes | str | int]:
        for turn in places(self._client, key):
            for place in turn:
                with suppress(*ASYNC_ERRORS):
                    await self._client.execute_command("SCRIPT LOAD", redis_script.COUNT, **place)
            with suppress(NoScriptError):
                return await self._client.evalsha(redis_script.NAME, 1, key, *values)
        raise NoScriptError

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        try:
            # A cluster's client that does not know the cluster yet asks any server, is sent on, and in a
            # crowd closes the connections that others are using. Where it is known this does nothing.
            await self._client.initialize()
            return await question()
        except ASYNC_ERRORS as error:
            problem, left = unavailable(error), demoted(error)
        pool = getattr(self._client, "connection_pool", None)  # a cluster's client is told who the master is
        if left and pool is not None:
            with suppress(*ASYNC_ERRORS):
                await pool.disconnect(inuse_connections=False)
        raise problem
