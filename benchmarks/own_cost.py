"""What a sign-in with both factors costs around its hash: CPU with the cheapest hash, beside a bare commit.

A sign-in is `login.begin`, `login.send_code` and `login.verify`; "inline" renders the SMS and hands it
over within `send_code`, "relay" leaves that to another process, which is not counted. The bare commit is
one row through the same driver, without this package and without SQLAlchemy, under the same promises
(`synchronous` full). All three are made once in each round, in one process. "No wait for the disk" is the same
sign-in with a promise broken: what it saves is the disk's.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import URL

from benchmarks.bare import bare_sqlite
from benchmarks.host import Host
from benchmarks.spread import Spread, verdict
from entractes_auth import Auth, Channel, Keyring
from entractes_auth.auth import Deliver
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.flows import login, outbox
from entractes_auth.testing import RecordingMessenger, scenario
from tests.servers.postgres import postgres_server

__all__ = ["main"]

ROUNDS: Final = 200
SQLITE_AIM: Final = 2.0
POSTGRESQL_AIM: Final = 3.0
_WARM_UP: Final = 30
_COMMIT_ROW: Final = b"INSERT INTO bare (at, what) VALUES (%s, %s)"


@dataclass(frozen=True, slots=True)
class SignIns:
    """One member's sign-ins under one way of delivery, in CPU seconds."""

    host: Host
    member: scenario.Member
    auth: Auth
    relay: Auth

    @classmethod
    def of(cls, host: Host, member: scenario.Member, store: SqlStore, deliver: Deliver) -> SignIns:
        """On a store; the relay is an `Auth` of its own."""

        def auth(way: Deliver) -> Auth:
            return Auth(store=store, documents=MemoryDocuments(), deliver=way, **host.arguments)

        return cls(host, member, auth(deliver), auth("relay"))

    def once(self) -> float:
        """One sign-in; what the relay does in between is left out."""
        self.host.phone.clear()
        began = time.process_time()
        page = self.auth.run(login.begin(self.member.identifier, self.member.password))
        self.auth.run(login.send_code(page.ticket, Channel.SMS))
        spent = time.process_time() - began
        self.relay.run(outbox.deliver())
        code = self.host.phone.last_code_to(self.member.applicant.contacts.mobile)
        began = time.process_time()
        self.auth.run(login.verify(page.ticket, code=code))
        return spent + time.process_time() - began


def main() -> None:
    """Measure on both engines, and print."""
    print("CPU of a sign-in with both factors at the cheapest hash parameters, ms")
    with tempfile.TemporaryDirectory() as folder, bare_sqlite(Path(folder) / "bare.sqlite3") as bare:
        url = f"sqlite:///{folder}/{{}}.sqlite3"
        with _store(url.format("bench")) as store:
            _measure("SQLite file", bare, store, SQLITE_AIM)
        with _store(url.format("careless")) as store:
            _be_careless(store)
            _measure("SQLite file, no wait for the disk", bare, store, None)
    with (
        postgres_server() as server,
        _bare_postgresql(server.connect()) as bare,
        _store(server.url()) as store,
    ):
        _measure("PostgreSQL", bare, store, POSTGRESQL_AIM)


@contextmanager
def _store(url: str | URL) -> Generator[SqlStore]:
    with closing(SqlStore(url)) as store:
        store.upgrade()
        yield store


def _be_careless(store: SqlStore) -> None:
    """Have SQLite not wait for the disk, to show what the wait takes. A power cut would give attempts back."""
    with closing(store.database.engines.writer.raw_connection()) as writer:  # the only one
        writer.cursor().execute("PRAGMA synchronous = NORMAL")


def _measure(engine: str, bare: Callable[[], None], store: SqlStore, aim: float | None) -> None:
    host = Host(RecordingMessenger(), Keyring.generate(), scenario.quick_policy())
    [member] = host.enrol(store, 1)
    measures: dict[str, Callable[[], float]] = {
        "inline": SignIns.of(host, member, store, "inline").once,
        "relay": SignIns.of(host, member, store, "relay").once,
        "bare commit": lambda: _cpu(bare),
    }
    found: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(_WARM_UP + ROUNDS):
        if turn == _WARM_UP:
            gc.collect()
            found = {name: [] for name in measures}
        for name, measure in measures.items():
            found[name].append(measure() * 1000)
    commit = Spread.of(found["bare commit"])
    print(f"  {engine}")
    print(f"    a bare one-row commit    {commit.text('.3f', ' ms')}")
    for name in ("relay", "inline"):
        spread = Spread.of(found[name])
        judged = "" if aim is None else f"; aim at most {aim:g} ms: {verdict(spread.median, aim)}"
        print(
            f"    sign-in, {name:15} {spread.text('.2f', ' ms')}: "
            f"{spread.median / commit.median:.1f} bare commits{judged}"
        )


def _cpu(call: Callable[[], None]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


@contextmanager
def _bare_postgresql(session: psycopg.Connection[tuple[object, ...]]) -> Generator[Callable[[], None]]:
    with closing(session) as connection:
        connection.prepare_threshold = None  # as the store: see `postgresql`
        connection.execute(b"CREATE TABLE bare (at bigint, what text)")

        def commit() -> None:
            connection.execute(b"BEGIN")
            connection.execute(_COMMIT_ROW, (1, "one row"))
            connection.execute(b"COMMIT")

        yield commit


if __name__ == "__main__":
    main()
