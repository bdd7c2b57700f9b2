"""`database` for asyncio: the same plans, run in a greenlet that waits for the driver on the loop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import anyio
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from entractes_auth.backends.storage.perseverance import Failure, pauses
from entractes_auth.backends.storage.sqlalchemy.async_engine import as_sync, open_async
from entractes_auth.backends.storage.sqlalchemy.errors import translated
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Write
from entractes_auth.backends.storage.sqlalchemy.plans import Plans
from entractes_auth.backends.storage.sqlalchemy.schema import Schema, schema_of, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file

__all__ = ["AsyncDatabase"]

P = TypeVar("P")
T = TypeVar("T")


class AsyncDatabase:
    """`Database` for asyncio: the same plans, awaited."""

    def __init__(self, source: str | URL | AsyncEngine, busy_timeout: timedelta, connections: int) -> None:
        self.engines = open_async(source, busy_timeout, connections)
        self._plans = Plans(as_sync(self.engines))

    async def read(self, read: Read[T]) -> T:
        """See `Database.read`."""
        return await self._persevere(self._plans.read, read)

    async def write(self, write: Write[T]) -> T:
        """See `Database.write`."""
        return await self._persevere(self._plans.write, write)

    async def _persevere(self, run: Callable[[P], T | Failure], plan: P) -> T:
        """`perseverance.persevere`, awaited."""
        self.engines.refuse_inherited()
        end = await greenlet_spawn(run, plan)
        for pause in pauses():
            if not (isinstance(end, Failure) and end.again):
                break
            await anyio.sleep(pause)
            end = await greenlet_spawn(run, plan)
        if isinstance(end, Failure):
            raise end.problem
        return end

    async def upgrade(self) -> Schema:
        """See `Database.upgrade`."""
        self.engines.refuse_inherited()
        if self.engines.file is not None:
            create_file(self.engines.file)
        try:
            async with self.engines.writer.begin() as connection:
                schema = await connection.run_sync(upgrade_schema)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return schema
        finally:
            await self.close()
        raise problem

    async def schema(self) -> Schema:
        """See `Database.schema`."""
        self.engines.refuse_inherited()
        try:
            async with self.engines.reader.connect() as connection:
                schema = await connection.run_sync(schema_of)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return schema
        finally:
            await self.close()
        raise problem

    async def close(self) -> None:
        """See `Database.close`."""
        if not self.engines.inherited() and not self.engines.lent:
            await self.engines.reader.dispose()
            await self.engines.writer.dispose()
