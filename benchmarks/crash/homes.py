"""Where a database lies while no process serves it, with the documents and letters beside it; and copies of it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from entractes_auth.backends.storage.sqlalchemy import SqlStore
from tests.servers.postgres import Server

__all__ = ["Home", "Homes", "PostgresHomes", "SqliteHomes", "lent"]

_FILE: Final = "store.sqlite3"


@dataclass(frozen=True, slots=True)
class Home:
    """A database's URL, and the folder of its documents and letters."""

    url: str
    folder: Path

    @property
    def documents(self) -> Path:
        """The folder of the documents."""
        return self.folder / "documents"

    @property
    def letters(self) -> Path:
        """What the carrier carried, one line a message."""
        return self.folder / "letters.jsonl"


class Homes(Protocol):
    """A kind of database. No process may have a home open while it is copied."""

    name: str

    def empty(self) -> Home:
        """A new home whose database has its tables and no row."""
        ...

    def copy(self, home: Home) -> Home:
        """A copy, to be given back by `drop`."""
        ...

    def drop(self, home: Home) -> None:
        """Forget a home."""
        ...


class SqliteHomes:
    """Homes whose database is a file."""

    name = "SQLite"

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers = itertools.count(1)

    def empty(self) -> Home:
        """See `Homes.empty`."""
        home = _home(self._root, next(self._numbers))
        home.documents.mkdir(parents=True)
        _upgrade(home.url)
        return home

    def copy(self, home: Home) -> Home:
        """See `Homes.copy`."""
        new = _home(self._root, next(self._numbers))
        shutil.copytree(home.folder, new.folder)
        return new

    def drop(self, home: Home) -> None:
        """See `Homes.drop`."""
        shutil.rmtree(home.folder)


class PostgresHomes:
    """Homes whose database is one of a server's; a copy has the other as its template."""

    name = "PostgreSQL"

    def __init__(self, root: Path, server: Server) -> None:
        self._root = root
        self._server = server
        self._numbers = itertools.count(1)
        # Databases that were given back: to replace one is as quick as to make one, and the disk stays small.
        self._free: list[str] = []

    def empty(self) -> Home:
        """See `Homes.empty`."""
        home = self._new("template0")
        home.documents.mkdir(parents=True)
        _upgrade(home.url)
        return home

    def copy(self, home: Home) -> Home:
        """See `Homes.copy`."""
        new = self._new(home.folder.name)
        shutil.copytree(home.folder, new.folder)
        return new

    def drop(self, home: Home) -> None:
        """See `Homes.drop`."""
        shutil.rmtree(home.folder)
        self._free.append(home.folder.name)

    def _new(self, template: str) -> Home:
        name = self._free.pop() if self._free else f"crash{next(self._numbers)}"
        url = self._server.new_database(name, template)
        return Home(url.render_as_string(hide_password=False), self._root / name)


def _home(root: Path, number: int) -> Home:
    folder = root / str(number)
    return Home(f"sqlite:///{folder / _FILE}", folder)


def _upgrade(url: str) -> None:
    store = SqlStore(url)
    store.upgrade()
    store.close()


@contextmanager
def lent(homes: Homes, home: Home) -> Generator[Home]:
    """A copy for a while."""
    copy = homes.copy(home)
    try:
        yield copy
    finally:
        homes.drop(copy)
