"""Budgets in the Django app's database: the public contract, and what is particular to a host that has transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from sqlalchemy import URL

from entractes_auth.backends.limits.async_django import AsyncDjangoLimits
from entractes_auth.backends.limits.django import DjangoLimits
from entractes_auth.backends.limits.windows import subject_mac
from entractes_auth.backends.ports import Exceeded, Granted, Limits
from entractes_auth.backends.storage.django import AsyncDjangoStore, DjangoStore, budgets
from entractes_auth.backends.storage.django.models import Budget as Row
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW
from entractes_auth.testing.limits_contract import (
    AsyncLimitsContract,
    LimitsContract,
    LimitsProcessContract,
    ReachableLimits,
)
from tests.backends.storage.django import databases, site
from tests.servers.cutting import cutting_proxy
from tests.servers.postgres import Server

HOUR = timedelta(hours=1)
THREE = Budget(amount=3, per=HOUR)
PHONE = "+33612345678"
WAY_OUT = "non_atomic_requests"


@pytest.fixture(scope="module")
def url(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_limits")


@pytest.fixture(scope="module")
def on_postgres(url: URL) -> Generator[str]:
    with databases.at_postgres(url, alias="on_postgres") as alias:
        yield alias


@pytest.fixture
def keys() -> Keyring:
    """Fresh keys: whatever was counted before was counted under other names."""
    return Keyring.generate()


@pytest.fixture
def limits(alias: str, keys: Keyring) -> DjangoLimits:
    """Counters in a SQLite file of this test's own."""
    return DjangoLimits(alias, keys)


def rows(alias: str) -> list[tuple[str, int]]:
    return list(Row.objects.using(alias).order_by("started_at").values_list("name", "hits"))


# ---------------------------------------------------------------- the contract


class TestSqlite(LimitsContract):
    """Counters in a SQLite file."""

    @pytest.fixture
    def limits(self, alias: str, keys: Keyring) -> Limits:
        return databases.limits_of_a_server(alias, keys)


class TestAsyncSqlite(AsyncLimitsContract):
    """The counters for `AsyncAuth`, whose calls run in the thread that Django's async queries run in."""

    @pytest.fixture
    async def limits(self, alias: str, keys: Keyring) -> AsyncGenerator[AsyncDjangoLimits]:
        yield AsyncDjangoLimits(AsyncDjangoStore(alias), keys)
        await sync_to_async(databases.forget)(alias)


class TestPostgres(LimitsContract):
    """Counters in PostgreSQL, where hits of one subject wait for one another's row."""

    @pytest.fixture
    def limits(self, on_postgres: str, keys: Keyring) -> Limits:
        return databases.limits_of_a_server(on_postgres, keys)


class TestSqliteInProcesses(LimitsProcessContract):
    """Four processes on one SQLite file."""

    @pytest.fixture
    def reachable(self, file: Path) -> ReachableLimits:
        return ReachableLimits(f"{databases.__name__}:open_limits", f"{file} k1:{Keyring.new_key()}")


class TestPostgresInProcesses(LimitsProcessContract):
    """Four processes on one PostgreSQL."""

    @pytest.fixture
    def reachable(self, url: URL) -> ReachableLimits:
        where = f"{url.database} {url.query['host']}"
        return ReachableLimits(
            f"{databases.__name__}:open_postgres_limits", f"{where} k1:{Keyring.new_key()}"
        )


# ---------------------------------------------------------------- the host's transactions


def test_a_failing_request_gives_no_hit_back(
    alias: str, monkeypatch: pytest.MonkeyPatch, keys: Keyring
) -> None:
    """Five requests of a view whose own rows are rolled back: three hits are granted, and two are refused."""
    limits, answers = DjangoLimits(alias, keys), list[object]()
    monkeypatch.setattr(site, "count", lambda: answers.append(limits.hit("sms", PHONE, THREE, NOW)))
    for _ in range(5):
        with pytest.raises(site.HostFailedError):
            Client().get("/count/")
    assert answers == [Granted(2), Granted(1), Granted(0), *[Exceeded(NOW + HOUR)] * 2]


def test_a_hit_in_an_atomic_request_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch, keys: Keyring
) -> None:
    """With ATOMIC_REQUESTS an unmarked view cannot count: a rollback would give the hit back."""
    with databases.at_sqlite(file, ATOMIC_REQUESTS=True) as alias:
        limits = DjangoLimits(alias, keys)
        monkeypatch.setattr(site, "count", lambda: limits.hit("sms", PHONE, THREE, NOW))
        for _ in range(5):
            with pytest.raises(ConfigurationError, match=WAY_OUT):
                Client().get("/count-in-request/")
        assert rows(alias) == []


WRITES: dict[str, Callable[[DjangoLimits], object]] = {
    "hit": lambda limits: limits.hit("sms", PHONE, THREE, NOW),
    "clear": lambda limits: limits.clear("sms", PHONE, THREE),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nothing_is_counted_inside_atomic(
    write: Callable[[DjangoLimits], object], limits: DjangoLimits, alias: str
) -> None:
    """What writes refuses, and its text names the way out; a look is allowed. Outside of the block it works."""
    limits.hit("sms", PHONE, THREE, NOW)
    with transaction.atomic(using=alias):
        with pytest.raises(ConfigurationError, match=WAY_OUT):
            write(limits)
        assert limits.peek("sms", PHONE, THREE, NOW) == Granted(1)
    assert rows(alias) == [("sms", 1)]
    write(limits)
    assert rows(alias) != [("sms", 1)]


@pytest.mark.usefixtures("default_database")
class TestInATestCase(TestCase):
    """A host's tests run in a transaction that Django rolls back: there hits are counted, and none is left."""

    def hit_once(self) -> tuple[object, object]:
        """What was there before, and the answer."""
        return rows("default"), DjangoLimits("default", Keyring.generate()).hit("sms", PHONE, THREE, NOW)

    def test_one(self) -> None:
        """A hit counts in a test."""
        assert self.hit_once() == ([], Granted(2))

    def test_another(self) -> None:
        """Another test finds none of it."""
        assert self.hit_once() == ([], Granted(2))


# ---------------------------------------------------------------- what is kept, and what it costs


def test_the_table_knows_no_person(limits: DjangoLimits, file: Path, alias: str) -> None:
    """Neither a phone nor an address is in any byte of the files, and no two budgets' rows can be told to be one's."""
    limits.hit("sms_per_phone", PHONE, THREE, NOW)
    limits.hit("codes_per_subject", PHONE, THREE, NOW)
    limits.hit("emails_per_address", "zoe@example.fr", THREE, NOW)
    content = b"".join(each.read_bytes() for each in file.parent.iterdir())
    assert b"sms_per_phone" in content
    assert b"612345678" not in content
    assert b"zoe" not in content
    digests = set(Row.objects.using(alias).values_list("subject", flat=True))
    assert [len(digest) for digest in digests] == [32] * 3
    assert [str(row) for row in Row.objects.using(alias).order_by("name")][:1] == ["codes_per_subject"]


def test_a_refused_hit_costs_one_read(limits: DjangoLimits, alias: str) -> None:
    """A flood of refused hits writes nothing, and begins no transaction."""
    for _ in range(3):
        limits.hit("sms", PHONE, THREE, NOW)
    with CaptureQueriesContext(connections[alias]) as queries:
        assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_sweep_is_short(engine: str, request: pytest.FixtureRequest, keys: Keyring) -> None:
    """One new window in 256 deletes 512 of that budget that are over and no more, the oldest first."""
    alias = request.getfixturevalue("alias" if engine == "sqlite" else "on_postgres")
    Row.objects.using(alias).all().delete()
    Row.objects.using(alias).bulk_create(
        Row(
            name=name,
            subject=f"{name} {n}".encode(),
            started_at=NOW - 9 * HOUR + timedelta(seconds=n),
            hits=n,
        )
        for name, many in (("sms", 1000), ("password", 10))
        for n in range(many)
    )
    limits, sweeper = DjangoLimits(alias, keys), _sweeper(keys)
    for _ in range(3):
        limits.hit("sms", sweeper, THREE, NOW)
    left = rows(alias)
    assert len([name for name, _ in left if name == "password"]) == 10
    assert [hits for name, hits in left if name == "sms"] == [*range(512, 1000), 3]


def _sweeper(keys: Keyring) -> str:
    """A subject whose first hit sweeps."""
    return next(each for each in map(str, count()) if subject_mac(keys, "sms", each)[0] == 0)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_who_comes_too_late_for_the_last_hit_is_not_counted(
    engine: str, request: pytest.FixtureRequest, keys: Keyring
) -> None:
    """It was left when they looked, and gone when they wrote: nothing is written, and they are told to come back."""
    alias = request.getfixturevalue("alias" if engine == "sqlite" else "on_postgres")
    limits, digest = DjangoLimits(alias, keys), subject_mac(keys, "sms", PHONE)
    for _ in range(3):
        limits.hit("sms", PHONE, THREE, NOW)
    with transaction.atomic(alias):
        assert budgets.count(alias, "sms", digest, THREE, NOW) is None
    assert budgets.kept(alias, "sms", digest).get().hits == 3


def test_a_table_that_cannot_be_swept_now_is_swept_later(
    limits: DjangoLimits, file: Path, alias: str, keys: Keyring
) -> None:
    """The hit was counted before: that nothing can be deleted at this moment is no error of the asker's."""
    limits.hit("sms", "over", THREE, NOW - 2 * HOUR)
    with closing(sqlite3.connect(file)) as other:
        other.execute(
            "CREATE TRIGGER kept BEFORE DELETE ON entractes_auth_budget "
            "BEGIN SELECT RAISE(FAIL, 'database is full'); END"
        )
    assert limits.hit("sms", _sweeper(keys), THREE, NOW) == Granted(2)
    assert len(rows(alias)) == 2, "the one that is over is there still"


def test_a_locked_table_is_unavailable(file: Path, keys: Keyring) -> None:
    """What cannot be counted is not granted: the hit is an error, and nothing was counted."""
    options: Any = {"transaction_mode": "IMMEDIATE", "timeout": 0.05}
    with databases.database("sqlite3", str(file), OPTIONS=options) as alias:
        limits = DjangoLimits(alias, keys)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                limits.hit("sms", PHONE, THREE, NOW)
            other.execute("ROLLBACK")
        assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)


@pytest.mark.parametrize(("cut", "left"), [("answered", 1), ("unsent", 2)])
def test_a_hit_whose_answer_is_lost_is_not_counted_twice(
    cut: str, left: int, url: URL, postgres: Server, keys: Keyring
) -> None:
    """Nobody knows whether it was counted: it is not granted, and not sent again."""
    with cutting_proxy(postgres.home / ".s.PGSQL.5432") as proxy:
        where = proxy.url(str(url.database))
        place = {"HOST": str(where.host), "PORT": str(where.port), "USER": "postgres"}
        with databases.database("postgresql", str(url.database), **place) as alias:
            limits = DjangoLimits(DjangoStore(alias), keys)
            proxy.cut = cut
            with pytest.raises(StoreUnavailable, match="lost during a commit"):
                limits.hit("sms", PHONE, THREE, NOW)
            assert limits.peek("sms", PHONE, THREE, NOW) == Granted(left)


def test_an_unusable_database_is_refused_at_once(keys: Keyring) -> None:
    """As the store does: limits are not built on settings that cannot work."""
    with pytest.raises(ConfigurationError, match="no database"):
        DjangoLimits("nowhere", keys)
