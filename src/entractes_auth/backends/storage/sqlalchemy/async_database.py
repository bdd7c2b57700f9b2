"""A database that executes plans, for asyncio. `database` says what happens to errors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from entractes_auth.backends.storage.sqlalchemy.async_engine import open_async
from entractes_auth.backends.storage.sqlalchemy.errors import translated
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Write
from entractes_auth.backends.storage.sqlalchemy.rows import Row
from entractes_auth.backends.storage.sqlalchemy.schema import check_schema, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file
from entractes_auth.errors import InvalidInput, Problem

__all__ = ["AsyncDatabase"]

T = TypeVar("T")


class AsyncDatabase:
    """`Database` for asyncio: the same plans, awaited."""

    def __init__(self, source: str | URL | AsyncEngine, busy_timeout: timedelta) -> None:
        self.engines = open_async(source, busy_timeout)

    async def read(self, read: Read[T]) -> T:
        """See `Database.read`."""
        self.engines.refuse_inherited()
        try:
            async with self.engines.reader.connect() as connection:
                rows = (await connection.execute(read.statement)).mappings().all()
        except UnicodeEncodeError:
            return read.give(())  # half a surrogate pair, as JSON can bring it, is in no row
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return read.give(rows)
        raise problem

    async def write(self, write: Write[T]) -> T:
        """See `Database.write`."""
        self.engines.refuse_inherited()
        results: list[Sequence[Row]] = []
        problem: Exception
        try:
            async with self.engines.writer.begin() as connection:
                for step in write.steps:
                    results.append(step.judge(await connection.execute(step.statement, step.values)))
        except UnicodeEncodeError:
            problem = InvalidInput(Problem("text", "bad_character"))
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return write.give(results)
        raise problem

    async def upgrade(self) -> None:
        """See `Database.upgrade`."""
        self.engines.refuse_inherited()
        if self.engines.file is not None:
            create_file(self.engines.file)
        try:
            async with self.engines.writer.begin() as connection:
                await connection.run_sync(upgrade_schema)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return
        finally:
            await self.close()
        raise problem

    async def check(self) -> None:
        """See `Database.check`."""
        self.engines.refuse_inherited()
        try:
            async with self.engines.reader.connect() as connection:
                await connection.run_sync(check_schema)
        except SQLAlchemyError as error:
            problem = translated(error)
        else:
            return
        finally:
            await self.close()
        raise problem

    async def close(self) -> None:
        """See `Database.close`."""
        if not self.engines.inherited():
            await self.engines.reader.dispose()
            await self.engines.writer.dispose()
