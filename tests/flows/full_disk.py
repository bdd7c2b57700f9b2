"""A program for `test_full_disk`: its files may not grow any more, in the middle of a registration.

The limit holds for the whole process, so it is a process of its own. It prints "whole" when
nothing was lost, and fails otherwise.
"""

from __future__ import annotations

import resource
import sqlite3
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from entractes_auth import Kind
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import StoreUnavailable
from entractes_auth.flows import registration
from entractes_auth.testing import builders, scenario
from tests.flows.world import World


@contextmanager
def no_file_grows_beyond(size: int) -> Generator[None]:
    """As on a full disk, each write past `size` bytes of a file fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def rows(database: Path) -> str:
    """Every row; fails when the file is damaged."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return "\n".join(connection.iterdump())


def main(folder: Path) -> None:
    """Fill a draft, lose the disk, find everything as it was, and go on."""
    database, documents = folder / "auth.db", folder / "documents"
    documents.mkdir(mode=0o700)
    store = SqlStore(f"sqlite:///{database}")
    store.upgrade()
    world = World(store=store, documents=FilesystemDocuments(documents))
    draft = world.run_now(registration.begin(Kind.PROFESSIONAL))
    world.run_now(registration.save(draft.link, builders.identity()))
    photo = [scenario.PDF + b"\n" * 100_000]
    before = rows(database)
    with no_file_grows_beyond(4096):
        for flow in (
            registration.begin(Kind.PROFESSIONAL),
            registration.save(draft.link, builders.practice()),
            registration.attach(draft.link, photo),
        ):
            try:
                world.run_now(flow)
            except StoreUnavailable:
                continue
            raise AssertionError(f"{flow} found room")
        assert list(documents.iterdir()) == []
    assert rows(database) == before
    world.run_now(registration.save(draft.link, builders.practice()))
    seen = world.run_now(registration.attach(draft.link, photo))
    assert (seen.identity, seen.practice) == (builders.identity(), builders.practice())
    assert [document.size for document in seen.documents] == [len(photo[0])]
    store.close()
    print("whole")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
