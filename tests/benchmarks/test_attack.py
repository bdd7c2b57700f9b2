"""The attacks say what deviated: a limit that lets one more through does not pass for one that holds."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from benchmarks.attack.rounds import ATTACKS
from benchmarks.attack.servers import SERVERS, served
from benchmarks.attack.tally import Bounds, Tally, deviation_of
from benchmarks.attack.target import Target
from benchmarks.attack.volley import NO_ANSWER, Request, fire
from benchmarks.host import Host
from entractes_auth import Keyring
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing import RecordingMessenger, scenario

HELD = Tally(
    wrong=3,
    noted=3,
    by_challenge=Counter({"c": 3}),
    answers=Counter({403: 200}),
    workers=frozenset("1234"),
)
GUNICORN = next(iter(SERVERS))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"wrong": 4, "noted": 4}, "4 wrong codes judged"),
        ({"wrong": 2, "noted": 2}, "2 wrong codes judged"),
        ({"right": 1}, "1 right codes judged"),
        ({"signed_in": 1, "answers": Counter({403: 199, 200: 1})}, "1 sign-ins"),
        ({"answers": Counter({403: 199, 202: 1})}, "1 codes sent again"),
        ({"by_challenge": Counter({"c": 4})}, "4 codes judged on one challenge"),
        ({"noted": 2}, "2 wrong codes in the audit trail, 3 judged"),
        ({"answers": Counter({403: 199, 200: 1})}, "1 answers of success"),
        ({"answers": Counter({403: 199, 503: 1})}, "1 answers of failure"),
        ({"answers": Counter({403: 199, NO_ANSWER: 1})}, "1 requests without an answer"),
        ({"workers": frozenset("123")}, "3 workers answered"),
    ],
)
def test_each_deviation_is_named(change: dict[str, Any], said: str) -> None:
    """Judged, noted, signed in, answered, by whom: each is looked at by itself."""
    assert deviation_of(replace(HELD, **change), Bounds(wrong=(3, 3))) == said


@contextmanager
def attacked(folder: Path, factory: str | None = None, *, our_keys: str = "") -> Generator[Target]:
    """A member of the site that the factory makes, on gunicorn and SQLite; `our_keys` if the host has others."""
    url, keys = f"sqlite:///{folder / 'attack.sqlite3'}", f"k1:{Keyring.new_key()}"
    store = SqlStore(url)
    store.upgrade()
    store.close()
    with served(GUNICORN, folder, url, keys, factory=factory) as server:
        host = Host(RecordingMessenger(), Keyring.from_text(our_keys or keys), scenario.quick_policy())
        target = Target.of(host, url, server)
        yield target
        target.store.close()


@pytest.mark.parametrize(
    ("fault", "attack", "said"),
    [
        ("forgetful", "200 wrong codes", r"\d+ wrong codes judged, \d+ codes judged on one challenge"),
        ("read_then_write", "200 wrong codes", r"\d+ wrong codes judged"),
        ("silent", "200 wrong codes", "0 wrong codes in the audit trail, 3 judged"),
        ("never_redeemed", "200 right codes", "[23] sign-ins"),
        ("resend_refills", "a resend between", "5 wrong codes judged"),
        ("each_worker_counts", "50 challenges, one day", r"\d\d wrong codes judged"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, fault: str, attack: str, said: str) -> None:
    """On a real server, by one round of the attack that is for it."""
    with attacked(tmp_path, f"tests.benchmarks.faulty_sites:{fault}") as target:
        _, deviation = ATTACKS[attack](target)
    assert re.match(said, deviation), deviation


def test_attacks_that_judge_nothing_deviate(tmp_path: Path) -> None:
    """On tickets that the server did not make: a limit that was never reached does not pass for one that held."""
    with attacked(tmp_path, our_keys=f"k1:{Keyring.new_key()}") as target:
        said = [
            ATTACKS[name](target)[1]
            for name in ("200 wrong codes", "200 right codes", "50 challenges, one day")
        ]
    assert all(said)


class _AnswersOnce(socketserver.StreamRequestHandler):
    """Says which worker it is, and then cuts the connection or says nothing more."""

    end = threading.Event()
    cuts = True

    @override
    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 202 Answer\r\nContent-Length: 0\r\nWorker: one\r\n\r\n")
        self.rfile.readline()
        if not self.cuts:
            self.end.wait(10)


@pytest.mark.parametrize("cuts", [True, False], ids=["cut", "silent"])
def test_what_is_not_answered_is_counted(tmp_path: Path, cuts: bool) -> None:
    """A request whose connection is cut, and one that waits in vain, are not passed over."""
    address, end = tmp_path / "unreliable.sock", threading.Event()
    handler = type("Handler", (_AnswersOnce,), {"end": end, "cuts": cuts})
    with socketserver.ThreadingUnixStreamServer(str(address), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        answers = fire(address, [Request("/")] * 3, workers=1, patience=0.5)
        end.set()
        server.shutdown()
        thread.join()
    assert (answers.statuses, answers.workers) == ({NO_ANSWER: 3}, {})


def test_workers_that_are_not_met_are_an_error(tmp_path: Path) -> None:
    """Nobody listens: the attack does not go on without a server."""
    with pytest.raises(TimeoutError):
        fire(tmp_path / "nobody.sock", [Request("/")], workers=1, patience=0.2)
