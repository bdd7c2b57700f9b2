"""A primary dies, and its synchronous standby takes over: the store goes on, and what it was told is still so."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from sqlalchemy import URL

from entractes_auth.backends.batch import EventQuery
from entractes_auth.errors import StoreUnavailable
from entractes_auth.testing import builders as b
from tests.backends.storage.postgres_databases import on_store, prepared
from tests.backends.storage.sqlalchemy_rigs import COLOURS, SqlRig
from tests.servers.postgres import Server, postgres_server, postgres_standby

ID = b.an_id("challenge", 1)


@pytest.fixture
def pair() -> Generator[tuple[Server, Server]]:
    """A primary that waits for its standby at each commit, and that standby."""
    with postgres_server() as primary, postgres_standby(primary) as standby:
        with primary.connect() as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            session.execute("SELECT pg_reload_conf()")
        yield primary, standby


def either(first: Server, second: Server) -> URL:
    """One URL for both; the standby stands first, so that it must be passed by."""
    hosts = f"{second.home},{first.home}"
    return first.url("failover").set(query={"host": hosts})


@pytest.mark.parametrize("colour", COLOURS)
def test_a_store_follows_the_primary(colour: str, pair: tuple[Server, Server]) -> None:
    """Nothing that was answered is lost, no attempt comes back, and the same store works on the new primary."""
    primary, standby = pair
    prepared(primary, "failover")

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge(), b.event(1)))
        assert await rig.store.spend(ID, b.NOW) is not None
        primary.kill()
        with pytest.raises(StoreUnavailable):
            await rig.store.spend(ID, b.NOW)
        with standby.connect() as session:
            session.execute("SELECT pg_promote()")
        attempt = await rig.store.spend(ID, b.NOW)
        assert attempt is not None
        assert attempt.attempts_left == 1
        await rig.store.commit(b.batch(b.proof(), b.event(2)))
        assert len((await rig.store.events(EventQuery())).rows) == 2

    on_store(colour, either(primary, standby), body)
