"""Alembic's environment: runs the migrations on the connection that `schema.upgrade_schema` hands over.

The connection is in a transaction already, which takes SQLite's write lock when it begins: of
several processes that start at once, one migrates and the others find nothing left to do.
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
