"""`engine.open_sync` for asyncio. Apart, because SQLAlchemy's asyncio needs a library that the sync store does not."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import URL, Engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from entractes_auth.backends.storage.sqlalchemy import postgresql, sqlite
from entractes_auth.backends.storage.sqlalchemy.engine import Engines, to_url

__all__ = ["as_sync", "open_async"]

# `session` gives none back that has a transaction, and SQLAlchemy ends what it finds dropped. A sync pool has
# to roll back, a microsecond or three: a signal's exception may come between any two lines of `session`.
_UNRESET: Final[dict[str, Any]] = {"pool_reset_on_return": None}


def open_async(
    source: str | URL | AsyncEngine, busy_timeout: timedelta, connections: int
) -> Engines[AsyncEngine]:
    """Engines for a URL, as `open_sync` gives them; `sqlite://` stands for `sqlite+aiosqlite://` here.

    For SQLite it silences the driver's debug log, in the whole process: it writes every parameter.

    Raises:
        ConfigurationError: the URL cannot be used; the text says why.
    """
    url = to_url(source.url if isinstance(source, AsyncEngine) else source)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_timeout)
    if isinstance(source, AsyncEngine):
        reader = source.execution_options(isolation_level="AUTOCOMMIT")
    else:
        options = {**postgresql.options(url, busy_timeout, connections), **_UNRESET}
        reader = create_async_engine(url, **options)
        postgresql.refuse_inherited(reader.sync_engine)
    writer = reader.execution_options()
    begin = postgresql.begin_durably(writer.sync_engine, busy_timeout)
    return Engines(reader, writer, begin, lent=isinstance(source, AsyncEngine))


def as_sync(engines: Engines[AsyncEngine]) -> Engines[Engine]:
    """The same engines for code that runs in a greenlet (`sqlalchemy.util.greenlet_spawn`)."""
    return Engines(
        engines.reader.sync_engine, engines.writer.sync_engine, engines.begin, engines.file, engines.lent
    )


def _sqlite(url: URL, busy_timeout: timedelta) -> Engines[AsyncEngine]:
    # A host that turns DEBUG on for everything must not find addresses and nonces in its log. A
    # filter, not a level: a logging configuration that is loaded later would set the level again.
    logging.getLogger("aiosqlite").addFilter(_without_parameters)
    file, options = sqlite.file_of(url), {**sqlite.options(busy_timeout), **_UNRESET}
    reader = create_async_engine(sqlite.uri("sqlite+aiosqlite", file), pool_size=sqlite.READERS, **options)
    writer = create_async_engine(sqlite.uri("sqlite+aiosqlite", file), pool_size=1, **options)
    sqlite.prepare(reader.sync_engine, writer.sync_engine, file, busy_timeout)
    return Engines(reader, writer, sqlite.BEGIN, file)


def _without_parameters(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
