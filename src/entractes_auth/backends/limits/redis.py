"""Budgets counted in Redis or Redis Cluster: every process that reaches it shares them.

The library `limits` reads the address and makes the connection, to one server, to a cluster, or
through Sentinel; what is counted there is ours (`redis_script` says why). A server that is absent,
slow, full, or only a replica raises `StoreUnavailable`: a limit fails closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, cast

from limits.storage import RedisStorage, storage_from_string
from redis.exceptions import NoScriptError
from redis.retry import Retry

from entractes_auth.backends.limits import redis_script
from entractes_auth.backends.limits.redis_connection import (
    ERRORS,
    TIMEOUT,
    connect,
    demoted,
    options,
    places,
    require_redis,
    unavailable,
)
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["RedisLimits"]

T = TypeVar("T")


class _Client(Protocol):
    """What is used of the client's hundreds of commands."""

    def evalsha(self, sha: str, numkeys: int, *arguments: str | int) -> Sequence[bytes | str | int]: ...
    def execute_command(self, *words: str, **options: object) -> object: ...
    def hmget(self, name: str, keys: Sequence[str]) -> Sequence[bytes | str | None]: ...
    def delete(self, *names: str) -> int: ...
    def close(self) -> None: ...


class RedisLimits:
    """A `Limits` on Redis; thread-safe, and shared by processes. Subjects are kept as a MAC."""

    def __init__(self, storage: RedisStorage, keys: Keyring) -> None:
        """Take a storage of the library `limits` on Redis, a cluster or Sentinel; `from_uri` makes the usual one.

        Give its client a `socket_timeout`: without one, a server that says nothing is waited for
        for ever. A command that the client repeats may count twice: that refuses too early, never too late.

        Raises:
            ConfigurationError: a storage with the client of Valkey.
        """
        require_redis(storage.target_server)
        self._client = cast("_Client", storage.get_connection())
        self._keys = keys

    @classmethod
    def from_uri(cls, uri: str, keys: Keyring, *, timeout: timedelta = TIMEOUT) -> RedisLimits:
        """Reach "redis://host:6379/0", "rediss://..." (TLS), "redis+unix://...", "redis+cluster://host:6379,host:6379".

        `timeout` is how long a connection, or an answer, is waited for; a cluster's client may wait
        a few times as long while it looks for who serves the key.

        Raises:
            ConfigurationError: the address cannot be read; its text does not repeat it.
            StoreUnavailable: no server of the cluster can be reached. A single server is not asked yet.
        """
        storage = connect(uri, lambda known: storage_from_string(known, **options(uri, timeout, Retry)))
        return cls(cast("RedisStorage", storage), keys)

    def close(self) -> None:
        """Close all connections; they are made again when needed."""
        self._client.close()

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = redis_script.key_of(self._keys, name, subject)
        values = redis_script.arguments(budget, now)
        return redis_script.answer(self._ask(lambda: self._count(key, values)), budget)

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        key = redis_script.key_of(self._keys, name, subject)
        fields = self._ask(lambda: self._client.hmget(key, redis_script.FIELDS))
        return redis_script.prospect(fields, budget, now)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        key = redis_script.key_of(self._keys, name, subject)
        self._ask(lambda: self._client.delete(key))

    def _count(self, key: str, values: Sequence[int]) -> Sequence[bytes | str | int]:
        for turn in places(self._client, key):
            for place in turn:
                with suppress(*ERRORS):
                    self._client.execute_command("SCRIPT LOAD", redis_script.COUNT, **place)
            with suppress(NoScriptError):
                return self._client.evalsha(redis_script.NAME, 1, key, *values)
        raise NoScriptError

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except ERRORS as error:
            problem, left = unavailable(error), demoted(error)
        pool = getattr(self._client, "connection_pool", None)  # a cluster's client is told who the master is
        if left and pool is not None:
            pool.disconnect(inuse_connections=False)
        raise problem
