"""Argon2 and SQLite alone, as a program without this package would call them: what our figures stand beside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from argon2.low_level import Type, hash_secret, verify_secret

from entractes_auth.policy import HashPolicy

__all__ = ["bare_sqlite", "bare_verification"]

_SECRET: Final = b"0" * 32  # as long as what the package hashes: an HMAC


def bare_verification(costs: HashPolicy) -> Callable[[], object]:
    """One Argon2id verification with these parameters, each time it is called."""
    hashed = hash_secret(
        _SECRET,
        b"sixteen bytes...",
        time_cost=costs.time_cost,
        memory_cost=costs.memory_kib,
        parallelism=costs.parallelism,
        hash_len=32,
        type=Type.ID,
    )
    return lambda: verify_secret(hashed, _SECRET, Type.ID)


@contextmanager
def bare_sqlite(path: Path) -> Generator[Callable[[], None]]:
    """A durable commit of one row to this file, each time it is called; in any thread, one at a time."""
    with closing(sqlite3.connect(path, 60, isolation_level=None, check_same_thread=False)) as connection:
        for line in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {line}")
        connection.execute("CREATE TABLE IF NOT EXISTS bare (at INTEGER, what TEXT)")

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bare (at, what) VALUES (?, ?)", (1, "one row"))
            connection.commit()

        yield commit
