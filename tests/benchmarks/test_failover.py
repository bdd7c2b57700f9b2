"""The failover's checks say nothing about what is all there, and find each kind of loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from typing_extensions import override

from benchmarks.crash import rows
from benchmarks.crash.rows import Rows
from benchmarks.failover.checks import deviations
from benchmarks.failover.drill import drill, outage
from benchmarks.failover.ledger import Ledger, WitnessedLimits, WitnessedStore
from benchmarks.failover.pair import Pair, paired
from benchmarks.host import Host
from entractes_auth import Auth, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.store import Store
from entractes_auth.errors import CodeRefused
from entractes_auth.flows import login
from entractes_auth.testing import RecordingMessenger, scenario

Change = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Served:
    """What was acknowledged, what is there, and what was carried."""

    ledger: Ledger
    rows: Rows
    carried: list[str]

    def found(self, change: Change = dict, more: tuple[str, ...] = ()) -> set[str]:
        """What the checks say after a change to the rows."""
        return set(deviations(self.ledger, change(self.rows), [*self.carried, *more]))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A member who mistyped a code once, and then signed in."""
    folder: Path = tmp_path_factory.mktemp("served")
    inbox, ledger = RecordingMessenger(), Ledger()
    store = SqlStore(f"sqlite:///{folder / 'store.sqlite3'}")
    store.upgrade()
    host = Host(inbox, Keyring.generate(), scenario.quick_policy())
    witnessed = cast("Store", WitnessedStore(store, ledger))
    limits = WitnessedLimits(SqlLimits(store, host.keys), host.keys, ledger)
    auth = Auth(store=witnessed, limits=limits, documents=MemoryDocuments(), **host.arguments)
    member = auth.run(scenario.approved(inbox, scenario.nurse()))
    ticket, code = auth.run(scenario.ticketed(inbox, member))
    with suppress(CodeRefused):
        auth.run(login.verify(ticket, code=scenario.another(code)))
    auth.run(login.verify(ticket, code=code))
    store.close()
    found = rows.read(f"sqlite:///{folder / 'store.sqlite3'}")
    return Served(ledger, found, [message.id for message in inbox.messages])


def lost(table: str) -> Change:
    """The last row of the table is not there."""
    return lambda true: {**true, table: true[table][:-1]}


def changed(table: str, **values: Any) -> Change:
    """Every row of the table has these values."""
    return lambda true: {**true, table: tuple({**row, **values} for row in true[table])}


def doubled(table: str) -> Change:
    """A row of the table is there a second time, under another id."""
    return lambda true: {**true, table: (*true[table], {**true[table][0], "id": "another"})}


def test_nothing_is_said_of_what_is_all_there(served: Served) -> None:
    """And something was there: spent attempts and counted hits among it."""
    assert served.found() == set()
    assert sorted(served.ledger.spent.values()) == [1, 2]
    assert {name for name, _ in served.ledger.hits.keys() - served.ledger.cleared} >= {
        "sms_per_phone",
        "sms_in_all",
    }


@pytest.mark.parametrize("table", ["registrations", "accounts", "challenges", "messages", "events"])
def test_a_lost_row_is_found(served: Served, table: str) -> None:
    """Of every table."""
    assert f"an acknowledged row of {table} is lost" in served.found(lost(table))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed("challenges", attempts_left=3), "an attempt came back"),
        (changed("challenges", attempts_left=0), "an attempt is gone that nobody asked for"),
        (changed("challenges", ended_at=None), "a challenge that was used up is open again"),
        (changed("challenges", counter=0), "an acknowledged sending is lost"),
        (changed("registrations", version=1), "an acknowledged change of a row of registrations is lost"),
        (
            changed("registrations", state="in_review"),
            "a row of registrations is in_review, and was acknowledged as approved",
        ),
        (doubled("accounts"), "two rows of accounts have the same registration_id"),
        (doubled("events"), "1 rows of events come from no commit"),
        (changed("messages", state="queued"), "a message is left in the queue"),
        (changed("budgets", hits=0), "a hit on sms_in_all came back"),
        (lost("budgets"), "a hit on sms_per_prefix came back"),
        (changed("budgets", hits=99), "a hit on sms_in_all was counted that nobody asked for"),
    ],
)
def test_what_went_back_or_was_doubled_is_found(served: Served, change: Change, said: str) -> None:
    """One change to the rows, and what is said of it."""
    assert said in served.found(change)


def test_a_message_that_went_out_twice_is_found(served: Served) -> None:
    """Its end was acknowledged, so no relay had a reason to send it again."""
    assert "a message was carried twice that had been settled" in served.found(more=(served.carried[0],))


def test_a_half_of_an_unknown_commit_is_found(served: Served) -> None:
    """It may be there or not; not in part."""
    *known, last = served.ledger.commits
    approved = next(batch for batch in known if batch.accounts)
    unknown = Ledger(
        commits=[batch for batch in (*known, last) if batch is not approved],
        unknown_commits=[approved],
        spent=served.ledger.spent,
    )
    told = Served(unknown, served.rows, served.carried)
    assert told.found() == set()
    assert "a half of a commit is there" in told.found(lost("accounts"))


def test_a_refusal_without_cause_is_reported(served: Served) -> None:
    """Somebody who was always served must not be refused."""
    ledger = Ledger(commits=served.ledger.commits, spent=served.ledger.spent)
    ledger.note_refusal("refused without cause: CodeRefused")
    assert Served(ledger, served.rows, served.carried).found() == {"refused without cause: CodeRefused"}


class Alone(Pair):
    """A pair whose primary went on alone for a while: what it acknowledged then, no standby has."""

    @override
    def kill_primary(self) -> None:
        """Cut the standby off, let the people go on, and kill."""
        with self.primary.connect() as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            session.execute("SELECT pg_reload_conf()")
        with self.standby.connect() as session:
            session.execute("ALTER SYSTEM SET primary_conninfo = ''")
            session.execute("SELECT pg_reload_conf()")
        time.sleep(2)
        super().kill_primary()


@contextmanager
def alone() -> Generator[Pair]:
    """See `Alone`."""
    with paired() as pair:
        yield Alone(pair.primary, pair.standby)


def test_a_standby_that_was_not_waited_for_is_found() -> None:
    """On real servers: a primary that acknowledges alone loses what it acknowledged, and the drill says so."""
    found = drill(0.5, alone).deviations
    assert "an acknowledged row of events is lost" in found
    assert any(deviation.endswith("came back") for deviation in found)


def test_the_outage_is_the_longest_pause_around_the_kill() -> None:
    """A longer one before it is not meant, and an answer that came a moment after the kill does not shorten it."""
    assert outage([0.0, 9.0, 9.5, 10.1, 12.5, 12.6], killed=10.0) == pytest.approx(2.4)
