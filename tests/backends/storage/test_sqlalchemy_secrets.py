"""What was erased is gone from the files, not only from the answers."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from entractes_auth.backends.batch import Batch, Settlement
from entractes_auth.records.kinds import MessageState
from entractes_auth.testing import builders as b
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig, prepared

NONCE = b.sending().nonce
ID = b.an_id("challenge", 1)
LATER = b.NOW + timedelta(minutes=1)


def _files_hold(path: Path, secret: bytes) -> bool:
    return any(secret in file.read_bytes() for file in path.parent.iterdir())


def _empty_the_log(path: Path) -> None:
    """What SQLite does by itself sooner or later; the log keeps earlier versions of rows until then."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


async def _put_among_others(rig: SqlRig) -> None:
    """Both holders of the nonce, the challenge and its queued message, on pages that are full of others.

    On an almost empty page SQLite writes the shorter row over the longer one, and nothing can be left.
    """
    for n in (*range(2, 22), 1, *range(22, 42)):
        await rig.store.commit(b.batch(b.challenge(n), b.code_message(n)))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    "end",
    [
        b.batch(b.proof(), withdraw=(ID,)),
        b.batch(close=(ID,), withdraw=(ID,)),
        b.batch(b.sending(counter=2), withdraw=(ID,)),
    ],
    ids=["redeemed", "closed", "sent_again"],
)
def test_a_useless_nonce_is_in_no_file(colour: str, end: Batch, tmp_path: Path) -> None:
    """The commit that redeems, closes or sends again leaves the old nonce in no byte of the database.

    The file is read as whoever copies it would, free space included.
    """
    path = prepared(tmp_path / "a.db")

    async def body(rig: SqlRig) -> None:
        await _put_among_others(rig)
        _empty_the_log(path)
        assert _files_hold(path, NONCE)
        await rig.store.commit(end)
        _empty_the_log(path)
        assert not _files_hold(path, NONCE)
        assert _files_hold(path, ID.encode()), "the rows themselves are kept"

    SqlRig.run(colour, path, body)


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DEAD])
def test_a_settled_message_leaves_no_nonce(state: MessageState, tmp_path: Path) -> None:
    """A message that was sent, or given up, takes its nonce with it."""
    path = prepared(tmp_path / "a.db")

    async def body(rig: SqlRig) -> None:
        await _put_among_others(rig)
        await rig.store.commit(b.batch(close=(ID,)))
        _empty_the_log(path)
        assert _files_hold(path, NONCE), "the queued message still needs it"
        message = b.code_message(1)
        (leased,) = await rig.store.lease(message.created_at, message.deadline, 1, (message.id,))
        settled = Settlement(message_id=message.id, token=leased.token, state=state, at=LATER)
        await rig.store.settle((settled,))
        _empty_the_log(path)
        assert not _files_hold(path, NONCE)

    SqlRig.run("sync", path, body)


def test_purge_leaves_no_nonce_of_what_is_over(tmp_path: Path) -> None:
    """The nonces of expired challenges, and of codes that were never sent, are in no file after a purge."""
    path = prepared(tmp_path / "a.db")
    expires_at = b.challenge().expires_at

    async def body(rig: SqlRig) -> None:
        await _put_among_others(rig)
        early = await rig.store.purge(b.code_message().deadline - timedelta(microseconds=1))
        assert (early.challenges, early.messages, _files_hold(path, NONCE)) == (0, 0, True)
        purged = await rig.store.purge(expires_at)
        assert (purged.challenges, purged.messages) == (41, 41)
        assert not _files_hold(path, NONCE)
        assert _files_hold(path, ID.encode()), "the rows themselves are kept"

    SqlRig.run("sync", path, body)


@pytest.mark.parametrize("colour", COLOURS)
def test_purge_empties_the_write_ahead_log(colour: str, tmp_path: Path) -> None:
    """The log, which keeps earlier versions of rows, has no bytes after a purge."""
    path = prepared(tmp_path / "a.db")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        log = path.with_name("a.db-wal")
        assert log.stat().st_size > 0
        await rig.store.purge(LATER)
        assert log.stat().st_size == 0

    SqlRig.run(colour, path, body)


@pytest.mark.parametrize("colour", COLOURS)
def test_no_parameter_is_logged(colour: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where every logger listens at DEBUG, neither ours nor a driver's writes an address or a nonce."""
    path = prepared(tmp_path / "a.db")
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "aiosqlite")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.account(1), b.challenge(1)))
        assert await rig.store.spend(ID, b.NOW) is not None

    SqlRig.run(colour, path, body)
    logging.getLogger("a host's").debug("is heard")
    said = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    assert "is heard" in said
    for hidden in (b.account(1).email, b.account(1).mobile, repr(NONCE), ID):
        assert hidden not in said
