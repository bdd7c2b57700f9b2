"""The migrations on PostgreSQL: the same tables, once, whoever runs them, and under a release that serves."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, Connection, create_engine

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore, migrating, schema
from entractes_auth.backends.storage.sqlalchemy.schema import VERSION_TABLE, Schema, Standing
from entractes_auth.backends.storage.sqlalchemy.tables import metadata
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.records.kinds import State
from entractes_auth.testing import builders as b
from tests.backends.storage.explained import explained, fill
from tests.backends.storage.postgres_databases import prepared, session
from tests.backends.storage.test_sqlalchemy_statements import READS
from tests.servers.postgres import Server

_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'entractes_auth_version'
ORDER BY 1, 2
"""
_INDEXES = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'entractes_auth_version' ORDER BY 1
"""


def _definitions(url: URL) -> list[Any]:
    with session(url) as looking:
        return [looking.execute(query.encode()).fetchall() for query in (_COLUMNS, _INDEXES)]


def test_migrations_and_tables_are_the_same(postgres: Server) -> None:
    """What the migrations create is what the metadata would create: types, collations, keys and indexes."""
    migrated, created = prepared(postgres, "migrated"), postgres.new_database("created")
    engines = create_engine(migrated), create_engine(created)
    metadata.create_all(engines[1])
    with engines[0].connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    for engine in engines:
        engine.dispose()
    assert _definitions(migrated) == _definitions(created)


def test_types_are_postgresql_s_own(postgres: Server) -> None:
    """Instants are `timestamptz`, pages `jsonb`, nonces `bytea`; what is looked up is compared by its bytes."""
    columns = {row[:2]: row for row in _definitions(prepared(postgres, "migrated"))[0]}
    assert columns["challenges", "expires_at"][2] == "timestamp with time zone"
    assert columns["challenges", "nonce"][2] == "bytea"
    assert columns["registrations", "identity"][2] == "jsonb"
    assert columns["accounts", "email_key"][4] == "C"


def test_stores_that_upgrade_at_once_all_succeed(postgres: Server) -> None:
    """Eight stores, as many processes would open them, create one schema together."""
    url = postgres.new_database("together")
    barrier, ends = threading.Barrier(8), list[object]()

    def upgrade() -> None:
        barrier.wait(30)
        try:
            ends.append(migrating.upgrade(url))
        except Exception as error:
            ends.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [Schema("0001", "0001", Standing.CURRENT)] * 8


def test_an_async_store_makes_the_same_schema(postgres: Server) -> None:
    """What `AsyncSqlStore.upgrade` creates is what `SqlStore.check` wants."""
    url = postgres.new_database("together")

    async def upgrade() -> None:
        store = AsyncSqlStore(url)
        await store.upgrade()
        await store.check()

    anyio.run(upgrade)
    assert migrating.check(url).standing is Standing.CURRENT


def test_a_database_without_schema_says_what_to_call(postgres: Server) -> None:
    """`check` and the port's methods name `upgrade` when the tables are not there."""
    url = postgres.new_database("together")
    assert migrating.check(url) == Schema(None, "0001", Standing.MISSING)
    with closing(SqlStore(url)) as store:
        with pytest.raises(ConfigurationError, match=r"missing.*0001.*upgrade\(\)"):
            store.check()
        with pytest.raises(StoreUnavailable, match="`upgrade`"):
            store.registration("any")


@contextmanager
def later_release(directory: Path, name: str, upgrade: str) -> Generator[None]:
    """Here the package has one migration more; `upgrade` is the body of its function."""
    package = Path(schema.__file__).parent / "migrations"
    shutil.copytree(package, directory / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (directory / "migrations" / "versions" / "v0002.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "{name}"\ndown_revision = "0001"\n'
        f"def upgrade():\n    {upgrade}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_MIGRATIONS", str(directory / "migrations"))
        yield


ADDING = 'op.add_column("accounts", sa.Column("nickname", sa.String(), nullable=True))'


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("0002_serves_0001", Standing.AHEAD),
        ("0002_serves_0002", Standing.FOREIGN),
        ("0002", Standing.FOREIGN),
    ],
)
def test_the_release_before_serves_what_a_later_one_upgraded(
    name: str, standing: Standing, postgres: Server, tmp_path: Path
) -> None:
    """It may be started again too, unless the later migration says that it cannot; it never goes back."""
    url = prepared(postgres, "rolling")
    with later_release(tmp_path, name, ADDING):
        assert migrating.check(url) == Schema("0001", name, Standing.BEHIND)
        assert migrating.upgrade(url) == Schema(name, name, Standing.CURRENT)
    assert migrating.check(url) == Schema(name, "0001", standing)
    with closing(SqlStore(url)) as store:
        if standing is Standing.AHEAD:
            store.upgrade()
            store.check()
            store.commit(b.batch(b.account(1)))
        else:
            for refused in (store.upgrade, store.check):
                with pytest.raises(ConfigurationError, match="later release"):
                    refused()
    assert migrating.check(url).found == name


def test_a_database_is_upgraded_while_the_release_before_serves(postgres: Server, tmp_path: Path) -> None:
    """Sign-ins go on during the migration: every attempt and every commit of four threads goes through."""
    url = prepared(postgres, "rolling")
    errors: list[Exception] = []
    done = threading.Event()
    rounds = [0] * 4
    with closing(SqlStore(url)) as store:

        def serve(place: int) -> None:
            try:
                while not done.is_set() or rounds[place] < 5:
                    _sign_in(store, 1000 * place + rounds[place])
                    rounds[place] += 1
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=serve, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        with later_release(tmp_path, "0002_serves_0001", ADDING):
            upgraded = migrating.upgrade(url)
        done.set()
        for thread in threads:
            thread.join()
    assert (errors, upgraded.standing) == ([], Standing.CURRENT)
    with session(url) as looking:
        assert looking.execute("SELECT count(*) FROM events").fetchone() == (sum(rounds),)


def _sign_in(store: SqlStore, n: int) -> None:
    store.commit(b.batch(b.challenge(n), b.account(n)))
    attempt = store.spend(b.an_id("challenge", n), b.NOW)
    assert attempt is not None
    store.commit(b.batch(b.proof_of(attempt), b.account(n, version=1), b.event(n)))


def test_a_table_in_use_is_not_waited_for(postgres: Server, tmp_path: Path) -> None:
    """A migration that cannot have its table soon gives up: those who wait behind it wait no longer either."""
    url = prepared(postgres, "rolling")
    with later_release(tmp_path, "0002_serves_0001", ADDING), session(url) as beside:
        with beside.transaction():
            beside.execute("SELECT count(*) FROM accounts")  # a report that somebody left open
            with pytest.raises(StoreUnavailable, match="LockNotAvailable"):
                migrating.upgrade(url)
        assert migrating.check(url).found == "0001"
        assert migrating.upgrade(url).found == "0002_serves_0001"


@pytest.fixture(scope="module")
def planned(postgres: Server) -> Generator[Connection]:
    """A connection to a database without rows."""
    engine = create_engine(prepared(postgres, "planned"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def long(postgres: Server) -> Generator[Connection]:
    """A connection to a database whose registrations are many."""
    url = prepared(postgres, "long")
    with closing(SqlStore(url)) as store:
        store.commit(b.batch(b.registration(1, State.WITHDRAWN, documents=())))
    engine = create_engine(url)
    with engine.connect() as connection:
        fill(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", READS)
def test_every_read_can_use_an_index(name: str, planned: Connection) -> None:
    """PostgreSQL plans no read that walks a whole table, once it is told that walking is dear."""
    with planned.begin():
        planned.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(explained(planned, READS[name]))
    assert "Index" in plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize(
    ("name", "index", "pages"),
    [
        ("queue", "ix_registrations_state_position_id", 1),
        ("queue_of_two", "ix_registrations_state_position_id", 2),
        ("queue_of_all", "ix_registrations_state_position_id", len(State)),
        ("mine", "ix_registrations_claimed", 1),
        ("expired", "ix_registrations_expiring", 1),
        ("served_documents", "ix_registrations_with_documents", 1),
    ],
)
def test_a_page_of_a_long_table_is_found_by_its_own_index(
    name: str, index: str, pages: int, long: Connection
) -> None:
    """Where one state holds most of the table, too: nothing is walked that came before the page."""
    plan = explained(long, READS[name])
    of_others = ("Subquery Scan", "Bitmap Heap Scan")
    scans = [step for step in plan if "Scan" in step and not any(other in step for other in of_others)]
    assert [scan for scan in scans if index not in scan and "pk_registrations" not in scan] == [], plan
    assert len([scan for scan in scans if index in scan]) == pages
    if name in ("queue", "served_documents"):
        assert not [step for step in plan if step.startswith(("Sort", "->  Sort"))], plan
