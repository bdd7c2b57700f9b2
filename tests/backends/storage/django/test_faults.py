"""What the database refuses or loses: typed errors, nothing half written, and nothing personal in any of it."""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable, Coroutine, Generator
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from psycopg import IsolationLevel
from sqlalchemy import URL

from entractes_auth.backends.batch import AccountKey, Batch, EventQuery, RegistrationQuery
from entractes_auth.backends.limits.django import DjangoLimits
from entractes_auth.backends.ports import Granted
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.errors import AuthError, Conflict, InvalidInput, StoreError, StoreUnavailable, Taken
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import awaited, run_sync, thread_race
from entractes_auth.testing.store_contract import races
from entractes_auth.testing.store_contract.rig import Rig
from tests.backends.storage.django import databases
from tests.servers.cutting import CuttingProxy, cutting_proxy
from tests.servers.postgres import Server

ID = b.an_id("challenge", 1)
NONCE = b.sending().nonce


def attempts_left(store: DjangoStore, n: int = 1) -> int:
    glance = store.glance(b.an_id("challenge", n), b.NOW)
    assert glance is not None
    return glance.attempts_left


def impatient(path: Path) -> Any:
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 0.05,
        "init_command": "PRAGMA journal_mode = WAL",
    }
    return databases.database("sqlite3", str(path), OPTIONS=options)


# ---------------------------------------------------------------- SQLite


def test_a_locked_database_is_unavailable_and_nothing_is_counted(file: Path) -> None:
    """While another process holds the write lock, writes end in an error in time; later they work again."""
    with impatient(file) as alias:
        store = DjangoStore(alias)
        store.commit(b.batch(b.challenge()))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                store.spend(ID, b.NOW)
            with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                store.commit(b.batch(b.event()))
            assert attempts_left(store) == 3, "reads do not wait for the writer"
            other.execute("ROLLBACK")
        assert store.spend(ID, b.NOW) is not None
        assert store.events(EventQuery()).rows == ()


def test_without_tables_the_error_says_what_to_run(tmp_path: Path) -> None:
    """A host that forgot to migrate is told so."""
    with databases.at_sqlite(tmp_path / "empty.db") as alias:
        store = DjangoStore(alias)
        for ask in (lambda: store.account("1"), lambda: store.spend(ID, b.NOW)):
            with pytest.raises(StoreUnavailable, match=r"manage\.py migrate"):
                ask()


def test_a_directory_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """A database that cannot be opened is no reason to run again and again."""
    with databases.at_sqlite(tmp_path / "nowhere" / "auth.db") as alias:
        store = DjangoStore(alias)
        with pytest.raises(StoreUnavailable, match="SQLITE_CANTOPEN"):
            store.account("1")


@pytest.mark.parametrize(
    ("batch", "error"),
    [
        (b.batch(b.account(2, email=b.account(1).email)), Taken),
        (b.batch(b.account(1, version=7)), Conflict),
        (b.batch(b.registration(1, version=7)), Conflict),
    ],
    ids=["taken", "stale_account", "stale_registration"],
)
def test_an_error_carries_nothing_personal(batch: Batch, error: type[StoreError], alias: str) -> None:
    """Neither its text, nor an error behind it, nor a variable of a frame, as Django's error reports show them."""
    store = DjangoStore(alias)
    store.commit(b.batch(b.account(1)))
    with pytest.raises(error) as refused:
        store.commit(batch)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    frames = [frame for frame, _ in traceback.walk_tb(refused.value.__traceback__)][1:]
    assert frames, "the first is this test's own"
    shown = f"{refused.value} {[frame.f_locals for frame in frames]}"
    for n in (1, 2):
        assert b.account(n).email not in shown
        assert b.account(n).last_name not in shown


def test_a_text_that_no_row_can_hold_is_refused_or_not_found(alias: str) -> None:
    """Half a surrogate pair, as JSON can bring it: nobody has it, and nobody gets it."""
    store = DjangoStore(alias)
    assert store.find_account(AccountKey("identifier", "\ud800")) is None
    with pytest.raises(InvalidInput) as refused:
        store.commit(b.batch(b.account(1, first_name="\ud800")))
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("text", "bad_character")
    ]


def test_no_parameter_is_logged(alias: str, caplog: pytest.LogCaptureFixture) -> None:
    """Where every logger listens at DEBUG, neither Django's nor the driver's writes an address or a nonce."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "django.db.backends")
    store = DjangoStore(alias)
    store.commit(b.batch(b.account(1), b.challenge(1)))
    assert store.spend(ID, b.NOW) is not None
    logging.getLogger("a host's").debug("is heard")
    said = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    assert "is heard" in said
    for hidden in (b.account(1).email, b.account(1).mobile, repr(NONCE), ID):
        assert hidden not in said


def test_a_useless_nonce_is_in_no_file(file: Path) -> None:
    """What is redeemed leaves its nonce in no byte of the database, free space and log included, after a purge.

    On an almost empty page SQLite writes the shorter row over the longer one; so there are many.
    """
    with databases.at_sqlite(file) as alias:
        store = DjangoStore(alias)
        for n in (*range(2, 22), 1, *range(22, 42)):
            store.commit(b.batch(b.challenge(n)))
        assert _files_hold(file, NONCE)
        store.commit(b.batch(b.proof(1)))
        store.purge(b.NOW)
        assert not _files_hold(file, NONCE)
        assert attempts_left(store, 2) == 3, "the others are kept"


def _files_hold(file: Path, secret: bytes) -> bool:
    return any(secret in each.read_bytes() for each in file.parent.iterdir())


# ---------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="module")
def url(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_faults")


@pytest.fixture
def proxy(postgres: Server) -> Generator[CuttingProxy]:
    with cutting_proxy(postgres.home / ".s.PGSQL.5432") as proxy:
        yield proxy


@pytest.fixture
def behind_proxy(url: URL, proxy: CuttingProxy) -> Generator[DjangoStore]:
    where = proxy.url(str(url.database))
    place = {"HOST": str(where.host), "PORT": str(where.port), "USER": "postgres"}
    with databases.database("postgresql", str(url.database), **place) as alias:
        store = DjangoStore(databases.emptied(alias))
        store.commit(b.batch(b.challenge()))
        yield store


@pytest.mark.parametrize(("cut", "left"), [("answered", 2), ("unsent", 3)])
def test_a_commit_whose_answer_is_lost_is_not_run_again(
    cut: str, left: int, behind_proxy: DjangoStore, proxy: CuttingProxy
) -> None:
    """Nobody knows whether it was written, so the caller is told, and no second attempt is counted."""
    proxy.cut = cut
    with pytest.raises(StoreUnavailable, match="lost during a commit"):
        behind_proxy.spend(ID, b.NOW)
    assert attempts_left(behind_proxy) == left
    assert behind_proxy.spend(ID, b.NOW) is not None


def test_a_connection_that_died_idle_is_replaced(url: URL) -> None:
    """After a failover or a restart of the server, neither a read nor a write is lost to the old connection."""
    with databases.at_postgres(url) as alias:
        store = DjangoStore(databases.emptied(alias))
        store.commit(b.batch(b.challenge()))
        for use in (lambda: attempts_left(store), lambda: store.spend(ID, b.NOW)):
            _terminate(alias)
            assert use()
        assert attempts_left(store) == 2


def _terminate(alias: str) -> None:
    """End the session of this thread's connection from another session, as a dying server would."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()
    other = connections.create_connection(alias)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", pid)
    finally:
        other.close()


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
@pytest.mark.parametrize("case", [races.one_update_of_a_version_wins, races.one_sending_of_a_counter_wins])
def test_a_stricter_isolation_changes_no_answer(
    case: Callable[[Rig], Coroutine[Any, Any, None]], level: IsolationLevel, url: URL
) -> None:
    """A host that chose another isolation level: what is undone for another's sake is run again, and judged."""
    with databases.at_postgres(url, OPTIONS={"isolation_level": level}) as alias:
        store = databases.of_a_server(databases.emptied(alias))
        run_sync(case(Rig(awaited(store), thread_race, nullcontext)))


def test_a_host_s_connection_may_prepare_statements(url: URL) -> None:
    """Where Django binds on the server and psycopg prepares at once, everything that the store says can be prepared."""
    with databases.at_postgres(url, OPTIONS={"server_side_binding": True, "prepare_threshold": 0}) as alias:
        store = DjangoStore(databases.emptied(alias))
        store.commit(b.batch(b.challenge(), b.account(1, identifier="00421")))
        assert store.spend(ID, b.NOW) is not None
        assert store.free_identifiers(("00421", "00422")) == ("00422",)
        assert store.registrations(RegistrationQuery()).rows == ()
        limits = DjangoLimits(store, Keyring.generate())
        assert limits.hit("sms", "x", Budget(amount=1, per=timedelta(hours=1)), b.NOW) == Granted(0)


def test_settings_are_those_of_the_transaction_alone(url: URL) -> None:
    """A commit waits for the disk whatever the host's default is; and the host's own transactions keep theirs."""
    options = {"options": "-c synchronous_commit=off -c lock_timeout=77s"}
    with databases.at_postgres(url, OPTIONS=options) as alias:
        store = DjangoStore(databases.emptied(alias))
        with CaptureQueriesContext(connections[alias]) as queries:
            store.commit(b.batch(b.challenge()))
        assert "'synchronous_commit', 'on', true" in [query["sql"] for query in queries][1]
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('lock_timeout')")
            assert cursor.fetchone() == ("off", "77s")


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_postgresql_refuses_a_text_as_input(text: str, url: URL) -> None:
    """NUL and half a surrogate pair are in no row there, in a column or in JSON."""
    with databases.at_postgres(url) as alias:
        store = DjangoStore(databases.emptied(alias))
        assert store.find_account(AccountKey("identifier", text)) is None
        for batch in (b.batch(b.account(1, first_name=text)), b.batch(b.event(1, details={"step": text}))):
            with pytest.raises(InvalidInput):
                store.commit(batch)
        assert store.events(EventQuery()).rows == ()


def test_every_error_is_of_our_tree(url: URL) -> None:
    """A server that lets nobody in is `StoreUnavailable`, with no address of it in the text."""
    with databases.database("postgresql", "no such database", HOST=str(url.query["host"])) as alias:
        store = DjangoStore(alias)
        with pytest.raises(AuthError) as refused:
            store.account("1")
    assert type(refused.value) is StoreUnavailable
    assert str(url.query["host"]) not in str(refused.value)
