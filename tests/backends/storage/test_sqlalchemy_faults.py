"""A database that is locked, read-only, full, corrupt or gone: `StoreUnavailable`, nothing written, no leak."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from entractes_auth.backends.batch import EventQuery
from entractes_auth.errors import AuthError, StoreUnavailable, Taken
from entractes_auth.testing import builders as b
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig, prepared

ID = b.an_id("challenge", 1)
each_colour = pytest.mark.parametrize("colour", COLOURS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return prepared(tmp_path / "a.db")


async def attempts_left(rig: SqlRig) -> int:
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    return glance.attempts_left


@each_colour
def test_a_locked_database_is_unavailable_and_nothing_is_counted(colour: str, path: Path) -> None:
    """While another process holds the write lock, writes end in an error in time; later they work again."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):  # more often than there are writing connections: none is lost on the way
                with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                    await rig.store.spend(ID, b.NOW)
            with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                await rig.store.commit(b.batch(b.event()))
            assert await attempts_left(rig) == 3, "reads do not wait for the writer"
            other.execute("ROLLBACK")
        assert await rig.store.spend(ID, b.NOW) is not None
        assert await attempts_left(rig) == 2
        assert (await rig.store.events(EventQuery())).rows == ()

    SqlRig.run(colour, path, body)


@each_colour
@pytest.mark.parametrize(
    ("pragma", "name"),
    [("PRAGMA query_only = ON", "SQLITE_READONLY"), ("PRAGMA max_page_count = 1", "SQLITE_FULL")],
    ids=["read_only", "full"],
)
def test_a_database_that_takes_no_more_is_unavailable(
    colour: str, pragma: str, name: str, path: Path
) -> None:
    """On a read-only or full database nothing of a batch is written, and what was there can be read."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge(), b.event(1)))
        await rig.on_each_write_connection(pragma)
        # Large enough to need new pages.
        large = [b.event(n, details={"channel": "x" * 5_000}) for n in range(2, 12)]
        with pytest.raises(StoreUnavailable, match=name):
            await rig.store.commit(b.batch(b.proof(), *large))
        assert await attempts_left(rig) == 3
        assert [event.id for event in (await rig.store.events(EventQuery())).rows] == [b.an_id("event", 1)]

    SqlRig.run(colour, path, body)


@each_colour
def test_a_connection_that_was_opened_read_only_is_replaced(colour: str, path: Path) -> None:
    """SQLite opens what it may not write for reading, for good: when it may be written again, the same store writes."""

    def only_read(connection: DBAPIConnection, entry: object) -> None:
        connection.cursor().execute("PRAGMA query_only = ON")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        await rig.close()
        event.listen(rig.writer, "connect", only_read)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="SQLITE_READONLY"):
                await rig.store.spend(ID, b.NOW)
        event.remove(rig.writer, "connect", only_read)
        assert await rig.store.spend(ID, b.NOW) is not None
        assert await attempts_left(rig) == 2

    SqlRig.run(colour, path, body)


def _delete(path: Path) -> None:
    path.unlink()


def _move_directory(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


@each_colour
@pytest.mark.parametrize("harm", [_delete, _move_directory], ids=["deleted", "moved"])
def test_a_database_that_is_gone_is_unavailable(
    colour: str, harm: Callable[[Path], None], tmp_path: Path
) -> None:
    """Once its file is no longer there, an open store reads and counts nothing in the ghost of it."""
    (tmp_path / "home").mkdir()
    path = prepared(tmp_path / "home" / "a.db")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        assert await attempts_left(rig) == 3
        harm(path)
        with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
            await rig.store.spend(ID, b.NOW)
        with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
            await rig.store.glance(ID, b.NOW)

    SqlRig.run(colour, path, body)


@each_colour
def test_a_restored_database_is_the_one_that_counts(colour: str, path: Path, tmp_path: Path) -> None:
    """A backup that was put in the place of the open file is used from the next call on."""
    backup = prepared(tmp_path / "backup.db")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        assert await attempts_left(rig) == 3
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink()
        backup.replace(path)
        assert await rig.store.glance(ID, b.NOW) is None
        await rig.store.commit(b.batch(b.challenge()))
        assert await attempts_left(rig) == 3

    SqlRig.run(colour, path, body)


@each_colour
def test_a_file_that_is_no_database_is_unavailable(colour: str, tmp_path: Path) -> None:
    """A corrupt file is an error that says so, and stays as it is."""
    path = tmp_path / "a.db"
    path.write_bytes(b"This was a database." * 1000)

    async def body(rig: SqlRig) -> None:
        with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
            await rig.store.spend(ID, b.NOW)
        with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
            await rig.store.registration("any")

    SqlRig.run(colour, path, body)
    assert path.read_bytes() == b"This was a database." * 1000


@each_colour
@pytest.mark.parametrize("fault", ["taken", "full"])
def test_no_error_carries_what_was_written(colour: str, fault: str, path: Path) -> None:
    """Neither the error nor anything in its chain holds a parameter: logs outlive consent."""
    person = b.account(2, email="zoe.secrete@example.fr", identifier=b.account(1).identifier)

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.account(1)))
        if fault == "full":
            await rig.on_each_write_connection("PRAGMA max_page_count = 1")
        many = [b.event(n, details={"channel": "x" * 5_000}) for n in range(2, 12)]
        batch = b.batch(*([person] if fault == "taken" else [b.account(3, email=person.email), *many]))
        with pytest.raises(Taken if fault == "taken" else StoreUnavailable) as refused:
            await rig.store.commit(batch)
        assert _chain(refused.value) == [refused.value]
        assert "secrete" not in "".join(traceback.format_exception(refused.value))

    SqlRig.run(colour, path, body)


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


@each_colour
def test_a_time_without_a_zone_is_refused_before_it_is_sent(colour: str, path: Path) -> None:
    """A naive time is a mistake of the caller's: a plain `ValueError`, not an unavailable store."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with pytest.raises(ValueError, match="without a zone") as refused:
            await rig.store.spend(ID, b.NOW.replace(tzinfo=None))
        assert not isinstance(refused.value, AuthError)
        assert await attempts_left(rig) == 3

    SqlRig.run(colour, path, body)
