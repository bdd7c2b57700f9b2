"""A database that takes no writes for a while: each call says so, and the same connection's thread writes again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections
from sqlalchemy import URL

from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.errors import StoreUnavailable
from entractes_auth.testing import builders as b
from tests.backends.storage.django import databases
from tests.backends.storage.postgres_standby import read_only, refusing_commits
from tests.servers.postgres import Server

ID = b.an_id("challenge", 1)


@pytest.fixture(scope="module")
def url(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_read_only")


def test_while_nothing_can_be_written_each_write_says_so_and_later_it_is_written(url: URL) -> None:
    """What was there can be read all the time, and nothing of what was refused is written."""
    with databases.at_postgres(url) as alias:
        store = DjangoStore(databases.emptied(alias))
        store.commit(b.batch(b.challenge()))
        connections[alias].close()
        with read_only(url):
            for _ in range(2):
                with pytest.raises(StoreUnavailable, match="ReadOnlySqlTransaction"):
                    store.spend(ID, b.NOW)
                glance = store.glance(ID, b.NOW)
                assert glance is not None
                assert glance.attempts_left == 3
        attempt = store.spend(ID, b.NOW)
        assert attempt is not None
        assert attempt.attempts_left == 2


def test_a_commit_that_was_refused_for_it_is_run_again_and_written_once(url: URL) -> None:
    """The server has answered, so the outcome is known: nothing was written, and the caller need not be told."""
    with databases.at_postgres(url) as alias:
        store = DjangoStore(databases.emptied(alias))
        store.commit(b.batch(b.challenge()))
        with refusing_commits(url, "entractes_auth_event"):
            store.commit(b.batch(b.proof(), b.event(1)))
        assert len(store.events(EventQuery()).rows) == 1


def test_a_sqlite_connection_that_was_opened_read_only_is_replaced(file: Path) -> None:
    """SQLite opens what it may not write for reading, for good: the next write opens it anew."""
    with databases.at_sqlite(file) as alias:
        store = DjangoStore(alias)
        store.commit(b.batch(b.challenge()))
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        attempt = store.spend(ID, b.NOW)
        assert attempt is not None
        assert attempt.attempts_left == 2
