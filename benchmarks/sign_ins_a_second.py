"""Sign-ins with both factors a second, beside bare Argon2id checks a second, on one and on two processes.

The standard parameters, on one SQLite file, inline delivery included. Workers are processes of their own, with
as many threads each as a small web server has; the same number of each sort works for a slice of time, sort after
sort, round after round. Bare checks run under the same bound as a runner's (`hashes_at_once`); with
as many bare commits as a sign-in makes, or with the memory kept, they show what is there to be had. "Memory kept"
is `KEPT`, which has glibc reuse the memory of a hash instead of giving it back to the system after each one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.bare import bare_sqlite
from benchmarks.host import Host
from benchmarks.spread import Spread
from entractes_auth import Auth, Channel, Policy
from entractes_auth.auth.runs import hashes_at_once
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.hashing.bounded import BoundedHasher
from entractes_auth.backends.ports import Hasher
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.flows import login
from entractes_auth.policy import HashPolicy
from entractes_auth.testing import scenario

__all__ = ["KEPT", "main"]

KEPT: Final = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
    "MALLOC_ARENA_MAX": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""For the environment of a process, before it starts; read by glibc."""

_AIMS: Final[dict[str, float | None]] = {
    "bare, and 5 bare commits": None,
    "bare, memory kept": None,
    "sign-ins": 0.98,
    "sign-ins, memory kept": 1.25,
}
ROUNDS: Final = 7
SECONDS: Final = 4.0
THREADS: Final = 4
_COMMITS: Final = 5  # of a sign-in: its challenge, the code, the message that was sent, the attempt, the end
_SORTS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "bare": ("bare", {}),
    "bare, and 5 bare commits": ("commits", {}),
    "bare, memory kept": ("bare", KEPT),
    "sign-ins": ("sign-in", {}),
    "sign-ins, memory kept": ("sign-in", KEPT),
}


def main() -> None:
    """Measure on one and on two processes, and print; with arguments, work for one that does."""
    if len(sys.argv) > 1:
        _work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    costs = HashPolicy()
    print(
        "Sign-ins with both factors a second / bare Argon2id checks a second "
        f"(t={costs.time_cost} m={costs.memory_kib} KiB p={costs.parallelism})"
    )
    for processes in (1, 2):
        _measure(processes)


def _measure(processes: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "bench.sqlite3"
        teams = {
            sort: [stack.enter_context(_Worker(task, file, 10 * place + n, given)) for n in range(processes)]
            for place, (sort, (task, given)) in enumerate(_SORTS.items(), 1)
        }
        found: dict[str, list[float]] = {sort: [] for sort in teams}
        for _ in range(ROUNDS):
            for sort, team in teams.items():
                found[sort].append(_slice(team))
    print(f"  {processes} {'process' if processes == 1 else 'processes'}")
    for sort, rates in found.items():
        print(f"    {sort:25} {Spread.of(rates).text('.2f', ' a second')}")
    for sort, aim in _AIMS.items():
        ratio = Spread.of([ours / bare for ours, bare in zip(found[sort], found["bare"], strict=True)])
        word = "" if aim is None else f"; aim at least {aim}: {'met' if ratio.median >= aim else 'not met'}"
        print(f"    {sort} / bare: {ratio.text()}{word}")


def _slice(team: list[_Worker]) -> float:
    for worker in team:
        worker.begin()
    return sum(worker.rate() for worker in team)


class _Worker:
    """A process that works when told so, one slice at a time; gone when left."""

    def __init__(self, task: str, file: Path, number: int, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sign_ins_a_second", task, str(file), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.rate()  # it has enrolled its member, and warmed up

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def begin(self) -> None:
        """Have it work for a slice."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def rate(self) -> float:
        """What it did a second, in the slice that it began."""
        assert self._process.stdout is not None
        return float(self._process.stdout.readline())


def _work(task: str, file: Path, number: int) -> None:
    hasher = BoundedHasher(Argon2Hasher(HashPolicy()), hashes_at_once(Policy.tutorial(), None))
    with ThreadPoolExecutor(THREADS) as threads, ExitStack() as stack:
        calls = [_call(task, file, THREADS * number + n, hasher, stack) for n in range(THREADS)]
        for call in calls:
            call()
        print(0.0, flush=True)
        for _ in sys.stdin:
            print(sum(threads.map(_rate, calls)), flush=True)


def _call(task: str, file: Path, number: int, hasher: Hasher, stack: ExitStack) -> Callable[[], object]:
    """What one thread does, again and again; what it holds is given back with the stack."""
    match task:
        case "sign-in":
            return _sign_in(file, number, hasher)
        case "commits":
            return _check_and_commit(hasher, stack.enter_context(bare_sqlite(file.with_name("bare.sqlite3"))))
        case _:
            return _check(hasher)


def _rate(call: Callable[[], object]) -> float:
    """How often a second, over a slice."""
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < SECONDS:
        call()
        done += 1
    return done / spent


def _check(hasher: Hasher) -> Callable[[], object]:
    hashed = hasher.hash(b"0" * 32)
    return lambda: hasher.verify(hashed, b"0" * 32)


def _check_and_commit(hasher: Hasher, commit: Callable[[], None]) -> Callable[[], object]:
    check = _check(hasher)

    def once() -> None:
        check()
        for _ in range(_COMMITS):
            commit()

    return once


def _sign_in(file: Path, number: int, hasher: Hasher) -> Callable[[], object]:
    store = SqlStore(f"sqlite:///{file}")
    store.upgrade()
    host = Host.fresh()
    auth = Auth(store=store, documents=MemoryDocuments(), hasher=hasher, **host.arguments)
    member = auth.run(scenario.approved(host.phone, scenario.applicant(number)))

    def once() -> None:
        page = auth.run(login.begin(member.identifier, member.password))
        auth.run(login.send_code(page.ticket, Channel.SMS))
        auth.run(login.verify(page.ticket, code=host.phone.last_code_to(member.applicant.contacts.mobile)))
        host.phone.clear()

    return once


if __name__ == "__main__":
    main()
