"""Run the attacks, print the table, and end with 1 on any deviation."""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.attack.rounds import ATTACKS, Target
from benchmarks.attack.servers import SERVERS, served
from benchmarks.host import Host
from entractes_auth import Keyring
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing import RecordingMessenger, scenario
from tests.servers.postgres import postgres_server

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack each server on each database; the exit status is 1 when anything deviated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="of each attack (default: 100)")
    rounds = parser.parse_args(arguments).rounds
    print(f"{'server':33} {'database':11} {'attack':23} rounds  deviations")
    deviations = 0
    for database in ("SQLite", "PostgreSQL"):
        for server in SERVERS:
            with tempfile.TemporaryDirectory() as folder, _database(database, Path(folder)) as url:
                for attack, deviated in _attacked(server, url, Path(folder), rounds):
                    print(
                        f"{server:33} {database:11} {attack:23} {rounds:6}  {len(deviated) or 'none'}",
                        flush=True,
                    )
                    for each in deviated:
                        print(f"    {each}")
                    deviations += len(deviated)
    print("every round as promised" if not deviations else f"{deviations} rounds deviated")
    return 1 if deviations else 0


def _attacked(server: str, url: str, folder: Path, rounds: int) -> Generator[tuple[str, list[str]]]:
    keys = f"attack:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"
    host = Host(RecordingMessenger(), Keyring.from_text(keys), scenario.quick_policy())
    with served(server, folder, url, keys) as address:
        target = Target.of(host, url, address)
        for name, attack in ATTACKS.items():
            deviated: list[str] = []
            for _ in range(rounds):
                target.begin_day()
                if deviation := attack(target):
                    deviated.append(deviation)
            yield name, deviated
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
