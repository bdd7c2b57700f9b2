"""Run the attacks, print the table, and end with 1 on any deviation."""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.attack.rounds import ATTACKS
from benchmarks.attack.servers import SERVERS, served
from benchmarks.attack.tally import Tally
from benchmarks.attack.target import Target
from benchmarks.host import Host
from entractes_auth import Keyring
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing import RecordingMessenger, scenario
from tests.servers.postgres import postgres_server

__all__ = ["Report", "main"]

_NAMES = ("attack", "rounds", "judged", "signed in", "sent", "workers", "deviations")
_LINE = "{:32} {:10} {:22} {:>6} {:>6} {:>9} {:>4} {:>7}  {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack each server on each database; the exit status is 1 when anything deviated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="of each attack (default: 100)")
    rounds = parser.parse_args(arguments).rounds
    print(
        "least and most of one round: codes that the server compared, sign-ins, resends, workers that answered"
    )
    print(_LINE.format("server", "database", *_NAMES))
    deviations = 0
    for database in ("SQLite", "PostgreSQL"):
        for server in SERVERS:
            with tempfile.TemporaryDirectory() as folder, _database(database, Path(folder)) as url:
                for report in _attacked(server, url, Path(folder), rounds):
                    print(_LINE.format(server, database, *report.cells), flush=True)
                    for each in report.deviations:
                        print(f"    {each}")
                    deviations += len(report.deviations)
    print("every round as promised" if not deviations else f"{deviations} deviations")
    return 1 if deviations else 0


@dataclass(slots=True)
class Report:
    """All rounds of one attack on one server."""

    attack: str
    tallies: list[Tally] = field(default_factory=list[Tally])
    deviations: list[str] = field(default_factory=list[str])

    @property
    def cells(self) -> tuple[str, ...]:
        """What the table says of them."""
        measured = (
            _span([tally.judged for tally in self.tallies]),
            _span([tally.signed_in for tally in self.tallies]),
            _span([tally.sent for tally in self.tallies]),
            _span([len(tally.workers) for tally in self.tallies]),
        )
        return (self.attack, str(len(self.tallies)), *measured, str(len(self.deviations) or "none"))


def _span(numbers: list[int]) -> str:
    least, most = min(numbers), max(numbers)
    return str(least) if least == most else f"{least}..{most}"


def _attacked(server: str, url: str, folder: Path, rounds: int) -> Generator[Report]:
    keys = f"attack:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"
    host = Host(RecordingMessenger(), Keyring.from_text(keys), scenario.quick_policy())
    with served(server, folder, url, keys) as there:
        target = Target.of(host, url, there)
        for name, attack in ATTACKS.items():
            report = Report(name)
            for _ in range(rounds):
                target.begin_day()
                tally, deviation = attack(target)
                report.tallies.append(tally)
                if deviation:
                    report.deviations.append(deviation)
            yield report
        target.store.close()


@contextmanager
def _database(kind: str, folder: Path) -> Generator[str]:
    """The URL of a new, empty database."""
    if kind == "SQLite":
        yield _created(f"sqlite:///{folder / 'attack.sqlite3'}")
        return
    with postgres_server() as server:
        yield _created(server.new_database("attack").render_as_string(hide_password=False))


def _created(url: str) -> str:
    store = SqlStore(url)
    store.upgrade()
    store.close()
    return url


if __name__ == "__main__":
    sys.exit(main())
