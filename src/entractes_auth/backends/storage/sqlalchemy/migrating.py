"""Creating and upgrading a database by its URL: what the command line calls. Nothing stays open."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import URL

from entractes_auth.backends.storage.sqlalchemy.schema import Schema
from entractes_auth.backends.storage.sqlalchemy.store import SqlStore

__all__ = ["check", "upgrade"]


def upgrade(url: str | URL) -> Schema:
    """Create the database's tables, or bring them up to this release; give the schema as it is then.

    Of the processes that call it at once, one migrates and the others wait and find nothing to do.

    Raises:
        ConfigurationError: the URL cannot be used, or a later release has left this one behind.
        StoreUnavailable: the database cannot be reached, or a table was in use for too long.
    """
    with closing(SqlStore(url)) as store:
        return store.database.upgrade()


def check(url: str | URL) -> Schema:
    """Tell how the database stands to this release; nothing is changed.

    Raises:
        ConfigurationError: the URL cannot be used.
        StoreUnavailable: the database cannot be read.
    """
    with closing(SqlStore(url)) as store:
        return store.database.schema()
