"""What each case is given: the store under test, and the means to race on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from entractes_auth.backends.store import AsyncStore
from entractes_auth.testing.cases import Race

__all__ = ["Rig"]


@dataclass(frozen=True, slots=True)
class Rig:
    """An empty store, seen as an async one; `host_transaction` opens the host's own, if it has one."""

    store: AsyncStore
    race: Race
    host_transaction: Callable[[], AbstractAsyncContextManager[None]]
