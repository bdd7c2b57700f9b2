"""One process on a home: every port a real one, the clock and the randomness replayable, the letters on disk.

Its colour is that of its store; whoever tells a life with it need not know which.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from typing_extensions import override

from benchmarks.crash.homes import Home
from benchmarks.host import SITE
from entractes_auth import AsyncAuth, Auth, Keyring
from entractes_auth.auth import Deliver
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.limits.async_sql import AsyncSqlLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.storage.sqlalchemy.async_store import AsyncSqlStore
from entractes_auth.flow import Flow
from entractes_auth.records.kinds import Channel
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["COLOURS", "KEYS", "POLICY", "Carrier", "Opener", "Rig", "Wrap", "carried"]

T = TypeVar("T")

KEYS: Final = Keyring({"k1": random.Random("the only key").randbytes(32)})
POLICY: Final = scenario.quick_policy()

Opener = Callable[[str], SqlStore | AsyncSqlStore]
"""Makes the store of a URL, in either colour."""
Wrap = Callable[[str, Any], Any]
"""Puts something between the flows and a port, which is given by name."""
COLOURS: Final[Mapping[str, Opener]] = {"sync": SqlStore, "async": AsyncSqlStore}


class Drawn:
    """Bytes that follow from a seed: the flow that is recorded draws the ids of the one that is killed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def draw(self, count: int) -> bytes:
        """See `Entropy.draw`."""
        return self._random.randbytes(count)


class Carrier(RecordingMessenger):
    """Carries to a file, so that what was carried outlives the process."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._path = home.letters

    @override
    def send(self, outgoing: Outgoing) -> Receipt:
        """See `Messenger.send`. One write of one line: a killed process leaves no half of one."""
        line = json.dumps({"id": outgoing.id, "to": outgoing.to}) + "\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
        return super().send(outgoing)


def carried(home: Home) -> list[str]:
    """The ids of the messages that were carried, in order, with repetitions."""
    if not home.letters.exists():
        return []
    return [json.loads(line)["id"] for line in home.letters.read_text().splitlines()]


def _as_it_is(name: str, port: Any) -> Any:
    return port


class _Sync:
    """A process on `Auth`."""

    def __init__(self, store: SqlStore, wrap: Wrap, ports: Mapping[str, Any]) -> None:
        self._store = store
        limits = wrap("limits", SqlLimits(store, KEYS))
        self._auth = Auth(store=wrap("store", store), limits=limits, **ports)

    def run(self, flow: Flow[T]) -> T:
        """See `Auth.run`."""
        return self._auth.run(flow)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


class _Async:
    """A process on `AsyncAuth`, and the event loop that it lives on. Its sync ports run in worker threads."""

    def __init__(self, store: AsyncSqlStore, wrap: Wrap, ports: Mapping[str, Any]) -> None:
        self._store = store
        limits = wrap("limits", AsyncSqlLimits(store, KEYS))
        self._auth = AsyncAuth(store=wrap("store", store), limits=limits, **ports)
        self._loop = asyncio.Runner()

    def run(self, flow: Flow[T]) -> T:
        """See `AsyncAuth.run`; the loop turns until the flow has ended."""
        return self._loop.run(self._auth.run(flow))

    def close(self) -> None:
        """Close the store on its loop, then the loop."""
        with self._loop:
            self._loop.run(self._store.close())


class Rig:
    """The process's runner, and what a person sees of it: the clock on the wall and the letters."""

    def __init__(
        self,
        home: Home,
        at: datetime,
        seed: str,
        *,
        opener: Opener = SqlStore,
        wrap: Wrap = _as_it_is,
        deliver: Deliver = "relay",
    ) -> None:
        self.home = home
        self.clock = FrozenClock(at)
        self.carrier = Carrier(home)
        self.documents = FilesystemDocuments(home.documents)
        messenger = wrap("messenger", self.carrier)
        ports = {
            "hasher": wrap("hasher", Argon2Hasher(POLICY.credentials.hash)),
            "documents": wrap("documents", self.documents),
            "messengers": {Channel.SMS: messenger, Channel.EMAIL: messenger},
            "keys": KEYS,
            "site": SITE,
            "policy": POLICY,
            "clock": self.clock,
            "entropy": Drawn(seed),
            "deliver": deliver,
        }
        store = opener(home.url)
        self.auth = (
            _Async(store, wrap, ports) if isinstance(store, AsyncSqlStore) else _Sync(store, wrap, ports)
        )

    def close(self) -> None:
        """The process is over, in order."""
        self.auth.close()
