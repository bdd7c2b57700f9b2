"""What is particular to the memory and the SQL limits: what they forget, what they keep of a person, what they cost."""

from __future__ import annotations

import asyncio
import base64
import itertools
import sqlite3
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.pool import QueuePool

from entractes_auth.backends.limits import sql_plans
from entractes_auth.backends.limits.async_sql import AsyncSqlLimits
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.limits.windows import SWEPT_AT_ONCE, subject_mac
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW

HOUR = timedelta(hours=1)
THREE = Budget(amount=3, per=HOUR)
PHONE = "+33612345678"
KEYS = f"k1:{Keyring.new_key()}"
FIXED_KEYS = (
    f"k1:{base64.urlsafe_b64encode(bytes(range(33, 65))).decode()}"  # what sweeps is then the same each time
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = SqlStore(f"sqlite:///{tmp_path / 'a.db'}")
    store.upgrade()
    store.close()
    return tmp_path / "a.db"


@pytest.fixture
def limits(path: Path) -> Generator[SqlLimits]:
    limits = SqlLimits(f"sqlite:///{path}", Keyring.from_text(KEYS), busy_timeout=timedelta(milliseconds=100))
    yield limits
    limits.close()


def _rows(path: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, hits FROM budgets ORDER BY name, hits").fetchall()


def _counted(limits: MemoryLimits) -> int:
    """How many windows it holds, as its memory shows."""
    budgets: dict[str, dict[bytes, object]] = limits.__dict__["_budgets"]
    return sum(map(len, budgets.values()))


def test_memory_keeps_no_window_that_is_over() -> None:
    """Ten thousand subjects, one a minute, leave the sixty of the last hour: nothing grows for ever."""
    limits = MemoryLimits()
    for minute in range(10_000):
        limits.hit("sms", f"subject {minute}", THREE, NOW + timedelta(minutes=minute))
    assert _counted(limits) == 60


def test_memory_forgets_in_the_order_of_the_windows() -> None:
    """A subject whose window began anew is as young as that window, however early it was seen first."""
    limits = MemoryLimits()
    limits.hit("sms", "first", THREE, NOW)
    limits.hit("sms", "second", THREE, NOW + timedelta(minutes=30))
    limits.hit("sms", "first", THREE, NOW + HOUR)
    limits.hit("sms", "third", THREE, NOW + timedelta(minutes=91))
    assert _counted(limits) == 2, "the second is over; the first began again"
    assert limits.peek("sms", "first", THREE, NOW + timedelta(minutes=91)) == Granted(1)


def test_memory_forgets_a_flood_without_stopping() -> None:
    """After a flood of 100,000 subjects, no hit pays for all of them: each forgets some."""
    limits, flood = MemoryLimits(), 100_000
    for n in range(flood):
        limits.hit("sms", f"subject {n}", THREE, NOW)
    kept = [_counted(limits)]
    for n in range(flood // SWEPT_AT_ONCE + 1):
        limits.hit("sms", f"late {n}", THREE, NOW + 2 * HOUR)
        kept.append(_counted(limits))
    assert max(before - after for before, after in pairwise(kept)) < SWEPT_AT_ONCE
    assert kept[-1] == flood // SWEPT_AT_ONCE + 1, "those that came late"


def test_memory_forgets_windows_of_a_wrong_clock() -> None:
    """Windows that were counted while the clock was a year ahead do not keep the later ones from being forgotten."""
    limits = MemoryLimits()
    for n in range(100):
        limits.hit("sms", f"subject {n}", THREE, NOW + timedelta(days=365))
    for minute in range(200):
        limits.hit("sms", f"caller {minute}", THREE, NOW + timedelta(minutes=minute))
    assert _counted(limits) == 60


def test_memory_does_not_grow_with_what_is_typed() -> None:
    """A subject of a megabyte costs what a phone costs: only its digest is held."""
    limits = MemoryLimits()
    limits.hit("password", "9" * 1_000_000, THREE, NOW)
    budgets: dict[str, dict[bytes, object]] = limits.__dict__["_budgets"]
    assert [len(key) for key in budgets["password"]] == [16]


def test_the_table_knows_no_person(limits: SqlLimits, path: Path) -> None:
    """Neither a phone nor an e-mail address is in any byte of the database's files."""
    limits.hit("sms_per_phone", PHONE, THREE, NOW)
    limits.hit("emails_per_address", "zoe@example.fr", THREE, NOW)
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"sms_per_phone" in content
    assert b"612345678" not in content
    assert b"zoe" not in content


def test_a_subject_has_another_digest_in_each_budget(limits: SqlLimits, path: Path) -> None:
    """Rows of two budgets cannot be told to be of one person."""
    limits.hit("sms_per_phone", PHONE, THREE, NOW)
    limits.hit("codes_per_subject", PHONE, THREE, NOW)
    with closing(sqlite3.connect(path)) as connection:
        digests = connection.execute("SELECT subject FROM budgets").fetchall()
    assert len(set(digests)) == 2
    assert {len(digest) for (digest,) in digests} == {32}


def test_a_store_s_connections_are_shared(path: Path) -> None:
    """Limits that are made from a store open nothing of their own."""
    store = SqlStore(f"sqlite:///{path}")
    limits = SqlLimits(store, Keyring.from_text(KEYS))
    limits.hit("sms", PHONE, THREE, NOW)
    pool = store.database.engines.writer.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() == 1
    store.close()
    assert _rows(path) == [("sms", 1)]


def test_a_refused_hit_writes_nothing(limits: SqlLimits, path: Path) -> None:
    """A flood of refused hits does not touch the disk: the log grows by no byte."""
    for _ in range(3):
        limits.hit("sms", PHONE, THREE, NOW)
    log = path.with_name("a.db-wal")
    before = log.stat().st_size
    for _ in range(20):
        assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
    assert log.stat().st_size == before


def test_who_came_too_late_for_the_last_hit_is_not_counted(path: Path) -> None:
    """Six saw that hits are left, before any of them hit: three are refused, and a larger budget owes them nothing."""
    store, keys = SqlStore(f"sqlite:///{path}"), Keyring.from_text(KEYS)
    digest = subject_mac(keys, "sms", PHONE)
    told = [store.database.write(sql_plans.hit("sqlite", "sms", digest, THREE, NOW)) for _ in range(6)]
    assert told == [Granted(2), Granted(1), Granted(0), None, None, None]
    limits, five = SqlLimits(store, keys), Budget(amount=5, per=HOUR)
    assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
    assert [limits.hit("sms", PHONE, five, NOW) for _ in range(3)] == [
        Granted(1),
        Granted(0),
        Exceeded(NOW + HOUR),
    ]
    store.close()


def sweeper(name: str) -> str:
    """A subject whose first hit sweeps: one in 256 does."""
    return next(
        subject
        for subject in map(str, itertools.count())
        if subject_mac(Keyring.from_text(KEYS), name, subject)[0] == 0
    )


def test_windows_that_are_over_leave_the_table(limits: SqlLimits, path: Path) -> None:
    """As windows begin, those of that budget that ended are deleted, and no other budget's."""
    limits.hit("password", "somebody", THREE, NOW)
    for n in range(100):
        limits.hit("sms", f"subject {n}", THREE, NOW)
    for _ in range(3):
        limits.hit("sms", sweeper("sms"), THREE, NOW + 2 * HOUR)
    assert _rows(path) == [("password", 1), ("sms", 3)]


def test_only_a_window_that_begins_sweeps(limits: SqlLimits, path: Path) -> None:
    """A subject that is hit all day does not sweep all day."""
    limits.hit("sms", sweeper("sms"), THREE, NOW)
    limits.hit("sms", "over by then", THREE, NOW - HOUR + timedelta(minutes=1))
    limits.hit("sms", sweeper("sms"), THREE, NOW + timedelta(minutes=2))
    assert _rows(path) == [("sms", 1), ("sms", 2)]


def test_the_async_twin_sweeps_too(path: Path) -> None:
    """The same windows, by the same subject."""

    async def hit() -> None:
        limits = AsyncSqlLimits(f"sqlite+aiosqlite:///{path}", Keyring.from_text(KEYS))
        for subject, at in (("somebody", NOW), (sweeper("sms"), NOW + 2 * HOUR)):
            assert await limits.hit("sms", subject, THREE, at) == Granted(2)
        await limits.close()

    asyncio.run(hit())
    assert _rows(path) == [("sms", 1)]


def test_budgets_that_are_hit_by_turns_are_all_swept(path: Path) -> None:
    """A flood of sign-ins hits one budget, the other, and the one again: neither one's windows stay for ever."""
    with closing(SqlLimits(f"sqlite:///{path}", Keyring.from_text(FIXED_KEYS))) as limits:
        for n in range(800):
            for name in ("network", "identifier"):
                limits.hit(name, f"{name} {n}", THREE, NOW + n * timedelta(minutes=1))
    names = Counter(name for name, _ in _rows(path))
    assert names.keys() == {"network", "identifier"}
    assert max(names.values()) < 600


def test_processes_that_end_early_sweep_too(path: Path) -> None:
    """Each serves a hundred hits, and is followed by the next."""
    for process in range(8):
        with closing(SqlLimits(f"sqlite:///{path}", Keyring.from_text(FIXED_KEYS))) as limits:
            for n in range(100):
                limits.hit("sms", f"subject {process}/{n}", THREE, NOW + process * 2 * HOUR)
    assert len(_rows(path)) < 600


def test_a_locked_table_is_unavailable(limits: SqlLimits, path: Path) -> None:
    """What cannot be counted is not granted: the hit is an error, and nothing was counted."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            limits.hit("sms", PHONE, THREE, NOW)
        other.execute("ROLLBACK")
    assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)


def test_a_table_that_cannot_be_swept_now_is_swept_later(limits: SqlLimits, path: Path) -> None:
    """The hit was counted before: that nothing can be deleted at this moment is no error of the asker's."""
    limits.hit("sms", "over", THREE, NOW - 2 * HOUR)
    with closing(sqlite3.connect(path)) as other:
        other.execute(
            "CREATE TRIGGER kept BEFORE DELETE ON budgets BEGIN SELECT RAISE(FAIL, 'database is full'); END"
        )
    assert limits.hit("sms", sweeper("sms"), THREE, NOW) == Granted(2)
    assert len(_rows(path)) == 2, "the one that is over is there still"


def test_a_sweep_is_short(limits: SqlLimits, path: Path) -> None:
    """After a flood, each sweep deletes 512 windows and no more, the oldest first: sign-ins wait for none of it."""
    with closing(sqlite3.connect(path)) as other, other:
        long_ago = int((NOW - 9 * HOUR).timestamp() * 1_000_000)
        rows = [("sms", b"%032d" % n, long_ago + n, 1) for n in range(2000)]
        other.executemany("INSERT INTO budgets (name, subject, started_at, hits) VALUES (?, ?, ?, ?)", rows)
    limits.hit("sms", sweeper("sms"), THREE, NOW)
    with closing(sqlite3.connect(path)) as other:
        left, oldest = other.execute("SELECT count(*), min(started_at) FROM budgets").fetchone()
    assert (left, oldest) == (2000 - 512 + 1, long_ago + 512)
