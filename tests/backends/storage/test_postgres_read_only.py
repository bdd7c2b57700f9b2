"""A server that takes no writes for a while: each call says so, and the same store writes again as soon as it may."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import URL

from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import StoreUnavailable
from entractes_auth.testing import builders as b
from tests.backends.storage.postgres_databases import emptied, on_store, prepared
from tests.backends.storage.postgres_standby import read_only, refusing_commits
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig
from tests.servers.postgres import Server
from tests.statements import before_each_statement

ID = b.an_id("challenge", 1)
each_colour = pytest.mark.parametrize("colour", COLOURS)


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared(postgres, "read_only")


@pytest.fixture
def url(one_database: URL) -> URL:
    emptied(one_database)
    return one_database


def anywhere(url: URL) -> URL:
    """The store then connects to a server that takes no writes, as through a pooler that does not look."""
    return url.update_query_dict({"target_session_attrs": "any"})


@each_colour
def test_while_nothing_can_be_written_each_write_says_so_and_later_the_same_store_writes(
    colour: str, url: URL
) -> None:
    """What was there can be read all the time, and nothing of what was refused is written."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        await rig.close()
        with read_only(url):
            for _ in range(2):
                with pytest.raises(StoreUnavailable, match="ReadOnlySqlTransaction"):
                    await rig.store.spend(ID, b.NOW)
                with pytest.raises(StoreUnavailable, match="ReadOnlySqlTransaction"):
                    await rig.store.commit(b.batch(b.proof(), b.event(1)))
                glance = await rig.store.glance(ID, b.NOW)
                assert glance is not None
                assert glance.attempts_left == 3
        attempt = await rig.store.spend(ID, b.NOW)
        assert attempt is not None
        assert attempt.attempts_left == 2
        await rig.store.commit(b.batch(b.proof(), b.event(1)))
        assert len((await rig.store.events(EventQuery())).rows) == 1

    on_store(colour, anywhere(url), body)


def test_connections_that_were_left_at_a_standby_are_replaced_unseen(url: URL) -> None:
    """All of the pool go with the first one that is refused: none of the others costs anybody a try."""
    inserts: list[str] = []
    with closing(SqlStore(anywhere(url))) as store:
        with read_only(url):
            idle = [store.database.engines.reader.raw_connection() for _ in range(5)]
        for connection in idle:
            connection.close()
        with before_each_statement(lambda statement, _: inserts.append(statement)):
            for n in range(1, 6):
                store.commit(b.batch(b.event(n)))
        assert len(store.events(EventQuery()).rows) == 5
    assert len(inserts) == 5 + 1


@each_colour
def test_a_commit_that_was_refused_for_it_is_run_again_and_written_once(colour: str, url: URL) -> None:
    """The server has answered, so the outcome is known: nothing was written, and the caller need not be told."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with refusing_commits(url, "events"):
            await rig.store.commit(b.batch(b.proof(), b.event(1)))
        assert len((await rig.store.events(EventQuery())).rows) == 1

    on_store(colour, url, body)


@each_colour
def test_a_store_that_asks_for_a_primary_connects_to_nothing_else(colour: str, url: URL) -> None:
    """Without further settings it does not read there either: an old password would still open."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        await rig.close()
        with read_only(url):
            with pytest.raises(StoreUnavailable, match="OperationalError"):
                await rig.store.spend(ID, b.NOW)
            with pytest.raises(StoreUnavailable, match="OperationalError"):
                await rig.store.glance(ID, b.NOW)
        assert await rig.store.spend(ID, b.NOW) is not None

    on_store(colour, url, body)
