"""How long a sign-in waits while `entractes-auth purge` erases, on one SQLite file: the longest wait is printed.

SQLite has one writer at a time, so this is the store on which a purge could stand in the way. The
purge is a process of its own, as from cron, and each of its batches is a short transaction; this
process signs in all the while, with both factors and the cheapest hash, and is measured before as well.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.host import Host
from benchmarks.spread import Spread
from entractes_auth import Auth, Channel
from entractes_auth.backends.batch import Batch, Expendable
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.system import SystemClock
from entractes_auth.flows import login
from entractes_auth.records.event import Event
from entractes_auth.testing import builders, scenario

__all__ = ["main"]

_ROWS: Final = 100_000
_SECONDS_ALONE: Final = 5.0
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Signing:
    """One member, who signs in again and again."""

    auth: Auth
    host: Host
    member: scenario.Member

    def milliseconds(self) -> float:
        """How long one sign-in took."""
        began = time.perf_counter()
        page = self.auth.run(login.begin(self.member.identifier, self.member.password))
        self.auth.run(login.send_code(page.ticket, Channel.SMS))
        code = self.host.phone.last_code_to(self.member.applicant.contacts.mobile)
        self.auth.run(login.verify(page.ticket, code=code))
        return (time.perf_counter() - began) * 1000

    def while_(self, going_on: Callable[[], bool]) -> list[float]:
        """Sign in as long as something goes on, twice at least."""
        waits = [self.milliseconds(), self.milliseconds()]
        while going_on():
            waits.append(self.milliseconds())
        return waits


def main(arguments: list[str] | None = None) -> int:
    """Fill, measure alone, measure beside the purge, print; 1 when the purge failed or left something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=_ROWS, help="old rows to erase (default: %(default)s)")
    rows: int = parser.parse_args(arguments).rows
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        store = SqlStore(url)
        store.upgrade()
        _fill(store, rows)
        signing = _signing(store)
        deadline = time.perf_counter() + min(_SECONDS_ALONE, rows / 10_000)
        alone = signing.while_(lambda: time.perf_counter() < deadline)
        began = time.perf_counter()
        purge = _start(url)
        beside = signing.while_(lambda: purge.poll() is None)
        seconds = time.perf_counter() - began
        left = store.expendable(Expendable.EVENTS, SystemClock().now() - timedelta(days=366))
        store.close()
    print(f"  {rows:,} rows erased in {seconds:.1f} s, in batches of 500, on a SQLite file")
    print(f"    a sign-in alone             {Spread.of(alone).text('.1f', ' ms')}")
    print(f"    a sign-in beside the purge  {Spread.of(beside).text('.1f', ' ms')}")
    print(f"    the longest wait            {max(beside):.0f} ms; alone {max(alone):.0f} ms")
    return 1 if purge.returncode or left else 0


def _fill(store: SqlStore, rows: int) -> None:
    for batch in _batches(rows):
        store.commit(Batch(at=batch[0].at, events=batch))


def _batches(rows: int) -> Iterator[tuple[Event, ...]]:
    old = SystemClock().now() - timedelta(days=400)
    for first in range(0, rows, _BATCH):
        numbers = range(first, min(first + _BATCH, rows))
        yield tuple(builders.event(n, at=old + timedelta(seconds=n)) for n in numbers)


def _signing(store: SqlStore) -> _Signing:
    host = replace(Host.fresh(), policy=scenario.quick_policy())
    [member] = host.enrol(store, 1)
    auth = Auth(store=store, documents=MemoryDocuments(), **host.arguments)
    return _Signing(auth, host, member)


def _start(url: str) -> subprocess.Popen[bytes]:
    words = ("purge", "--database", url, "--yes", "--policy", "tutorial", "--operator", "benchmark")
    return subprocess.Popen([sys.executable, "-m", "entractes_auth", *words], stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
