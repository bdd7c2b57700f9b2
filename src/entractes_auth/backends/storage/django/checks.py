"""Settings under which the store cannot keep its promises (errors), or not well (warnings).

`manage.py check` tells both. `DjangoStore` itself is not built under an error: a server that
skips the system checks must not serve on what they refuse.

Accepted: a journal mode that was set once by hand, outside of the settings, is not seen here,
since a check of settings opens no database; `entractes_auth.W002` may then be silenced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections, router

__all__ = ["check_settings", "mistakes"]

_LABEL: Final = "entractes_auth"
_SQLITE_OPTIONS: Final = (
    '"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": "PRAGMA journal_mode = WAL"}'
)
_SHORTEST_TIMEOUT_SECONDS: Final = 5


def check_settings(**_: Any) -> list[CheckMessage]:
    """The system check, on the alias that the app's configuration names."""
    alias: str = getattr(apps.get_app_config(_LABEL), "database", "default")
    return list(mistakes(alias))


def mistakes(alias: str) -> Iterator[CheckMessage]:
    """What is wrong with the settings for a store on this alias. No connection is opened."""
    if alias not in connections.settings:
        yield Error(
            f"there is no database {alias!r} in DATABASES",
            hint=f'add it, or build the store with DjangoStore(using="...") of {sorted(connections.settings)}',
            id="entractes_auth.E001",
        )
        return
    yield from _routers(alias)
    yield from _every_engine(alias, connections.settings[alias])
    match connections[alias].vendor:
        case "sqlite":
            yield from _sqlite(alias, connections.settings[alias])
        case "postgresql":
            return
        case vendor:
            yield Error(
                f"database {alias!r} is {vendor}: the store is proved on SQLite and PostgreSQL only",
                hint="give the store a database of its own and name it with DjangoStore(using=...)",
                id="entractes_auth.E002",
            )


def _routers(alias: str) -> Iterator[CheckMessage]:
    models = list(apps.get_app_config(_LABEL).get_models())
    missing = [model.__name__ for model in models if not router.allow_migrate_model(alias, model)]
    if missing:
        yield Error(
            f"DATABASE_ROUTERS keep these tables out of {alias!r}: {', '.join(missing)}",
            hint="let allow_migrate answer True for the app label entractes_auth there: one commit writes all",
            id="entractes_auth.E003",
        )
    elsewhere = {router.db_for_read(model) for model in models} | {
        router.db_for_write(model) for model in models
    }
    if elsewhere - {alias}:
        yield Warning(
            f"DATABASE_ROUTERS send these models to {sorted(elsewhere)}; the store itself keeps to {alias!r}",
            hint=f"route the app label entractes_auth to {alias!r}, or the admin shows another database",
            id="entractes_auth.W001",
        )


def _every_engine(alias: str, database: Mapping[str, Any]) -> Iterator[CheckMessage]:
    if not settings.USE_TZ:
        yield Error(
            "USE_TZ is False: every expiry is an instant", hint="USE_TZ = True", id="entractes_auth.E004"
        )
    if not database["AUTOCOMMIT"]:
        yield Error(
            f"AUTOCOMMIT is False on {alias!r}: an attempt that was counted would not be durable",
            hint='leave "AUTOCOMMIT" out',
            id="entractes_auth.E005",
        )
    if database["ATOMIC_REQUESTS"]:
        yield Warning(
            f"ATOMIC_REQUESTS is True on {alias!r}: a view that runs a flow must be non_atomic_requests, "
            "or the store refuses it",
            hint=f"decorate these views: @transaction.non_atomic_requests(using={alias!r})",
            id="entractes_auth.W003",
        )
    if database["CONN_MAX_AGE"] != 0 and getattr(settings, "ASGI_APPLICATION", None):
        yield Warning(
            f"CONN_MAX_AGE is not 0 on {alias!r}, and there is an ASGI_APPLICATION: there each thread would "
            "keep a connection that nobody takes up again",
            hint='"CONN_MAX_AGE": 0; to reuse connections of PostgreSQL: "OPTIONS": {"pool": True}',
            id="entractes_auth.W004",
        )


def _sqlite(alias: str, database: Mapping[str, Any]) -> Iterator[CheckMessage]:
    options = cast("Mapping[str, Any]", database["OPTIONS"])
    if str(options.get("transaction_mode") or "").upper() not in ("IMMEDIATE", "EXCLUSIVE"):
        yield Error(
            f"SQLite database {alias!r} begins its transactions as reads: one that has read cannot wait for "
            'its turn to write, and fails with "database is locked"',
            hint=_SQLITE_OPTIONS,
            id="entractes_auth.E006",
        )
    if database["TIME_ZONE"] not in (None, "UTC"):
        yield Error(
            f"TIME_ZONE is set on the SQLite database {alias!r}: in the night in which summer time ends, "
            "an hour would be stored twice",
            hint='leave "TIME_ZONE" out of DATABASES; the setting TIME_ZONE does no harm',
            id="entractes_auth.E007",
        )
    if ":memory:" not in str(database["NAME"]) and not _says_wal(str(options.get("init_command") or "")):
        yield Warning(
            f"SQLite database {alias!r} is not set to WAL: readers and the writer wait for each other",
            hint=_SQLITE_OPTIONS,
            id="entractes_auth.W002",
        )
    if options.get("timeout", _SHORTEST_TIMEOUT_SECONDS) < _SHORTEST_TIMEOUT_SECONDS:
        yield Warning(
            f"SQLite database {alias!r} waits less than {_SHORTEST_TIMEOUT_SECONDS} seconds for its turn to write",
            hint=_SQLITE_OPTIONS,
            id="entractes_auth.W005",
        )


def _says_wal(command: str) -> bool:
    said = command.lower().replace(" ", "")
    return "journal_mode=wal" in said or "journal_mode(wal)" in said
