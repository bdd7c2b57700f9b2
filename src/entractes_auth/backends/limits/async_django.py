"""`AsyncDjangoLimits`: the same counters for `AsyncAuth` on asyncio, in the threads that Django looks after.

Its calls run where those of `AsyncDjangoStore` run, on the same connections.
"""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import sync_to_async

from entractes_auth.backends.limits.django import DjangoLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.django import AsyncDjangoStore
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["AsyncDjangoLimits"]


class AsyncDjangoLimits:
    """An `AsyncLimits` on a database of `DATABASES`. Shares its counters with `DjangoLimits`, which does the work."""

    def __init__(self, source: AsyncDjangoStore | str, keys: Keyring) -> None:
        """See `DjangoLimits`; raises `ConfigurationError` as it does."""
        store = source.sync if isinstance(source, AsyncDjangoStore) else source
        self.sync = DjangoLimits(store, keys)

    async def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        return await sync_to_async(self.sync.hit)(name, subject, budget, now)

    async def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        return await sync_to_async(self.sync.peek)(name, subject, budget, now)

    async def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        await sync_to_async(self.sync.clear)(name, subject, budget)
