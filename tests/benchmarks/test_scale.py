"""What the scale benchmark loads in bulk is what the store would have written, and its steps really happen."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scale.growth import Rounds, measure
from benchmarks.scale.homes import Home, PostgresHome, SqliteHome
from benchmarks.scale.loading import load
from benchmarks.scale.people import People, id_of, instant
from benchmarks.scale.sites import Site
from entractes_auth.backends.batch import AccountKey, MessageQuery
from entractes_auth.records.kinds import MessageState, State
from entractes_auth.testing import builders
from tests.servers.postgres import Server

PEOPLE = People(300, page=1)
ENGINES = ("sqlite", "postgres")


@contextmanager
def _loaded(engine: str, name: str, folder: Path, server: Server) -> Generator[Home]:
    made = SqliteHome(folder / f"{name}.sqlite3") if engine == "sqlite" else PostgresHome(server, name)
    load(made, PEOPLE)
    yield made
    made.end()


@pytest.fixture(scope="module", params=ENGINES)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Server
) -> Generator[Home]:
    """A small loaded database, for tests that only read it."""
    with _loaded(request.param, "scale_read", tmp_path_factory.mktemp("scale"), postgres) as made:
        yield made


@pytest.mark.parametrize("engine", ENGINES)
def test_every_step_is_done_on_what_was_loaded(engine: str, tmp_path: Path, postgres: Server) -> None:
    """Sign-ins open, codes confirm, approvals issue and pages are there: a refusal would raise."""
    with _loaded(engine, "scale_steps", tmp_path, postgres) as home:
        [begin, *_] = measure({PEOPLE.accounts: Site(home, PEOPLE)}, Rounds(2, 1))
        submitted = [home.store.registration(id_of("registration", n)) for n in PEOPLE.submitted]
    assert len(begin.costs[PEOPLE.accounts].wall) == 2
    confirmed = sum(each is not None and each.state is State.IN_REVIEW for each in submitted)
    assert confirmed == 3  # one to warm up, and one in each round


@pytest.mark.parametrize("state", State)
def test_a_loaded_registration_is_one_that_the_store_gives(home: Home, state: State) -> None:
    """But for what is each person's own, it equals the made-up one of that state."""
    number = PEOPLE.registrations[state][0]
    found = home.store.registration(id_of("registration", number))
    assert found is not None
    made, at = builders.registration(1, state), instant(number)
    assert made.contacts is not None
    email = f"Membre.{number}@Example.fr"
    own: dict[str, Any] = {
        "version": 1,
        "id": id_of("registration", number),
        "created_at": at,
        "submitted_at": made.submitted_at and at,
        "contacts": made.contacts.model_copy(update={"email": email}),
        "challenge_id": made.challenge_id and id_of("challenge", number),
        "proven": made.proven and replace(made.proven, email=email),
        "account_id": made.account_id and id_of("account", number),
    }
    assert found == replace(made, **own)


def test_members_have_the_identifiers_that_are_said(home: Home) -> None:
    """Each identifier finds the account of its number, and no two are alike."""
    found = home.store.find_account(AccountKey("identifier", PEOPLE.identifier(299)))
    assert found is not None
    assert found.registration_id == id_of("registration", 299)
    assert len({PEOPLE.identifier(number) for number in PEOPLE.members}) == PEOPLE.accounts


def test_the_backlog_waits_and_the_rest_was_sent(home: Home) -> None:
    """The relay finds the backlog alone."""
    [waiting, sent] = [
        home.store.outbox(MessageQuery(state=state, limit=1000)).rows
        for state in (MessageState.QUEUED, MessageState.SENT)
    ]
    assert (len(waiting), len(sent)) == (len(PEOPLE.backlog), PEOPLE.accounts)


def test_sqlite_has_the_schema_that_upgrade_made(tmp_path: Path) -> None:
    """Loading takes indexes away, and makes every one of them again."""
    home = SqliteHome(tmp_path / "a.sqlite3")
    before = _sqlite_schema(tmp_path / "a.sqlite3")
    load(home, PEOPLE)
    assert len(before) > 10
    assert _sqlite_schema(tmp_path / "a.sqlite3") == before


def test_postgresql_has_the_schema_that_upgrade_made(postgres: Server) -> None:
    """Loading takes indexes and keys away, and makes every one of them again."""
    home = PostgresHome(postgres, "scale_schema")
    before = _postgres_schema(postgres)
    load(home, PEOPLE)
    assert len(before) > 10
    assert _postgres_schema(postgres) == before
    home.end()


def _sqlite_schema(file: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as session:
        return sorted(session.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL").fetchall())


def _postgres_schema(server: Server) -> list[tuple[Any, ...]]:
    with server.connect("scale_schema") as session:
        indexes = session.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        keys = session.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('p', 'u')"
        )
        return sorted([*indexes.fetchall(), *keys.fetchall()])
