"""How PostgreSQL is set up: what a connection is asked for, and what every transaction begins with.

Nothing here outlives its transaction: no SET, no advisory lock of the session, no prepared
statement. Between two transactions a pooler (PgBouncer's transaction pooling) may hand the
connection's server to somebody else, and nothing is lost or left behind.

Connections are in autocommit. A read is then one statement and one round trip; what writes
begins its transaction itself, with `BEGIN` and its settings in one message.
"""

from __future__ import annotations

import os
from datetime import timedelta
from importlib.util import find_spec
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from entractes_auth.errors import ConfigurationError

__all__ = ["begin_durably", "options", "refuse_inherited", "require_psycopg"]

_QUEUE_SECONDS: Final = 60.0  # for one's turn in this process, as on SQLite
_OPENED_BY: Final = "entractes_auth.pid"
_INHERITED: Final[list[DBAPIConnection]] = []
# What a URL may say otherwise. A primary that died without a word is noticed after 25 seconds, not after the
# two hours that systems wait for an answer, or the quarter of an hour that Linux goes on sending a question
# again: keepalives are for silence alone. And of several hosts, the one that takes writes is asked for.
_CONNECTION: Final = {
    "application_name": "entractes_auth",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "target_session_attrs": "read-write",
}


def require_psycopg(url: URL) -> None:
    """Refuse a URL of another engine, or of another driver.

    Raises:
        ConfigurationError: the text says which URLs are understood, and does not repeat this one.
    """
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise ConfigurationError(
            "the SQL store speaks to SQLite (sqlite:////srv/app/auth.db) and, by psycopg 3, to "
            "PostgreSQL (postgresql+psycopg://app@db.example/auth)"
        )
    if find_spec("psycopg") is None:
        raise ConfigurationError('PostgreSQL needs psycopg: pip install "entractes_auth[postgres]"')


def options(url: URL, busy_timeout: timedelta, connections: int) -> dict[str, Any]:
    """What an engine for the URL is created with."""
    asked = {**_CONNECTION, "connect_timeout": str(max(2, int(busy_timeout.total_seconds())))}
    return {
        "connect_args": {
            **{name: value for name, value in asked.items() if name not in url.query},
            # A prepared statement belongs to a session, and behind a pooler that is somebody else's.
            "prepare_threshold": None,
        },
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
        "max_overflow": 0,
        "pool_size": connections,
        "pool_timeout": _QUEUE_SECONDS,
        "use_native_hstore": False,  # it would ask the server about a type that no table has
    }


def begin_durably(writer: Engine, busy_timeout: timedelta) -> str:
    """Begin every transaction of this engine with what the store's promises rest on; give the line that does so.

    READ COMMITTED, whatever the server's default: each guard is one statement, which looks again
    at a row that it had to wait for. `synchronous_commit`, whatever the server's default: an
    attempt that a crash or a failover gives back is a free guess. No statement waits longer than
    `busy_timeout`, and neither does anybody for this process when it stands still.
    """
    patience = max(1, int(busy_timeout.total_seconds() * 1000))
    line = (
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on; "
        f"SET LOCAL statement_timeout = {patience}; "
        f"SET LOCAL idle_in_transaction_session_timeout = {patience}"
    )

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(line)

    event.listen(writer, "begin", begin)
    return line


def refuse_inherited(engine: Engine) -> None:
    """Have a forked child open connections of its own: two processes on one would read each other's answers."""

    def connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[_OPENED_BY] = os.getpid()

    def checkout(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection
    ) -> None:
        if entry.info[_OPENED_BY] != os.getpid():
            # To close it, or to let it be collected, could end the parent's session.
            _INHERITED.append(connection)
            entry.dbapi_connection = proxy.dbapi_connection = None  # type: ignore[misc]
            raise DisconnectionError

    event.listen(engine, "connect", connect)
    event.listen(engine, "checkout", checkout)
