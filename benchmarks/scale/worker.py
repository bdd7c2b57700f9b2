"""What one process of a throughput measure does, for a while: bare work, sign-ins, or a relay's deliveries."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from benchmarks.scale.people import PASSWORD, People, policy
from benchmarks.scale.sites import auth_on
from entractes_auth import Auth, Channel
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.flows import login, outbox
from entractes_auth.testing import RecordingMessenger, builders

__all__ = ["PEOPLE", "WORKS", "Done", "work"]

PEOPLE: Final = People(2000, page=1)
_BARE: Final = b"0" * 65536


@dataclass(frozen=True, slots=True)
class Done:
    """How often it was done, in how many seconds, for how many CPU seconds of this process."""

    times: int
    wall: float
    cpu: float


class Worker:
    """A process's own runner and connections, on the database that all share."""

    def __init__(self, database: str) -> None:
        self._phone = RecordingMessenger()
        self._auth: Auth = auth_on(SqlStore(database), policy(PEOPLE.digits), self._phone)
        self._dice = random.Random(os.getpid())  # two processes must not walk through the same members

    def bare(self) -> int:
        """Work that shares nothing with anybody: what the machine has to give."""
        for _ in range(20):
            hashlib.sha256(_BARE).digest()
        return 1

    def sign_in(self) -> int:
        """One sign-in with both factors; the code is delivered by this process, as a web process would."""
        member = self._dice.choice(PEOPLE.members)
        page = self._auth.run(login.begin(PEOPLE.identifier(member), PASSWORD))
        self._auth.run(login.send_code(page.ticket, Channel.SMS))
        code = self._phone.last_code_to(builders.contacts(1).mobile)
        self._auth.run(login.verify(page.ticket, code=code))
        self._phone.clear()
        return 1

    def relay(self) -> int:
        """Ten messages."""
        return self._auth.run(outbox.deliver(limit=10)).sent


WORKS: Final[Mapping[str, Callable[[Worker], int]]] = {
    "bare work": Worker.bare,
    "sign-ins": Worker.sign_in,
    "messages": Worker.relay,
}


def work(database: str, name: str, seconds: float) -> Done:
    """Do one of `WORKS` for so long."""
    worker, do = _worker(database), WORKS[name]
    cpu, began = time.process_time(), time.perf_counter()
    times = 0
    while time.perf_counter() < began + seconds:
        times += do(worker)
    return Done(times, time.perf_counter() - began, time.process_time() - cpu)


@cache
def _worker(database: str) -> Worker:
    return Worker(database)
