"""How the SQL store opens a SQLite database, and what it refuses to open."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.testing import builders as b
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig, prepared, url_of

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 10_000,
}


@pytest.mark.parametrize("role", ["reader", "writer"])
def test_every_connection_is_set_up(role: str, tmp_path: Path) -> None:
    """Both engines have WAL, synchronous FULL, foreign keys, secure deletion and ten seconds of patience."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with getattr(store.database.engines, role).connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in EXPECTED}
    store.close()
    assert found == EXPECTED


def test_what_reads_cannot_write(tmp_path: Path) -> None:
    """The reading connections refuse every write, whatever statement is sent to them."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with (
        store.database.engines.reader.connect() as connection,
        pytest.raises(OperationalError, match="readonly"),
    ):
        connection.exec_driver_sql("DELETE FROM challenges")
    store.close()


def test_a_new_database_is_its_owner_s_alone(tmp_path: Path) -> None:
    """No other account of the machine may read the file or its log."""
    store = SqlStore(url_of(tmp_path / "a.db"))
    store.upgrade()
    store.commit(b.batch(b.event()))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    store.close()
    assert modes == dict.fromkeys(("a.db", "a.db-shm", "a.db-wal"), 0o600)


def test_a_mistyped_path_makes_no_database(tmp_path: Path) -> None:
    """Only `upgrade` creates: a store opened on a wrong path says so, and leaves nothing behind."""
    store = SqlStore(url_of(tmp_path / "mistyped.db"))
    with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
        store.spend("any", b.NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:a.db?uri=true",
        "sqlite:///a.db?mode=ro",
        "not a url",
    ],
)
@pytest.mark.parametrize("kind", [SqlStore, AsyncSqlStore])
def test_a_url_that_cannot_be_kept_safely_is_refused(kind: type[SqlStore | AsyncSqlStore], url: str) -> None:
    """In-memory databases and URLs with options of their own are refused when the store is made."""
    with pytest.raises(ConfigurationError, match=r"sqlite:////"):
        kind(url)


def test_a_url_error_does_not_show_the_url() -> None:
    """The URL may hold a password: neither the text nor the chain of the error repeats it."""
    with pytest.raises(ConfigurationError) as refused:
        SqlStore("postgresql//app:s3cret@db/auth")
    assert "s3cret" not in str(refused.value)
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


def test_a_host_s_sqlite_engine_lends_its_path_only(tmp_path: Path) -> None:
    """A SQLite engine of the host may have any set-up: the store opens its own connections beside it."""
    path = prepared(tmp_path / "a.db")
    engine = create_engine(url_of(path))
    store = SqlStore(engine)
    store.commit(b.batch(b.event()))
    assert store.database.engines.writer is not engine
    with store.database.engines.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    store.close()
    engine.dispose()


def test_a_path_with_strange_characters_is_a_path(tmp_path: Path) -> None:
    """Characters that mean something in a URI are characters of the file's name."""
    path = tmp_path / "l'été #1 100%.db"
    store = SqlStore(url_of(path))
    store.upgrade()
    store.check()
    store.close()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_closed_store_opens_again(colour: str, tmp_path: Path) -> None:
    """`close` gives connections back; it does not end the store."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        await rig.close()
        assert await rig.store.spend(b.an_id("challenge", 1), b.NOW) is not None

    SqlRig.run(colour, prepared(tmp_path / "a.db"), body)


_SYNC_ONLY = """
import sys
sys.modules["greenlet"] = sys.modules["aiosqlite"] = None
from entractes_auth.backends.storage.sqlalchemy import SqlStore
store = SqlStore(sys.argv[1])
store.check()
store.close()
"""


def test_the_sync_store_needs_no_asyncio_library(tmp_path: Path) -> None:
    """Where neither greenlet nor aiosqlite is installed, `SqlStore` is imported and works."""
    url = url_of(prepared(tmp_path / "a.db"))
    done = subprocess.run([sys.executable, "-c", _SYNC_ONLY, url], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
