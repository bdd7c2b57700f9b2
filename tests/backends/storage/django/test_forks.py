"""A server that forks: nothing that was committed is lost, and what could be lost is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL

from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.testing import builders as b
from tests.backends.storage.django import databases
from tests.servers.postgres import Server

FORKING = "tests.backends.storage.django.forking"
ROOT = Path(__file__).parents[4]
REFUSED = 3


def play(scenario: str, *where: str) -> int:
    """How the worker ended."""
    command = [sys.executable, "-m", FORKING, scenario, *where]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode in (0, REFUSED), done.stderr
    return done.returncode


def found(alias: str) -> list[int]:
    """The events that a process that comes later finds."""
    known = {b.an_id("event", n): n for n in range(1, 6)}
    return sorted(known[event.id] for event in DjangoStore(alias).events(EventQuery()).rows)


@pytest.mark.parametrize(
    ("scenario", "ended", "kept"),
    [
        ("close_then_fork", 0, [1, 2, 3, 4]),
        ("fork_while_open", REFUSED, [1, 5]),
        # Unrefused, the worker's 2 and 4 were answered, and gone.
        ("fork_while_open_and_close_in_the_parent", REFUSED, [1]),
        ("fork_while_open_and_close", REFUSED, [1]),
        ("fork_while_the_host_has_it_open", REFUSED, []),
        ("fork_twice_while_open", REFUSED, [1]),
    ],
)
def test_a_worker_of_a_process_that_had_the_file_open_is_refused(
    scenario: str, ended: int, kept: list[int], file: Path
) -> None:
    """Its commits could be lost, also after Django closed what it inherited; nothing that was answered is lost."""
    assert play(scenario, str(file)) == ended
    with databases.at_sqlite(file) as alias:
        assert found(alias) == kept


@pytest.fixture(scope="module")
def url(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_forks")


@pytest.mark.parametrize(
    ("scenario", "ended", "kept"),
    [
        ("close_then_fork", 0, [1, 2, 3, 4]),
        ("fork_while_open", REFUSED, [1, 5]),
        ("fork_while_the_host_has_it_open", 0, [2, 3, 4]),
    ],
)
def test_a_worker_speaks_through_no_socket_of_its_parent_s(
    scenario: str, ended: int, kept: list[int], url: URL
) -> None:
    """On PostgreSQL an inherited connection is refused, and one that Django closed is replaced."""
    with databases.at_postgres(url) as alias:
        databases.emptied(alias)
    assert play(scenario, str(url.database), str(url.query["host"])) == ended
    with databases.at_postgres(url) as alias:
        assert found(alias) == kept
