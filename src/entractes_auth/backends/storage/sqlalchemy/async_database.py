"""A database that executes plans, for asyncio. `database` says what happens to errors."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import anyio
from sqlalchemy import URL, Executable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from entractes_auth.backends.storage.perseverance import Failure, pauses
from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.async_engine import open_async
from entractes_auth.backends.storage.sqlalchemy.errors import translated, unstorable
from entractes_auth.backends.storage.sqlalchemy.plan import Read, Values, Write
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.backends.storage.sqlalchemy.retries import failure
from entractes_auth.backends.storage.sqlalchemy.schema import Schema, schema_of, upgrade_schema
from entractes_auth.backends.storage.sqlalchemy.sqlite import create_file
from entractes_auth.errors import InvalidInput, Problem

__all__ = ["AsyncDatabase"]

T = TypeVar("T")


class AsyncDatabase:
    """`Database` for asyncio: the same plans, awaited."""

    def __init__(self, source: str | URL | AsyncEngine, busy_timeout: timedelta, connections: int) -> None:
        self.engines = open_async(source, busy_timeout, connections)
        self._preparer = Preparer(self.engines.writer.dialect)

    async def read(self, read: Read[T]) -> T:
        """See `Database.read`."""
        return await self._persevere(lambda: self._read(read))

    async def write(self, write: Write[T]) -> T:
        """See `Database.write`."""
        return await self._persevere(lambda: self._write(write))

    async def _read(self, read: Read[T]) -> T | Failure:
        try:
            async with self.engines.reader.connect() as connection:
                rows = await self._rows(connection, read.statement, read.values)
        except UnicodeEncodeError:
            return read.give(())  # half a surrogate pair, as JSON can bring it, is in no row
        except SQLAlchemyError as error:
            return read.give(()) if unstorable(error) else failure(error)
        return read.give(rows)

    async def _write(self, write: Write[T]) -> T | Failure:
        results: list[Sequence[Row]] = []
        committing = False
        try:
            async with self.engines.writer.connect() as connection:
                _ = await connection.begin()
                for step in write.steps:
                    results.append(step.judge(await self._rows(connection, step.statement, step.values)))
                committing = True
                await connection.commit()
        except UnicodeEncodeError:
            return Failure(InvalidInput(Problem("text", "bad_character")), again=False)
        except SQLAlchemyError as error:
            return failure(error, committing=committing)
        return write.give(results)

    async def _rows(
        self, connection: AsyncConnection, statement: Executable, values: Values
    ) -> Sequence[Row]:
        prepared = self._preparer.prepared(statement, values)
        return prepared.rows(await connection.exec_driver_sql(prepared.text, prepared.bind(values)))

    async def _persevere(self, run: Callable[[], Coroutine[Any, Any, T | Failure]]) -> T:
        """`perseverance.persevere`, awaited."""
        self.engines.refuse_inherited()
        end = await run()
        for pause in pauses():
            if not (isinstance(end, Failure) and end.again):
                break
            await anyio.sleep(pause)
            end = await run()
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
