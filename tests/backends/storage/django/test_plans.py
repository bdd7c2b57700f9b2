"""Pages of registrations walk the index that is there for them, on a table that is long, and on one that is empty."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.db import connections

from entractes_auth.backends.batch import RegistrationQuery
from entractes_auth.backends.storage.cursors import Cursor
from entractes_auth.backends.storage.django import DjangoStore, queries
from entractes_auth.backends.storage.django.models import Registration
from entractes_auth.backends.storage.registration_rows import registration_row
from entractes_auth.records.kinds import State
from entractes_auth.testing import builders as b
from tests.backends.storage.django import databases
from tests.servers.postgres import Server

AFTER: Final = Cursor(b.NOW, "x").encode()
IN_REVIEW: Final = (State.IN_REVIEW,)
# A question, the index that answers it, and how often.
QUESTIONS: Final = {
    "queue": (RegistrationQuery(states=IN_REVIEW), "auth_registration_queue", 1),
    "next": (RegistrationQuery(states=IN_REVIEW, after=AFTER), "auth_registration_queue", 1),
    "two": (RegistrationQuery(states=(State.IN_REVIEW, State.DRAFT)), "auth_registration_queue", 2),
    "all": (RegistrationQuery(after=AFTER), "auth_registration_queue", len(State)),
    "mine": (RegistrationQuery(states=IN_REVIEW, reviewer_id="reviewer-0"), "auth_registration_claimed", 1),
    "due": (RegistrationQuery(states=(State.DRAFT,), expired_at=b.NOW), "auth_registration_expiring", 1),
    "email": (RegistrationQuery(states=IN_REVIEW, email="x"), "auth_registration_email", 1),
    "served": (
        RegistrationQuery(states=IN_REVIEW, unchanged_since=b.NOW, with_documents=True),
        "auth_registration_documents",
        1,
    ),
}
each_question = pytest.mark.parametrize("name", QUESTIONS)


def waiting() -> Iterator[Registration]:
    """Most wait for a reviewer, behind the members who came before; drafts run out, and a few of them have."""
    row = registration_row(b.registration(1, State.IN_REVIEW, documents=()))
    for n in range(4_000):
        state = "approved" if n < 1_000 else "draft" if n > 3_800 else "in_review"
        changed = {
            "id": f"row-{n}",
            "version": 1,
            "state": state,
            "position": b.NOW + timedelta(seconds=n),
            "reviewer_id": f"reviewer-{n % 500}" if state == "in_review" and n % 100 == 0 else None,
            "expires_at": b.NOW + timedelta(seconds=n - 3_810) if state == "draft" else None,
            "email_key": f"{n}@example.fr",
        }
        yield Registration(**{**row, **changed})


@pytest.fixture(scope="module")
def long_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = databases.copied(empty_file, tmp_path_factory.mktemp("long") / "auth.db")
    with databases.at_sqlite(file) as alias:
        fill(alias)
    return file


@pytest.fixture(scope="module")
def long_postgres(postgres: Server) -> Generator[str]:
    with databases.at_postgres(databases.migrated_postgres(postgres, "django_plans"), alias="long") as alias:
        fill(alias)
        yield alias


def fill(alias: str) -> None:
    Registration.objects.using(alias).bulk_create(waiting(), batch_size=500)
    with connections[alias].cursor() as cursor:
        cursor.execute("ANALYZE")


def scans(alias: str, query: RegistrationQuery) -> list[str]:
    """The steps of the plan in which rows of the table are found, but for those that were found already."""
    plan = queries.registration_page(alias, query).explain().splitlines()
    steps = [step.strip() for step in plan if ("SEARCH" in step or "SCAN" in step or "Scan" in step)]
    others = ("SCAN U0", "CO-ROUTINE", "Subquery Scan", "Bitmap Heap Scan", "pkey", "sqlite_autoindex")
    return [step for step in steps if not any(other in step for other in others)]


@each_question
@pytest.mark.parametrize("length", ["empty", "long"])
def test_sqlite_walks_the_right_index(name: str, length: str, empty_file: Path, long_file: Path) -> None:
    """With statistics and without, no page reads a row that came before it."""
    query, index, times = QUESTIONS[name]
    with databases.at_sqlite(empty_file if length == "empty" else long_file) as alias:
        found = scans(alias, query)
    assert [index in step for step in found] == [True] * times, found


@each_question
def test_postgresql_walks_the_right_index(name: str, long_postgres: str) -> None:
    """Where one state holds most of the table, too."""
    query, index, times = QUESTIONS[name]
    found = scans(long_postgres, query)
    assert [index in step for step in found] == [True] * times, found


def ids_of_three_pages(alias: str) -> list[str]:
    store, after, found = DjangoStore(alias), None, list[str]()
    for _ in range(3):
        page = store.registrations(RegistrationQuery(after=after, limit=700))
        found, after = [*found, *(row.id for row in page.rows)], page.next
    return found


def test_a_merged_page_is_one_page_of_all(long_postgres: str, long_file: Path) -> None:
    """Both engines give what one walk over all states would: in order, whole, over the end of a state."""
    expected = [f"row-{n}" for n in range(2_100)]
    assert ids_of_three_pages(long_postgres) == expected
    with databases.at_sqlite(long_file) as alias:
        assert ids_of_three_pages(alias) == expected


def test_many_candidates_are_one_parameter(alias: str, long_postgres: str) -> None:
    """Neither engine parses a thousand names; whose name is taken is found all the same."""
    candidates = tuple(f"{n:05}" for n in range(1000))
    for each in (alias, long_postgres):
        _, values = queries.taken_identifiers(each, candidates).query.get_compiler(each).as_sql()
        assert len(values) == 1
        store = DjangoStore(each)
        store.commit(b.batch(b.account(1, identifier="00421")))
        assert store.free_identifiers(candidates[420:]) == (candidates[420], *candidates[422:441])
