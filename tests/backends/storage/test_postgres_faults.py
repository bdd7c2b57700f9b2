"""PostgreSQL that undoes, times out, restarts or loses the connection: nothing is half done, doubled or leaked."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from sqlalchemy import URL

from entractes_auth.backends.batch import Batch, EventQuery, MessageQuery
from entractes_auth.errors import AlreadyRedeemed, AuthError, Conflict, InvalidInput, StoreUnavailable, Taken
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import task_race, thread_race
from entractes_auth.testing.store_contract import races
from entractes_auth.testing.store_contract.rig import Rig
from tests.backends.storage.postgres_databases import emptied, on_store, prepared, session
from tests.backends.storage.sqlalchemy_rigs import COLOURS, PATIENCE, SqlRig
from tests.servers.cutting import CuttingProxy, cutting_proxy
from tests.servers.postgres import Server, postgres_server
from tests.statements import before_each_commit, before_each_statement, driver_of

ID = b.an_id("challenge", 1)
CROSSING = (
    races.commits_in_opposite_orders_all_come_to_their_end,
    races.of_two_codes_that_end_each_other_one_is_redeemed,
)
UNKNOWN = "lost during a commit"
each_colour = pytest.mark.parametrize("colour", COLOURS)

# Refuses the first events, as often as the table says, as a server does that must undo a transaction. A
# sequence counts: unlike rows it keeps its value when the transaction is undone.
_REFUSING = """
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('refusals') <= {times} THEN RAISE EXCEPTION 'undone' USING ERRCODE = '{sqlstate}'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refusing BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse();
"""
_FORGIVING = "DROP TRIGGER refusing ON events; DROP FUNCTION refuse; DROP SEQUENCE refusals"


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return prepared(postgres, "faults")


@pytest.fixture
def url(one_database: URL) -> URL:
    emptied(one_database)
    return one_database


@contextmanager
def refusing(url: URL, times: int, sqlstate: str) -> Generator[None]:
    with session(url) as beside:
        beside.execute(_REFUSING.format(times=times, sqlstate=sqlstate).encode())
        yield
        beside.execute(_FORGIVING.encode())


async def attempts_left(rig: SqlRig) -> int:
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    return glance.attempts_left


async def event_count(rig: SqlRig) -> int:
    return len((await rig.store.events(EventQuery())).rows)


@each_colour
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_what_was_undone_for_another_is_run_again(colour: str, sqlstate: str, url: URL) -> None:
    """A serialization failure and a deadlock are not the caller's business: the commit goes through, once."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with refusing(url, times=3, sqlstate=sqlstate):
            await rig.store.commit(b.batch(b.proof(), b.event(1), b.message(1)))
        assert await event_count(rig) == 1
        assert len((await rig.store.outbox(MessageQuery(state=MessageState.QUEUED))).rows) == 1

    on_store(colour, url, body)


@each_colour
def test_what_is_undone_each_time_is_a_conflict(colour: str, url: URL) -> None:
    """A commit that never gets through raises `Conflict` after some runs, and nothing of it is written."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with refusing(url, times=1000, sqlstate="40001"), pytest.raises(Conflict):
            await rig.store.commit(b.batch(b.proof(), b.event(1)))
        assert await attempts_left(rig) == 3
        assert await event_count(rig) == 0

    on_store(colour, url, body)


@each_colour
def test_the_victim_of_a_deadlock_is_run_again(colour: str, url: URL) -> None:
    """Somebody locks the same rows in the other order, and the store is the one who must give way: it comes back."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.registration(1, State.IN_REVIEW), b.account(1)))
        holding = threading.Event()
        rival = threading.Thread(target=_lock_crosswise, args=(url, holding))
        rival.start()
        holding.wait(10)
        changed = (b.registration(1, State.IN_REVIEW, version=1), b.account(1, version=1))
        await rig.store.commit(b.batch(*changed, b.event(1)))
        rival.join()
        account = await rig.store.account(b.an_id("account", 1))
        assert account is not None
        assert account.version == 2
        assert await event_count(rig) == 1

    deadlocks = _deadlocks(url)
    on_store(colour, url, body)
    assert _deadlocks(url) == deadlocks + 1, "the case has shown nothing"


def _lock_crosswise(url: URL, holding: threading.Event) -> None:
    with session(url) as rival, session(url) as looking, rival.transaction():
        rival.execute("SET LOCAL deadlock_timeout = '1min'")  # the store notices first
        rival.execute("SELECT 1 FROM accounts FOR UPDATE")
        holding.set()
        while not looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
            time.sleep(0.01)
        rival.execute("SELECT 1 FROM registrations FOR UPDATE")


def _deadlocks(url: URL) -> int:
    with session(url) as looking:
        row = looking.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


@each_colour
@pytest.mark.parametrize("race_of", CROSSING, ids=["accounts", "challenges"])
def test_commits_that_cross_never_deadlock(
    colour: str, race_of: Callable[[Rig], Coroutine[Any, Any, None]], url: URL
) -> None:
    """Writers who change the same records in orders of their own stand in one line: none is ever undone."""

    async def body(rig: SqlRig) -> None:
        await race_of(Rig(rig.store, thread_race if colour == "sync" else task_race, nullcontext))

    deadlocks = _deadlocks(url)
    on_store(colour, url, body)
    assert _deadlocks(url) == deadlocks


@each_colour
def test_a_statement_that_waits_too_long_is_unavailable(colour: str, url: URL) -> None:
    """While somebody holds the row, `spend` ends in time, and has counted nothing; later it works again."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        with session(url) as beside, beside.transaction():
            beside.execute("SELECT 1 FROM challenges FOR UPDATE")
            for _ in range(2):
                with pytest.raises(StoreUnavailable, match="QueryCanceled"):
                    await rig.store.spend(ID, b.NOW)
        assert await attempts_left(rig) == 3
        assert await rig.store.spend(ID, b.NOW) is not None

    on_store(colour, url, body, busy_timeout=PATIENCE)


@each_colour
def test_cut_connections_are_replaced_unseen(colour: str, url: URL) -> None:
    """After the server ended every session, as at a failover, the next read and the next write go through."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        _end_sessions(url)
        assert await attempts_left(rig) == 3
        _end_sessions(url)
        assert await rig.store.spend(ID, b.NOW) is not None
        _end_sessions(url)
        await rig.store.commit(b.batch(b.proof(), b.event(1)))
        assert await event_count(rig) == 1

    on_store(colour, url, body)


def _end_sessions(url: URL) -> None:
    with session(url) as beside:
        ended = beside.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'entractes_auth'"
        ).fetchall()
    assert ended, "the case has shown nothing"


@each_colour
@pytest.mark.parametrize("step", ["UPDATE registrations", "INSERT INTO events"])
def test_a_connection_lost_before_commit_costs_nothing(colour: str, step: str, url: URL) -> None:
    """Wherever a transaction loses its connection before COMMIT, it is run again on another, and written once."""
    cut: list[int] = []

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge(), b.registration(1, State.IN_REVIEW)))

        def end_it(statement: str, cursor: object) -> None:
            if statement.startswith(step) and not cut:
                cut.append(_end_backend(cursor, url))

        changed = b.registration(1, State.IN_REVIEW, version=1)
        with before_each_statement(end_it):
            await rig.store.commit(b.batch(b.proof(), changed, b.message(1), b.event(1)))
        assert await event_count(rig) == 1
        registration = await rig.store.registration(changed.id)
        assert registration is not None
        assert registration.version == 2

    on_store(colour, url, body)
    assert len(cut) == 1


def _end_backend(cursor: object, url: URL) -> int:
    pid: int = driver_of(cursor).info.backend_pid
    with session(url) as beside:
        beside.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    return pid


@each_colour
def test_a_connection_lost_between_the_last_statement_and_commit_is_not_run_again(
    colour: str, url: URL
) -> None:
    """Nobody can know how a commit ended whose answer is missing: the caller is told, and may try again."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        batch = b.batch(b.proof(), b.message(1), b.event(1))

        with before_each_commit(lambda cursor: _end_backend(cursor, url)):
            with pytest.raises(StoreUnavailable, match=UNKNOWN):
                await rig.store.commit(batch)
            with pytest.raises(StoreUnavailable, match=UNKNOWN):
                await rig.store.spend(ID, b.NOW)
        assert await event_count(rig) == 0
        assert await attempts_left(rig) == 3
        await rig.store.commit(batch)
        assert await event_count(rig) == 1

    on_store(colour, url, body)


@pytest.fixture
def proxy(postgres: Server) -> Generator[CuttingProxy]:
    with cutting_proxy(postgres.home / ".s.PGSQL.5432") as proxy:
        yield proxy


# One batch for each way in which the second of two equal commits is refused.
AGAIN: dict[str, tuple[Batch, type[AuthError]]] = {
    "redeemed": (b.batch(b.proof(), b.message(1), b.event(1)), AlreadyRedeemed),
    "sent": (b.batch(b.sending(1, 2), b.message(1), b.event(1)), Conflict),
    "changed": (b.batch(b.account(1, version=1), b.message(1), b.event(1)), Conflict),
    "new_account": (b.batch(b.account(2), b.message(1), b.event(1)), Taken),
    "new_challenge": (b.batch(b.challenge(2), b.message(1), b.event(1)), Taken),
}


@each_colour
@pytest.mark.parametrize("name", AGAIN)
def test_a_commit_whose_answer_was_lost_cannot_be_doubled(
    colour: str, name: str, url: URL, proxy: CuttingProxy
) -> None:
    """The server commits and its answer never arrives: `StoreUnavailable`; the same batch again is refused."""
    batch, refusal = AGAIN[name]

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge(), b.account(1)))
        proxy.cut = "answered"
        with pytest.raises(StoreUnavailable, match=UNKNOWN):
            await rig.store.commit(batch)
        assert await event_count(rig) == 1, "it was committed"
        with pytest.raises(refusal):
            await rig.store.commit(batch)
        assert await event_count(rig) == 1
        assert len((await rig.store.outbox(MessageQuery(state=MessageState.QUEUED))).rows) == 1

    on_store(colour, proxy.url("faults"), body)


@each_colour
def test_a_commit_that_never_arrived_is_written_by_the_next_try(
    colour: str, url: URL, proxy: CuttingProxy
) -> None:
    """The connection is lost on COMMIT's way to the server: the same error, nothing is written, and again works."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        proxy.cut = "unsent"
        with pytest.raises(StoreUnavailable, match=UNKNOWN):
            await rig.store.commit(AGAIN["redeemed"][0])
        assert await event_count(rig) == 0
        await rig.store.commit(AGAIN["redeemed"][0])
        assert await event_count(rig) == 1

    on_store(colour, proxy.url("faults"), body)


@each_colour
def test_an_attempt_whose_answer_was_lost_is_spent(colour: str, url: URL, proxy: CuttingProxy) -> None:
    """`spend` that counted and could not say so gives no attempt, and does not count a second one by itself."""

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.challenge()))
        proxy.cut = "answered"
        with pytest.raises(StoreUnavailable, match=UNKNOWN):
            await rig.store.spend(ID, b.NOW)
        assert await attempts_left(rig) == 2

    on_store(colour, proxy.url("faults"), body)


@each_colour
def test_a_server_that_comes_back_is_used_again(colour: str) -> None:
    """While it is away every call is `StoreUnavailable`; after `kill -9` all that was committed is there."""
    with postgres_server() as server:
        url = prepared(server, "restarted")

        async def body(rig: SqlRig) -> None:
            await rig.store.commit(b.batch(b.challenge()))
            assert await rig.store.spend(ID, b.NOW) is not None
            server.kill()
            for _ in range(2):
                with pytest.raises(StoreUnavailable, match="OperationalError"):
                    await rig.store.spend(ID, b.NOW)
                with pytest.raises(StoreUnavailable, match="OperationalError"):
                    await rig.store.glance(ID, b.NOW)
            server.start()
            assert await attempts_left(rig) == 2
            assert await rig.store.spend(ID, b.NOW) is not None

        on_store(colour, url, body)


@each_colour
@pytest.mark.parametrize("character", ["\x00", "\ud800"], ids=["nul", "surrogate"])
def test_a_text_that_no_row_can_hold_is_the_caller_s_mistake(colour: str, character: str, url: URL) -> None:
    """It is found nowhere when it is looked up, and refused as `InvalidInput` when it is written."""
    name = f"Zo{character}e"

    async def body(rig: SqlRig) -> None:
        assert await rig.store.account(name) is None
        assert await rig.store.free_identifiers((name,)) == (), "no account can have it"
        for part in (b.account(1, first_name=name), b.event(1, details={"channel": name})):
            with pytest.raises(InvalidInput) as refused:
                await rig.store.commit(b.batch(part))
            assert name not in str(refused.value)
        assert await event_count(rig) == 0

    on_store(colour, url, body)


@each_colour
@pytest.mark.parametrize("fault", ["taken", "cut"])
def test_no_error_carries_what_was_written(colour: str, fault: str, url: URL, proxy: CuttingProxy) -> None:
    """Neither the error nor anything in its chain holds a parameter, whatever PostgreSQL quotes."""
    person = b.account(2, email="zoe.secrete@example.fr", identifier=b.account(1).identifier)

    async def body(rig: SqlRig) -> None:
        await rig.store.commit(b.batch(b.account(1)))
        other = b.account(3, email=person.email)
        proxy.cut = "answered" if fault == "cut" else None
        with pytest.raises(Taken if fault == "taken" else StoreUnavailable) as refused:
            await rig.store.commit(b.batch(person if fault == "taken" else other))
        assert refused.value.__cause__ is None
        assert refused.value.__context__ is None
        assert "secrete" not in "".join(traceback.format_exception(refused.value))

    on_store(colour, proxy.url("faults"), body)
