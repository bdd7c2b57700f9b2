"""Budgets on any storage of the library `limits`: Redis, Redis Cluster, Memcached, MongoDB, its own memory.

The storage keeps the windows and their time: `now` is not used to count, so a test that moves a
clock wants `MemoryLimits`. Whatever a storage cannot promise, such as counters that survive its
restart, this adapter cannot either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

from limits import RateLimitItemPerSecond
from limits.storage import Storage

from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["StorageLimits"]

_PURPOSE: Final = "limit-subject"
T = TypeVar("T")


class StorageLimits:
    """A `Limits` on a `limits.storage.Storage`; as atomic, and as shared, as that storage's `incr` is.

    Subjects are kept as a MAC: the storage holds no phone and no address.
    """

    def __init__(self, storage: Storage, keys: Keyring) -> None:
        """Take a storage, as `limits.storage.storage_from_string("redis://...")` makes one."""
        self._storage = storage
        self._keys = keys

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`. Raises `StoreUnavailable` when the storage cannot be reached: a limit fails closed."""
        item, key = self._place(name, subject, budget)
        hits, end = self._ask(
            lambda: (self._storage.incr(key, item.get_expiry()), self._storage.get_expiry(key))
        )
        return Granted(budget.amount - hits) if hits <= budget.amount else _exceeded(end)

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`. Raises `StoreUnavailable`."""
        _, key = self._place(name, subject, budget)
        hits, end = self._ask(lambda: (self._storage.get(key), self._storage.get_expiry(key)))
        return Granted(budget.amount - hits) if hits < budget.amount else _exceeded(end)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`. Raises `StoreUnavailable`."""
        _, key = self._place(name, subject, budget)
        self._ask(lambda: self._storage.clear(key))

    def _place(self, name: str, subject: str, budget: Budget) -> tuple[RateLimitItemPerSecond, str]:
        item = RateLimitItemPerSecond(
            budget.amount, int(budget.per.total_seconds()), namespace="entractes_auth"
        )
        parts = (name.encode(), subject.encode(errors="surrogatepass"))
        digest = self._keys.mac(self._keys.active, _PURPOSE, *parts)
        return item, item.key_for(name, digest.hex())

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except self._storage.base_exceptions:
            pass
        # Raised out of the handler: the driver's error may hold an address with a password.
        raise StoreUnavailable("the storage of the budgets cannot be reached")


def _exceeded(end: float) -> Exceeded:
    return Exceeded(datetime.fromtimestamp(end, UTC))
