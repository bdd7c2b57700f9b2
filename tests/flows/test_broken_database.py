"""A database that is locked, read-only, gone or full: said so, and nothing half-written."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from entractes_auth import Channel, Flow, Kind
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import (
    AuthError,
    StoreUnavailable,
)
from entractes_auth.flows import account, confirmation, expiry, login, outbox, recovery, registration, review
from entractes_auth.testing import builders, scenario
from tests.flows.world import World

pytestmark = pytest.mark.anyio


@contextmanager
def locked(world: World, database: Path) -> Generator[None]:
    """Another process writes, and does not stop."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def pragma(world: World, text: str, undo: str) -> Generator[None]:
    """A setting on the one connection that writes, and on each that takes its place meanwhile."""
    assert isinstance(world.store, SqlStore)
    writer = world.store.database.engines.writer

    def connect(connection: DBAPIConnection, entry: object) -> None:
        connection.cursor().execute(text)

    for setting in (text, undo):
        with closing(writer.raw_connection()) as connection:
            connection.cursor().execute(setting)
        if setting is text:
            event.listen(writer, "connect", connect)
            yield
            event.remove(writer, "connect", connect)


@contextmanager
def read_only(world: World, database: Path) -> Generator[None]:
    """The database takes no writes."""
    with pragma(world, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
        yield


@contextmanager
def gone(world: World, database: Path) -> Generator[None]:
    """The volume is not there, for a while."""
    away = database.parent.with_name("away")
    database.parent.rename(away)
    yield
    away.rename(database.parent)


HARMS = {"locked": locked, "read_only": read_only, "gone": gone}


@pytest.fixture
def home(empty_database: Path, tmp_path: Path) -> Path:
    """A database in a folder of its own, which can be taken away."""
    (tmp_path / "home").mkdir()
    return Path(shutil.copy(empty_database, tmp_path / "home" / "auth.db"))


@pytest.fixture
def impatient(home: Path) -> Generator[World]:
    """A world that waits for a lock no longer than it must."""
    store = SqlStore(f"sqlite:///{home}", busy_timeout=timedelta(milliseconds=20))
    yield World(store=store)
    store.close()


def rows(database: Path) -> str:
    """Every row."""
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())


def without_attempts(dump: str) -> str:
    """The rows, but for how many attempts each challenge has left."""
    return re.sub(r"(INSERT INTO \"challenges\" VALUES\(.*,)[0-3](,\d+,\d+,(?:\d+|NULL)\);)", r"\1?\2", dump)


async def everything(world: World) -> dict[str, Flow[Any]]:
    """One flow of each kind that writes, each of which would succeed now."""
    draft = await world.run(scenario.drafted(scenario.applicant(1)))
    submitted, in_review, claimed = (
        await world.submitted(2),
        await world.in_review(3),
        await world.in_review(4),
    )
    member = await world.member(5)
    ticket, code = await world.run(scenario.ticketed(world.inbox, member))
    half = await world.run(scenario.recovering(world.inbox, await world.member(6)))
    fresh = (await world.run(login.begin(member.identifier, member.password))).ticket
    await world.again(deliver="relay").run(recovery.begin("nobody@example.fr"))
    world.wait(minutes=1)
    await world.again(deliver="relay").run(scenario.drafted(scenario.applicant(7)))
    reviewer, text = scenario.REVIEWER, "Illisible. " * 90
    return {
        "begin": registration.begin(Kind.PROFESSIONAL),
        "save": registration.save(draft.link, builders.identity(street="1 " + "rue " * 30)),
        "attach": registration.attach(draft.link, [scenario.PDF]),
        "submit": registration.submit(draft.link),
        "amend": registration.amend(submitted.resume_link),
        "withdraw": registration.withdraw(submitted.resume_link),
        "restart": confirmation.restart(submitted.resume_link),
        "resend": confirmation.resend(submitted.confirm_link),
        "confirm": confirmation.confirm(submitted.confirm_link, code=submitted.code),
        "claim": review.claim(reviewer, claimed.registration_id),
        "note": review.note(reviewer, claimed.registration_id, text=text),
        "ask": review.ask(reviewer, in_review.registration_id, question=text, document=True),
        "reject": review.reject(reviewer, in_review.registration_id, reason=text),
        "approve": review.approve(reviewer, in_review.registration_id),
        "login": login.begin(member.identifier, member.password),
        "wrong password": login.begin(member.identifier, scenario.another(member.password)),
        "send_code": login.send_code(fresh, Channel.EMAIL),
        "verify": login.verify(ticket, code=code),
        "recover": recovery.begin(member.applicant.contacts.email),
        "complete": recovery.complete(half.link, code=half.code),
        "deliver": outbox.deliver(),
    }


class TestTheDatabase:
    """A database that is locked, read-only, gone or full."""

    @pytest.mark.parametrize("harm", list(HARMS))
    async def test_unavailable_and_nothing_written(self, harm: str, impatient: World, home: Path) -> None:
        """Each flow says so; no row changed and nothing was sent; afterwards everything works."""
        flows = await everything(impatient)
        sent = impatient.inbox.messages
        before = rows(home)
        with HARMS[harm](impatient, home):
            for name, flow in flows.items():
                with pytest.raises(StoreUnavailable) as refused:
                    await impatient.run(flow)
                assert str(home.parent) not in str(refused.value), name
                assert "example.fr" not in str(refused.value), name
        assert rows(home) == before
        assert impatient.inbox.messages == sent
        for name in ("save", "confirm", "approve", "verify", "complete", "deliver"):
            await impatient.run(flows[name])

    async def test_a_full_database(self, impatient: World, home: Path) -> None:
        """What does not fit any more is refused whole; what still finds room is written whole."""
        flows = await everything(impatient)
        refused: set[str] = set()
        # As many pages as there are: a small change may still fit into one of them.
        with pragma(impatient, "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"):
            for name, flow in flows.items():
                before = rows(home)
                try:
                    await impatient.run(flow)
                except StoreUnavailable:
                    # An attempt at a code was counted before, and stays counted.
                    assert without_attempts(rows(home)) == without_attempts(before), name
                    refused.add(name)
                except AuthError:
                    continue  # another flow of this list found room, and changed what this one was for
        assert len(refused) > 3
        before = rows(home)
        await impatient.member(9)
        assert rows(home) != before

    async def test_no_file_stays_of_an_upload_that_the_record_could_not_name(
        self, impatient: World, home: Path
    ) -> None:
        """A document is kept where the store's answer is unknown, and only there."""
        draft = await impatient.run(registration.begin(Kind.PROFESSIONAL))
        assert isinstance(impatient.documents, MemoryDocuments)
        with read_only(impatient, home), pytest.raises(StoreUnavailable):
            await impatient.run(registration.attach(draft.link, [scenario.PDF]))
        assert (await impatient.run(registration.resume(draft.link))).documents == ()
        await impatient.run(registration.attach(draft.link, [scenario.PDF]))
        assert len((await impatient.run(registration.resume(draft.link))).documents) == 1

    async def test_reading_goes_on_while_another_writes(self, impatient: World, home: Path) -> None:
        """Pages are shown; only what writes is refused."""
        member = await impatient.member(1)
        waiting = await impatient.submitted(2)
        with locked(impatient, home):
            await impatient.run(registration.resume(waiting.resume_link))
            await impatient.run(confirmation.open(waiting.confirm_link))
            await impatient.run(account.profile(member.account_id))
            await impatient.run(review.queue(scenario.REVIEWER))
            await impatient.run(review.read(scenario.REVIEWER, waiting.registration_id))
            with pytest.raises(StoreUnavailable):
                await impatient.run(expiry.expire())
