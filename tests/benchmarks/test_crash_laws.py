"""Each law of the crash harness can be broken, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from benchmarks.crash import rows
from benchmarks.crash.homes import SqliteHomes
from benchmarks.crash.laws import ALWAYS, always
from benchmarks.crash.rig import Rig
from benchmarks.crash.rows import Rows
from benchmarks.crash.stages import STAGES
from entractes_auth.flows import login
from entractes_auth.testing import FrozenClock


@pytest.fixture(scope="module")
def true_rows(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Rows]:
    """The rows of a member who signed in, of a question and of somebody who waits for a proof."""
    homes = SqliteHomes(tmp_path_factory.mktemp("homes"))
    found: dict[str, Rows] = {}
    for stage in ("ticketed", "answered", "submitted"):
        home = homes.empty()
        rig = Rig(home, FrozenClock().now(), stage)
        hands = STAGES[stage](rig)
        if stage == "ticketed":
            rig.auth.run(login.verify(hands["link"], code=hands["code"]))
        rig.close()
        found[stage] = rows.read(home.url)
    return found


def without(table: str, **where: Any) -> Callable[[Rows], Rows]:
    """The rows, but those of a table that have these values."""

    def broken(true: Rows) -> Rows:
        kept = tuple(row for row in true[table] if any(row[name] != value for name, value in where.items()))
        assert len(kept) < len(true[table])
        return {**true, table: kept}

    return broken


def changed(table: str, **values: Any) -> Callable[[Rows], Rows]:
    """The rows, with these values in every row of a table."""
    return lambda true: {**true, table: tuple({**row, **values} for row in true[table])}


BROKEN = [
    ("ticketed", without("accounts"), "an account belongs"),
    ("ticketed", changed("registrations", account_id="another"), "an account belongs"),
    ("ticketed", without("events", what="approved"), "an account belongs"),
    ("ticketed", without("messages", template="password_issued"), "credentials are sent"),
    ("ticketed", without("events", what="contacts_proven"), "who is in review"),
    ("ticketed", changed("registrations", proven_mobile=None), "who is in review"),
    ("ticketed", without("events", what="signed_in"), "each sign-in used up"),
    ("ticketed", changed("challenges", ended_at=None), "each sign-in used up"),
    ("ticketed", changed("challenges", ended_at=1, purpose="recovery"), "each recovery used up"),
    ("submitted", without("messages", template="confirm_code"), "who waits for a proof"),
    ("submitted", changed("challenges", ended_at=1), "who waits for a proof"),
    ("answered", without("messages", template="information_wanted"), "an applicant is told"),
]


def test_true_rows_keep_every_law(true_rows: Mapping[str, Rows]) -> None:
    """Nothing is said of lives without a crash."""
    assert [sentence for found in true_rows.values() for sentence in always(found)] == []


@pytest.mark.parametrize(("stage", "breaks", "said"), BROKEN, ids=[f"{n}" for n in range(len(BROKEN))])
def test_a_broken_law_is_said(
    stage: str, breaks: Callable[[Rows], Rows], said: str, true_rows: Mapping[str, Rows]
) -> None:
    """One change to the rows, and the law that forbids it."""
    assert any(sentence.startswith(said) for sentence in always(breaks(true_rows[stage])))


def test_every_law_is_broken_once() -> None:
    """None was forgotten above."""
    assert all(any(sentence.startswith(said) for _, _, said in BROKEN) for sentence in ALWAYS)
