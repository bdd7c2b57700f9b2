"""A store as the process finds it at each start, and as a thief finds it: all that is at rest."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from pydantic import BaseModel

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.ports import Limits
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.store import Store
from entractes_auth.keys import Keyring

__all__ = ["MemoryShelf", "Shelf", "SqliteShelf", "prepared_database"]


class Shelf(Protocol):
    """Where a world's records lie while no process runs."""

    def open(self, keys: Keyring) -> tuple[Store, Limits]:
        """The store and the limits of a process that starts now."""
        ...

    def close(self) -> None:
        """The process is over."""
        ...

    def nonces(self) -> dict[str, bytes]:
        """Every nonce that is still stored, by the id of its challenge or message."""
        ...

    def account_count(self) -> int:
        """How many accounts there are, found or not by any key."""
        ...

    def values(self) -> Iterator[object]:
        """Every stored value, one by one: texts, bytes, numbers."""
        ...

    def raw(self) -> bytes:
        """The bytes at rest, as a copy of the disk would have them."""
        ...


class MemoryShelf:
    """A `MemoryStore`, which outlives the process that is only played here."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self._limits = MemoryLimits()

    def open(self, keys: Keyring) -> tuple[Store, Limits]:
        """See `Shelf.open`."""
        return self._store, self._limits

    def close(self) -> None:
        """See `Shelf.close`."""

    def nonces(self) -> dict[str, bytes]:
        """See `Shelf.nonces`."""
        tables = self._tables()
        sendings = {row.challenge.id: row.challenge.sending for row in tables["challenges"].values()}
        found = {id_: sending.nonce for id_, sending in sendings.items() if sending is not None}
        seeds = {row.message.id: row.message.seed for row in tables["messages"].values()}
        found.update({id_: seed.nonce for id_, seed in seeds.items() if seed is not None})
        return {id_: nonce for id_, nonce in found.items() if nonce}

    def account_count(self) -> int:
        """See `Shelf.account_count`."""
        return len(self._tables()["accounts"])

    def values(self) -> Iterator[object]:
        """See `Shelf.values`."""
        for table in self._tables().values():
            yield from _leaves(table)

    def raw(self) -> bytes:
        """See `Shelf.raw`: what a dump of the process would hold of the tables."""
        return pickle.dumps([(name, dict(table)) for name, table in self._tables().items()])

    def _tables(self) -> Mapping[str, Mapping[Any, Any]]:
        tables: Any = vars(self._store)["_tables"]
        return {field.name: getattr(tables, field.name) for field in fields(tables)}


class SqliteShelf:
    """A SQLite file; each process opens it anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store: SqlStore | None = None

    def open(self, keys: Keyring) -> tuple[Store, Limits]:
        """See `Shelf.open`."""
        self._store = store = SqlStore(f"sqlite:///{self.path}")
        return store, SqlLimits(store, keys)

    def close(self) -> None:
        """See `Shelf.close`."""
        if self._store is not None:
            self._store.close()

    def nonces(self) -> dict[str, bytes]:
        """See `Shelf.nonces`."""
        rows = self._select("SELECT id, nonce FROM challenges WHERE nonce IS NOT NULL")
        rows += self._select("SELECT id, seed_nonce FROM messages WHERE seed_nonce IS NOT NULL")
        return dict(cast("list[tuple[str, bytes]]", rows))

    def account_count(self) -> int:
        """See `Shelf.account_count`."""
        ((count,),) = self._select("SELECT count(*) FROM accounts")
        return cast("int", count)

    def values(self) -> Iterator[object]:
        """See `Shelf.values`."""
        names = self._select("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in names:
            for row in self._select(f'SELECT * FROM "{name}"'):  # noqa: S608 - the schema's own names
                yield from row

    def raw(self) -> bytes:
        """See `Shelf.raw`: the database, its write-ahead log and its index, as they lie on the disk."""
        files = (self.path.with_name(self.path.name + end) for end in ("", "-wal", "-shm"))
        return b"\n".join(file.read_bytes() for file in files if file.exists())

    def _select(self, query: str) -> list[Any]:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def prepared_database(template: Path, folder: Path) -> Path:
    """A fresh copy of an empty, migrated database, which is made once as `template`."""
    if not template.exists():
        store = SqlStore(f"sqlite:///{template}")
        store.upgrade()
        store.close()
    return Path(shutil.copy(template, folder / "store.db"))


def _leaves(value: object) -> Iterator[object]:
    match value:
        case BaseModel():
            yield from _leaves(dict(value))
        case str() | bytes() | int() | float() | None:
            yield value
        case Mapping():
            for key, each in cast("Mapping[object, object]", value).items():
                yield from _leaves(key)
                yield from _leaves(each)
        case Iterable():
            for each in cast("Iterable[object]", value):
                yield from _leaves(each)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from _leaves(getattr(value, field.name))
        case _:
            yield str(value)  # instants
