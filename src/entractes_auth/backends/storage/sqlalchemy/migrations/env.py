"""Alembic's environment: runs the migrations on the connection that `schema.upgrade_schema` hands over.

The connection is in a transaction already, and alone: SQLite's has taken the write lock when it
began, and PostgreSQL's an advisory lock.
"""

from __future__ import annotations

from alembic import context

from entractes_auth.backends.storage.sqlalchemy.schema import VERSION_TABLE
from entractes_auth.backends.storage.sqlalchemy.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
