"""The SQL store: SQLAlchemy Core 2.1 on SQLite, sync and async; made so that PostgreSQL can follow.

store, async_store   the port, in two colours
database             executes plans; translates errors
reads, writes        the plans: which statements, in which order, and what zero rows mean
queries, statements  the statements
rows, message_rows, registration_rows   records to rows and back
tables, instants     the tables and the type for time
engine               connections: one that writes, several that read; SQLite's set-up
schema, migrations   creating and upgrading
"""

from __future__ import annotations

from entractes_auth.backends.storage.sqlalchemy.async_store import AsyncSqlStore
from entractes_auth.backends.storage.sqlalchemy.store import SqlStore

__all__ = ["AsyncSqlStore", "SqlStore"]
