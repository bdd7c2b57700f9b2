"""How another process opens the counters of `test_processes`. Apart and lazy: each process imports only its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entractes_auth.keys import Keyring

if TYPE_CHECKING:
    from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
    from entractes_auth.backends.limits.redis import RedisLimits
    from entractes_auth.backends.limits.sql import SqlLimits

PATIENT: Final = timedelta(seconds=30)
"""How long the contract waits for Redis: a machine that is busy with other tests is not a server that is down."""


def sql(argument: str) -> closing[SqlLimits]:
    """`argument` is an address and a keyring, with a space between."""
    from entractes_auth.backends.limits.sql import SqlLimits

    uri, keys = argument.split()
    return closing(SqlLimits(uri, Keyring.from_text(keys)))


def redis(argument: str) -> closing[RedisLimits]:
    """As `sql`."""
    from entractes_auth.backends.limits.redis import RedisLimits

    uri, keys = argument.split()
    return closing(RedisLimits.from_uri(uri, Keyring.from_text(keys), timeout=PATIENT))


@asynccontextmanager
async def async_redis(argument: str) -> AsyncGenerator[AsyncRedisLimits]:
    """As `sql`."""
    from entractes_auth.backends.limits.async_redis import AsyncRedisLimits

    uri, keys = argument.split()
    limits = AsyncRedisLimits.from_uri(uri, Keyring.from_text(keys), timeout=PATIENT)
    try:
        yield limits
    finally:
        await limits.close()
