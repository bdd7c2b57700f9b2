"""The schema, and its way from one release to the next. The migrations are shipped in the package.

A release goes on serving while the next one upgrades the database under it, and may be started
again after that: migrations add first, and drop in a later release only. Each one carries in its
name which releases can live with it, from the second one on: "0003_serves_0002" is the third,
and code that was made for the second (or for the third) works on it.
"""

from __future__ import annotations

import enum
import re
import threading
from dataclasses import dataclass, field
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from entractes_auth.errors import ConfigurationError

__all__ = ["VERSION_TABLE", "Schema", "Standing", "schema_of", "upgrade_schema"]

VERSION_TABLE: Final = "entractes_auth_version"  # a host may keep its own alembic_version beside it
_OF_DJANGO: Final = "entractes_auth_registration"  # a table of our Django app
_MIGRATIONS: Final = "entractes_auth.backends.storage.sqlalchemy:migrations"
_NAME: Final = re.compile(r"(\d{4})(?:_serves_(\d{4}))?")
# PostgreSQL: of the processes that upgrade at once, one migrates and the others find nothing left to
# do. The lock ends with the transaction. The number is this package's, drawn once.
_ALONE: Final = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(4716030586352190531)"
# A table is altered at once or not at all: whoever waits for its lock has everybody else wait behind.
_IMPATIENT: Final = "SET LOCAL lock_timeout = '3s'"
# Alembic's `op` is one for the whole process: two threads that migrate two databases would share it.
_ONE_AT_A_TIME: Final = threading.Lock()


class Standing(enum.StrEnum):
    """How a database's schema stands to this release."""

    MISSING = "missing"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema that was `found` (None: there is none), and the one that this release `wanted`.

    `django`: the tables of our Django app are in this database too. The records are most likely there: the
    SQL store does not see them.
    """

    found: str | None
    wanted: str
    standing: Standing
    django: bool = field(default=False, compare=False)

    @property
    def served(self) -> bool:
        """Whether this release works on it: it is this release's, or a later one that says so."""
        return self.standing in (Standing.CURRENT, Standing.AHEAD)

    def require_served(self) -> None:
        """Refuse to go on.

        Raises:
            ConfigurationError: this release does not work on this schema; the text says what to do.
        """
        if self.served:
            return
        mend = "call upgrade() on the store before you serve requests"
        if self.standing is Standing.FOREIGN:
            mend = "a later release has upgraded it, and this one is too old to serve it"
        raise ConfigurationError(
            f"the schema is {self.found or 'missing'}, and this release needs {self.wanted}: {mend}"
        )


def schema_of(connection: Connection) -> Schema:
    """Look at the schema; nothing is changed."""
    scripts = ScriptDirectory.from_config(_config())
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found, wanted = context.get_current_revision(), scripts.get_current_head() or ""
    known = {script.revision for script in scripts.walk_revisions()}
    django = inspect(connection).has_table(_OF_DJANGO)
    return Schema(found, wanted, _standing(found, wanted, known), django)


def upgrade_schema(connection: Connection) -> Schema:
    """Bring the schema up to this release, within the connection's transaction; give it as it is then.

    Nothing to do is no error. A schema that a later release has upgraded is left as it is.

    Raises:
        ConfigurationError: that later release has left this one behind.
    """
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.exec_driver_sql(_ALONE)
    schema = schema_of(connection)
    if schema.standing in (Standing.MISSING, Standing.BEHIND):
        if on_postgresql:
            connection.exec_driver_sql(_IMPATIENT)
        config = _config()
        config.attributes["connection"] = connection
        with _ONE_AT_A_TIME:
            command.upgrade(config, "head")
        return schema_of(connection)
    schema.require_served()
    return schema


def _standing(found: str | None, wanted: str, known: set[str]) -> Standing:
    if found is None:
        return Standing.MISSING
    if found == wanted:
        return Standing.CURRENT
    if found in known:
        return Standing.BEHIND
    theirs, ours = _NAME.fullmatch(found), _NAME.fullmatch(wanted)
    if theirs is None or ours is None or theirs[2] is None:
        return Standing.FOREIGN
    return Standing.AHEAD if theirs[2] <= ours[1] < theirs[1] else Standing.FOREIGN


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    return config
