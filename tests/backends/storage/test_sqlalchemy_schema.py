"""The migrations build the tables that the statements use, once, whoever runs them."""

from __future__ import annotations

import threading
from pathlib import Path

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, column, create_engine, table, update
from sqlalchemy.pool import StaticPool

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.backends.storage.sqlalchemy.schema import VERSION_TABLE
from entractes_auth.backends.storage.sqlalchemy.tables import metadata
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from tests.backends.storage.sqlalchemy_rigs import prepared, url_of


def _definitions(connection: Connection) -> set[str]:
    """Each CREATE of the database, its parts in one order: migrations and metadata may list them differently."""
    rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars()
    created = (" ".join(sorted(part.strip(" \n\t,)") for part in sql.split("\n"))) for sql in rows)
    return {sql for sql in created if VERSION_TABLE not in sql}


def test_migrations_and_tables_are_the_same(tmp_path: Path) -> None:
    """What the migrations create is what the metadata would create: columns, keys and indexes."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    fresh = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(fresh)
    with store.database.engines.reader.connect() as migrated, fresh.connect() as created:
        context = MigrationContext.configure(
            migrated, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
        assert _definitions(migrated) == _definitions(created)
    store.close()
    fresh.dispose()


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    """`upgrade` may run at every start."""
    store = SqlStore(url_of(tmp_path / "a.db"))
    store.upgrade()
    with store.database.engines.reader.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    store.upgrade()
    with store.database.engines.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA schema_version").scalar_one() == before
    store.close()


def test_an_async_store_makes_the_same_schema(tmp_path: Path) -> None:
    """What `AsyncSqlStore.upgrade` creates is what `SqlStore.check` wants."""

    async def upgrade() -> None:
        store = AsyncSqlStore(url_of(tmp_path / "a.db"))
        await store.upgrade()
        await store.check()
        await store.close()

    anyio.run(upgrade)
    store = SqlStore(url_of(tmp_path / "a.db"))
    store.check()
    store.close()


def test_stores_that_upgrade_at_once_all_succeed(tmp_path: Path) -> None:
    """Eight stores, as many processes would open them, create one database together."""
    barrier = threading.Barrier(8)
    failures: list[Exception] = []

    def upgrade() -> None:
        store = SqlStore(url_of(tmp_path / "a.db"))
        barrier.wait(30)
        try:
            store.upgrade()
            store.check()
        except Exception as error:
            failures.append(error)
        store.close()

    threads = [threading.Thread(target=upgrade) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_without_schema_says_what_to_call(tmp_path: Path) -> None:
    """`check` and the port's methods name `upgrade` when the tables are not there."""
    (tmp_path / "a.db").touch()
    store = SqlStore(url_of(tmp_path / "a.db"))
    with pytest.raises(ConfigurationError, match=r"missing.*0001.*upgrade\(\)"):
        store.check()
    with pytest.raises(StoreUnavailable, match="`upgrade`"):
        store.registration("any")
    store.close()


def test_a_schema_of_another_release_is_refused(tmp_path: Path) -> None:
    """`check` refuses a schema that this release does not know, and says which it found."""
    store = SqlStore(url_of(prepared(tmp_path / "a.db")))
    with store.database.engines.writer.begin() as connection:
        connection.execute(update(table(VERSION_TABLE, column("version_num"))).values(version_num="9999"))
    with pytest.raises(ConfigurationError, match="9999"):
        store.check()
    store.close()


def test_a_missing_directory_is_named_as_such(tmp_path: Path) -> None:
    """`upgrade` creates a file, never a directory."""
    store = SqlStore(url_of(tmp_path / "missing" / "a.db"))
    with pytest.raises(StoreUnavailable, match="FileNotFoundError"):
        store.upgrade()
    assert list(tmp_path.iterdir()) == []
