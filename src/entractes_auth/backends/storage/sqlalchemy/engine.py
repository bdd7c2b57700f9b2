"""The engines of a URL: one that reads and one that writes. `sqlite` and `postgresql` say how and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Generic, TypeVar

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from entractes_auth.backends.storage.sqlalchemy import forks, postgresql, sqlite
from entractes_auth.errors import ConfigurationError

__all__ = ["BUSY_TIMEOUT", "CONNECTIONS", "Engines", "open_sync", "to_url"]

E = TypeVar("E")

BUSY_TIMEOUT: Final = timedelta(seconds=10)
CONNECTIONS: Final = 10


@dataclass(frozen=True, slots=True)
class Engines(Generic[E]):
    """`begin` begins a transaction that writes; `file` is SQLite's database, else None; `lent`: by the host."""

    reader: E
    writer: E
    begin: str
    file: Path | None = None
    lent: bool = False

    def inherited(self) -> bool:
        """Whether this is a forked child, and the database was open in its parent: see `forks`."""
        return self.file is not None and forks.inherited(self.file)

    def refuse_inherited(self) -> None:
        """Raise `ConfigurationError` if `inherited`."""
        if self.file is not None:
            forks.refuse_inherited(self.file)


def open_sync(source: str | URL | Engine, busy_timeout: timedelta, connections: int) -> Engines[Engine]:
    """Engines for a URL; nothing is opened yet. Of a SQLite engine only the URL is used.

    Raises:
        ConfigurationError: the URL cannot be used; the text says why.
    """
    url = to_url(source.url if isinstance(source, Engine) else source)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_timeout)
    reader: Engine
    if isinstance(source, Engine):
        reader = source.execution_options(isolation_level="AUTOCOMMIT")
    else:
        reader = create_engine(url, **postgresql.options(url, busy_timeout, connections))
        postgresql.refuse_inherited(reader)
    writer = reader.execution_options()  # the same connections, with a beginning of its own
    begin = postgresql.begin_durably(writer, busy_timeout)
    return Engines(reader, writer, begin, lent=isinstance(source, Engine))


def _sqlite(url: URL, busy_timeout: timedelta) -> Engines[Engine]:
    file, options = sqlite.file_of(url), sqlite.options(busy_timeout)
    reader = create_engine(sqlite.uri("sqlite", file), pool_size=sqlite.READERS, **options)
    writer = create_engine(sqlite.uri("sqlite", file), pool_size=1, **options)
    sqlite.prepare(reader, writer, file, busy_timeout)
    return Engines(reader, writer, sqlite.BEGIN, file)


def to_url(source: str | URL) -> URL:
    """Read a URL of an engine that the stores know. Raises `ConfigurationError`, which does not repeat it."""
    try:
        url = make_url(source)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        pass
    else:
        if url.get_backend_name() != "sqlite":
            postgresql.require_psycopg(url)
        return url
    # Without the original: it may quote the URL, and the URL may hold a password.
    raise ConfigurationError("the database URL cannot be read; it looks like sqlite:////srv/app/auth.db")
