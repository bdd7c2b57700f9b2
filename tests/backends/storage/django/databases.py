"""Further databases for tests, under the alias "auth", and stores on them as a server would use them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Final, cast

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from sqlalchemy import URL

from entractes_auth.backends.ports import Limits
from entractes_auth.backends.store import Store
from entractes_auth.keys import Keyring
from tests.django_settings import configure
from tests.servers.postgres import Server

__all__ = [
    "ALIAS",
    "at_postgres",
    "at_sqlite",
    "copied",
    "database",
    "emptied",
    "forget",
    "limits_of_a_server",
    "migrated_file",
    "migrated_postgres",
    "of_a_server",
    "open_limits",
    "open_postgres_limits",
    "open_postgres_store",
    "open_store",
]

ALIAS: Final = "auth"
_CONNECTIONS: Final = 60  # a crowd of 200 threads would be more than the server lets in


@contextmanager
def database(engine: str, name: str, *, alias: str = ALIAS, **settings: Any) -> Generator[str]:
    """Have the alias in DATABASES until the block is left."""
    entry = {"ENGINE": f"django.db.backends.{engine}", "NAME": name, **settings}
    complete = connections.configure_settings({"default": {}, alias: entry})[alias]
    connections.settings[alias] = complete
    try:
        yield alias
    finally:
        forget(alias)
        del connections.settings[alias]


def forget(alias: str) -> None:
    """Close the calling thread's connection, and keep nothing of it."""
    connections[alias].close()
    del connections[alias]


def at_sqlite(path: Path | str, **settings: Any) -> AbstractContextManager[str]:
    """A SQLite file with the options that the documentation asks for."""
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode = WAL",
    }
    return database("sqlite3", str(path), OPTIONS=options, **settings)


def at_postgres(url: URL, **settings: Any) -> AbstractContextManager[str]:
    """A database of the tests' PostgreSQL server."""
    where: dict[str, Any] = {"HOST": str(url.query["host"]), "USER": url.username}
    return database("postgresql", str(url.database), **where, **settings)


def migrated_file(path: Path) -> Path:
    """A SQLite file with the tables, closed."""
    with at_sqlite(path) as alias:
        call_command("migrate", "entractes_auth", database=alias, verbosity=0)
    return path


def migrated_postgres(server: Server, name: str) -> URL:
    """A new PostgreSQL database with the tables."""
    url = server.new_database(name)
    with at_postgres(url) as alias:
        call_command("migrate", "entractes_auth", database=alias, verbosity=0)
    return url


def emptied(alias: str) -> str:
    """Delete all rows, and give the alias back."""
    for model in apps.get_app_config("entractes_auth").get_models():
        model._default_manager.using(alias).all().delete()
    return alias


class _OfAServer:
    """A port whose threads give their connection back, as Django has a server's threads do."""

    def __init__(self, port: Any, alias: str) -> None:
        self._port = port
        self._alias = alias
        self._turns = threading.BoundedSemaphore(_CONNECTIONS)
        self._home = threading.get_ident()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == self._home:
                return method(*args, **kwargs)
            with self._turns, closing(connections[self._alias]):
                return method(*args, **kwargs)

        return call


def of_a_server(alias: str) -> Store:
    """A `DjangoStore` on the alias; what other threads than this one open is closed after each call."""
    from entractes_auth.backends.storage.django import DjangoStore

    return cast("Store", _OfAServer(DjangoStore(alias), alias))


def limits_of_a_server(alias: str, keys: Keyring) -> Limits:
    """`DjangoLimits` on the alias, in the same way."""
    from entractes_auth.backends.limits.django import DjangoLimits

    return cast("Limits", _OfAServer(DjangoLimits(alias, keys), alias))


@contextmanager
def open_store(path: str) -> Generator[Store]:
    """For another process: the store on a SQLite file."""
    configure()
    with at_sqlite(path) as alias:
        yield of_a_server(alias)


@contextmanager
def open_postgres_store(name_and_host: str) -> Generator[Store]:
    """For another process: the store on a database of the tests' server."""
    with _another_process(name_and_host) as alias:
        yield of_a_server(alias)


@contextmanager
def open_limits(path_and_keys: str) -> Generator[Limits]:
    """For another process: the counters in a SQLite file."""
    configure()
    path, keys = path_and_keys.split()
    with at_sqlite(path) as alias:
        yield limits_of_a_server(alias, Keyring.from_text(keys))


@contextmanager
def open_postgres_limits(name_host_and_keys: str) -> Generator[Limits]:
    """For another process: the counters in a database of the tests' server."""
    where, keys = name_host_and_keys.rsplit(maxsplit=1)
    with _another_process(where) as alias:
        yield limits_of_a_server(alias, Keyring.from_text(keys))


@contextmanager
def _another_process(name_and_host: str) -> Generator[str]:
    configure()
    name, host = name_and_host.split(" ")
    url = URL.create("postgresql", "postgres", database=name, query={"host": host})
    with at_postgres(url, alias="another_process") as alias:
        yield alias


def copied(path: Path, to: Path) -> Path:
    """A copy of a closed SQLite file."""
    return Path(shutil.copy(path, to))
