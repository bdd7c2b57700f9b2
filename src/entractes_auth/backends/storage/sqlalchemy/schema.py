"""The schema, and its way from one release to the next. The migrations are shipped in the package."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from entractes_auth.errors import ConfigurationError

__all__ = ["VERSION_TABLE", "check_schema", "upgrade_schema"]

VERSION_TABLE: Final = "entractes_auth_version"  # a host may keep its own alembic_version beside it
_MIGRATIONS: Final = "entractes_auth.backends.storage.sqlalchemy:migrations"


def upgrade_schema(connection: Connection) -> None:
    """Bring the schema up to this release, within the connection's transaction; nothing to do is no error."""
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check_schema(connection: Connection) -> None:
    """Check that the schema is the one of this release.

    Raises:
        ConfigurationError: it is older, newer or not there; the text says what to run.
    """
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    wanted = ScriptDirectory.from_config(config).get_current_head()
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found = context.get_current_revision()
    if found != wanted:
        raise ConfigurationError(
            f"the schema is {found or 'missing'}, and this release needs {wanted}: "
            "call upgrade() on the store before you serve requests"
        )
