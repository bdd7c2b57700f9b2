"""The CPU of a sign-in with both factors, against one bare Argon2 verification of the same parameters.

A sign-in is `login.begin`, `login.send_code` (with the SMS rendered and handed to a messenger in
memory) and `login.verify`. Each round makes one of each, in turn first, in the same process; the ratio
is taken within the round, so that a busy machine weighs on both sides alike. What a sign-in spends
around its own verification is measured too, inside it, where the noise of Argon2 does not reach.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.bare import bare_verification
from benchmarks.host import Host
from benchmarks.spread import Spread, verdict
from entractes_auth import Auth, Channel
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.ports import Matched
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.store import Store
from entractes_auth.flows import login
from entractes_auth.policy import HashPolicy
from entractes_auth.testing import scenario

__all__ = ["main"]

ROUNDS: Final = 60
AIM: Final = 1.02
_WARM_UP: Final = 3


class MeteredHasher:
    """`Argon2Hasher`, with the CPU seconds that its newest verification took."""

    def __init__(self, policy: HashPolicy) -> None:
        self._hasher = Argon2Hasher(policy)
        self.cpu_seconds = 0.0

    def hash(self, secret: bytes) -> str:
        """See `Hasher.hash`."""
        return self._hasher.hash(secret)

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        """See `Hasher.verify`."""
        began = time.process_time()
        matched = self._hasher.verify(hashed, secret)
        self.cpu_seconds = time.process_time() - began
        return matched

    def decoy(self) -> str:
        """See `Hasher.decoy`."""
        return self._hasher.decoy()


@dataclass(slots=True)
class Rounds:
    """What the rounds on one store gave; milliseconds, but for the two ratios."""

    cpu_ratio: list[float] = field(default_factory=list[float])
    wall_ratio: list[float] = field(default_factory=list[float])
    sign_in: list[float] = field(default_factory=list[float])
    bare: list[float] = field(default_factory=list[float])
    around: list[float] = field(default_factory=list[float])

    def show(self, store: str) -> None:
        """Print them."""
        ratio = Spread.of(self.cpu_ratio)
        print(f"  {store}: CPU ratio {ratio.text()}: {verdict(ratio.median, AIM)}")
        print(f"    wall ratio               {Spread.of(self.wall_ratio).text()}")
        print(f"    CPU, sign-in             {Spread.of(self.sign_in).text('.1f', ' ms')}")
        print(f"    CPU, bare verification   {Spread.of(self.bare).text('.1f', ' ms')}")
        around = Spread.of(self.around)
        share = 1 + around.median / Spread.of(self.bare).median
        print(f"    CPU around the hash      {around.text('.2f', ' ms')}: a ratio of {share:.3f}")


def main() -> None:
    """Measure on both stores, and print."""
    costs = HashPolicy()
    print("Sign-in with both factors / bare Argon2id verification, within each round")
    print(
        f"  t={costs.time_cost} m={costs.memory_kib} KiB p={costs.parallelism}; aim: at most {AIM} x its CPU"
    )
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        store.upgrade()
        _measure(store).show("SQLite file")
        store.close()
    _measure(MemoryStore()).show("memory")


def _measure(store: Store) -> Rounds:
    host = Host.fresh()
    hasher = MeteredHasher(host.policy.credentials.hash)
    auth = Auth(store=store, documents=MemoryDocuments(), hasher=hasher, **host.arguments)
    [member] = host.enrol(store, 1)
    bare = bare_verification(host.policy.credentials.hash)
    rounds = Rounds()

    def sign_in() -> None:
        _sign_in(auth, host, member)

    for _ in range(_WARM_UP):
        sign_in()
        bare()
    gc.collect()
    for turn in range(ROUNDS):
        timed = [_timed(each) for each in ((sign_in, bare) if turn % 2 else (bare, sign_in))]
        (our_cpu, our_wall), (bare_cpu, bare_wall) = timed if turn % 2 else reversed(timed)
        rounds.cpu_ratio.append(our_cpu / bare_cpu)
        rounds.wall_ratio.append(our_wall / bare_wall)
        rounds.sign_in.append(our_cpu * 1000)
        rounds.bare.append(bare_cpu * 1000)
        rounds.around.append((our_cpu - hasher.cpu_seconds) * 1000)
    return rounds


def _sign_in(auth: Auth, host: Host, member: scenario.Member) -> None:
    page = auth.run(login.begin(member.identifier, member.password))
    auth.run(login.send_code(page.ticket, Channel.SMS))
    auth.run(login.verify(page.ticket, code=host.phone.last_code_to(member.applicant.contacts.mobile)))
    host.phone.clear()


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one call; the CPU is of the whole process, Argon2's threads included."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
