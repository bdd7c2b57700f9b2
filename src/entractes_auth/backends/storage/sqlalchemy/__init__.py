"""The SQL store: SQLAlchemy Core 2.1 on SQLite and PostgreSQL, sync and async.

store, async_store        the port, in two colours
database, async_database  execute plans
prepared                  statements made ready once: text, values in, rows out
errors, retries           what a database's error means; when another run is worth it
reads, writes             the plans: which statements, in which order, and what zero rows mean
queries, statements, outbox_statements, erasing, parameters   the statements
tables, instants          the tables and the type for time
engine, async_engine      connections: what reads, and what writes
sqlite, forks             SQLite's set-up, and why; why not across a fork
postgresql                PostgreSQL's set-up, and why
schema, migrations        creating and upgrading; migrating does it by URL
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entractes_auth.backends.storage.sqlalchemy.store import SqlStore

if TYPE_CHECKING:
    from entractes_auth.backends.storage.sqlalchemy.async_store import AsyncSqlStore

__all__ = ["AsyncSqlStore", "SqlStore"]


def __getattr__(name: str) -> Any:
    """Import the async store when it is first asked for: who is sync needs neither greenlet nor aiosqlite."""
    if name == "AsyncSqlStore":
        from entractes_auth.backends.storage.sqlalchemy.async_store import AsyncSqlStore

        return AsyncSqlStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
