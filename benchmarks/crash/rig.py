"""One process on a home: every port a real one, the clock and the randomness replayable, the letters on disk."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from typing_extensions import override

from benchmarks.crash.homes import Home
from benchmarks.host import SITE
from entractes_auth import Auth, Keyring
from entractes_auth.auth import Deliver
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.records.kinds import Channel
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["KEYS", "POLICY", "Carrier", "Opener", "Rig", "Wrap", "carried"]

KEYS: Final = Keyring({"k1": random.Random("the only key").randbytes(32)})
POLICY: Final = scenario.quick_policy()

Opener = Callable[[str], SqlStore]
"""Makes the store of a URL."""
Wrap = Callable[[str, Any], Any]
"""Puts something between the flows and a port, which is given by name."""


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
        self._store = opener(home.url)
        messenger = wrap("messenger", self.carrier)
        self.auth = Auth(
            store=wrap("store", self._store),
            limits=wrap("limits", SqlLimits(self._store, KEYS)),
            hasher=wrap("hasher", Argon2Hasher(POLICY.credentials.hash)),
            documents=wrap("documents", self.documents),
            messengers={Channel.SMS: messenger, Channel.EMAIL: messenger},
            keys=KEYS,
            site=SITE,
            policy=POLICY,
            clock=self.clock,
            entropy=Drawn(seed),
            deliver=deliver,
        )

    def close(self) -> None:
        """The process is over, in order."""
        self._store.close()
