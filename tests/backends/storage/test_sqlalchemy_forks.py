"""A process that forks: nothing that was committed is lost, and what could be lost is refused."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from entractes_auth.backends.storage.sqlalchemy import SqlStore, forks
from entractes_auth.errors import ConfigurationError
from entractes_auth.testing import builders as b
from tests.backends.storage import forking
from tests.backends.storage.sqlalchemy_rigs import COLOURS, prepared, url_of

each_colour = pytest.mark.parametrize("colour", COLOURS)


def play(scenario: str, colour: str, path: Path) -> tuple[int, list[int]]:
    """How the worker ended, and the events that a process that comes later finds."""
    command = [sys.executable, forking.__file__, scenario, colour, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, forking.REFUSED), done.stderr
    known = {b.an_id("event", n): n for n in range(1, 6)}
    with closing(sqlite3.connect(path)) as connection:
        found = sorted(known[row[0]] for row in connection.execute("SELECT id FROM events"))
    return done.returncode, found


@each_colour
@pytest.mark.parametrize(
    ("scenario", "kept"),
    [
        ("upgrade_then_fork", [2, 3, 4]),
        ("close_then_fork", [1, 2, 3, 4]),
        ("fork_then_build", [2, 3, 4]),
    ],
)
def test_a_worker_whose_parent_had_nothing_open_keeps_all_it_commits(
    scenario: str, kept: list[int], colour: str, tmp_path: Path
) -> None:
    """Prefork (gunicorn --preload) after `upgrade` or `close`: another process that comes and goes loses nothing."""
    assert play(scenario, colour, prepared(tmp_path / "a.db")) == (0, kept)


@each_colour
@pytest.mark.parametrize(
    ("scenario", "kept"),
    [
        ("fork_while_open", [1, 5]),
        ("fork_while_open_and_build", [1]),
        ("fork_twice_while_open", [1]),
    ],
)
def test_a_worker_whose_parent_had_the_database_open_is_refused(
    scenario: str, kept: list[int], colour: str, tmp_path: Path
) -> None:
    """By a store of its own too, in the second generation too, and after `close` too; the parent goes on."""
    assert play(scenario, colour, prepared(tmp_path / "a.db")) == (forking.REFUSED, kept)


@each_colour
def test_upgrading_an_open_database_drops_no_lock(colour: str, tmp_path: Path) -> None:
    """A second store's `upgrade` in the same process leaves the first one's locks: its commits are kept."""
    path = prepared(tmp_path / "a.db")
    assert play("upgrade_by_another_store_while_open", colour, path) == (0, [1, 2, 3, 4])


def test_the_refusal_says_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the error knows the two ways out; the path is not in it."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    store.commit(b.batch(b.event(1)))
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        with pytest.raises(
            ConfigurationError, match=r"build the store after the fork, or close\(\)"
        ) as refused:
            store.check()
    store.close()
    assert str(tmp_path) not in str(refused.value)


def test_a_link_is_the_same_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a parent had open under one name is refused under another, and another file is not."""
    path = prepared(tmp_path / "a.db")
    (tmp_path / "link.db").symlink_to(path)
    store = SqlStore(url_of(path))
    store.commit(b.batch(b.event(1)))
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)
        seen = [forks.inherited(tmp_path / name) for name in ("a.db", "link.db", "b.db")]
    store.close()
    assert seen == [True, True, False]
    assert not forks.inherited(path)
