"""Budgets on the other storages of the library `limits`: Memcached, MongoDB, its own memory.

This adapter promises what such a storage's `incr` promises, and no more. It does not keep the
contract of our own: the storage judges time by its own clock, in seconds, so `now` is not used
and `retry_at` may be a second late; refused hits are counted too, so that a larger budget helps
only the next window. For Redis there is `RedisLimits`, which keeps it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from limits.storage import MemcachedStorage, RedisStorage, Storage

from entractes_auth.backends.limits.windows import subject_mac
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["StorageLimits"]

_NAMESPACE: Final = "entractes_auth"
_LONGEST_IN_MEMCACHED: Final = timedelta(days=30)
T = TypeVar("T")


class StorageLimits:
    """A `Limits` on a `limits.storage.Storage`; as atomic, and as shared, as that storage's `incr` is.

    Subjects are kept as a MAC: the storage holds no phone and no address.
    """

    def __init__(self, storage: Storage, keys: Keyring) -> None:
        """Take a storage, as `limits.storage.storage_from_string("memcached://...")` makes one.

        Raises:
            ConfigurationError: a storage on Redis, which `RedisLimits` takes and does more with.
        """
        if isinstance(storage, RedisStorage):
            raise ConfigurationError("give a storage on Redis to RedisLimits")
        self._storage = storage
        self._keys = keys

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`. A limit fails closed.

        Raises:
            StoreUnavailable: the storage cannot be reached.
            ConfigurationError: the budget's window is longer than Memcached can keep one.
        """
        key = self._key(name, subject)
        self._require_counted(name, budget)
        seconds = math.ceil(budget.per.total_seconds())
        hits, end = self._ask(lambda: (self._storage.incr(key, seconds), self._storage.get_expiry(key)))
        return Granted(budget.amount - hits) if hits <= budget.amount else _exceeded(end)

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`. Raises `StoreUnavailable`."""
        key = self._key(name, subject)
        hits, end = self._ask(lambda: (self._storage.get(key), self._storage.get_expiry(key)))
        return Granted(budget.amount - hits - 1) if hits < budget.amount else _exceeded(end)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`. Raises `StoreUnavailable`."""
        self._ask(lambda: self._storage.clear(self._key(name, subject)))

    def _require_counted(self, name: str, budget: Budget) -> None:
        # Memcached takes a longer time for a date, long past: each hit would be forgotten, and all be granted.
        if isinstance(self._storage, MemcachedStorage) and budget.per > _LONGEST_IN_MEMCACHED:
            raise ConfigurationError(f"Memcached keeps no window of more than 30 days: shorten limits.{name}")

    def _key(self, name: str, subject: str) -> str:
        return f"{_NAMESPACE}/{name}/{subject_mac(self._keys, name, subject).hex()}"

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except self._storage.base_exceptions:
            pass
        except OSError:
            # What Memcached's client lets through of a connection that was refused, cut or too slow.
            pass
        # Raised out of the handler: the driver's error may hold an address with a password.
        raise StoreUnavailable("the storage of the budgets cannot be reached")


def _exceeded(end: float) -> Exceeded:
    # Up to a whole second: who comes back when told must not be told again.
    return Exceeded(datetime.fromtimestamp(math.ceil(end), UTC))
