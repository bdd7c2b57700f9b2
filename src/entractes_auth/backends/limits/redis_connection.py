"""What both colours of `redis` know of connections: the addresses, the time to wait, the errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeVar

from limits.errors import ConfigurationError as LimitsConfigurationError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisClusterException, RedisError, ResponseError

from entractes_auth.errors import AuthError, ConfigurationError, StoreUnavailable

__all__ = [
    "ASYNC_ERRORS",
    "ERRORS",
    "TIMEOUT",
    "connect",
    "demoted",
    "options",
    "places",
    "require_redis",
    "unavailable",
]

T = TypeVar("T")

TIMEOUT: Final = timedelta(seconds=1)
"""How long a sign-in waits for Redis. An answer takes a fraction of a millisecond."""

ERRORS: Final = (RedisError, RedisClusterException, OSError)
"""All that a client raises for a server that is absent, slow, full, a replica, or asks for another password."""

ASYNC_ERRORS: Final = (*ERRORS, AttributeError, RuntimeError)
"""The same on asyncio. Where one task closes a connection that failed, another that has just taken it meets a stream
that is None, or a transport that is closed."""

_CLUSTER: Final = "redis+cluster://"
_SCHEMES: Final = ("redis://", "rediss://", "redis+unix://", _CLUSTER)
_UNREADABLE: Final = "the address of Redis cannot be read; it looks like redis://host:6379/0"


def options(uri: str, timeout: timedelta, retry: Callable[..., Any]) -> dict[str, Any]:
    """The client's settings for this address; `retry` is the client's class of that name.

    A lost connection is made again once and at once: after a restart of Redis nobody sees an error.
    An answer that is late is not asked for again: the hit may be counted already, and the asker waits. (A
    cluster's client does not tell the two apart, and asks once more: refused too early, never too late.)
    """
    seconds = timeout.total_seconds()
    again = retry(NoBackoff(), 1, supported_errors=(NotConnected,))
    waiting = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "retry": again}
    # A slot that moved is looked up alone: looking up all of them closes connections that are in use.
    return {**waiting, "reinitialize_steps": 0} if uri.startswith(_CLUSTER) else waiting


def connect(uri: str, make: Callable[[str], T]) -> T:
    """The storage that `make` makes of the address. Raises as `RedisLimits.from_uri` does."""
    if not uri.startswith(_SCHEMES):
        raise ConfigurationError(_UNREADABLE)
    problem: AuthError
    try:
        return make(uri)
    except (LimitsConfigurationError, ValueError):
        problem = ConfigurationError(_UNREADABLE)
    except ERRORS as error:
        problem = unavailable(error)
    raise problem  # out of the handler: the library's text quotes the address, and it may hold a password


def places(client: Any, key: str) -> Iterator[list[dict[str, Any]]]:
    """Where to send a script, turn by turn, until the key's server knows it: nowhere, to that one, to every master.

    Not to every master at once: one that is gone would be waited for. But while a slot moves, its key is on
    another one than the client knows.
    """
    yield []
    if not hasattr(client, "get_primaries"):
        yield [{}]
        return
    yield [{"target_nodes": client.get_node_from_key(key)}]
    yield [{"target_nodes": master} for master in client.get_primaries()]


def require_redis(target_server: str) -> None:
    """Refuse a client of another kind, whose errors would not be known for what they are.

    Raises:
        ConfigurationError: says what to write instead.
    """
    if target_server != "redis":
        raise ConfigurationError("reach a Valkey server by redis://..., with the client of Redis")


def demoted(error: BaseException) -> bool:
    """Whether the server that was asked is only a replica now.

    It keeps its connections, and would refuse each hit on them for as long as they live, while the same name leads
    to another master already: they are to be closed. Before Redis 7 the word stands in the middle of the script's
    error, where no client looks for it.
    """
    return isinstance(error, ResponseError) and "READONLY" in str(error)


def unavailable(error: BaseException) -> StoreUnavailable:
    """What to raise instead, out of the handler: the error's name, for the operator, and nothing of its text."""
    return StoreUnavailable(f"the Redis of the budgets cannot be used: {type(error).__name__}")
