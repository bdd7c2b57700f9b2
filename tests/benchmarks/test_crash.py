"""The crash harness runs every flow, is silent about a good store, and finds what is planted in a bad one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from benchmarks.crash.campaign import Campaign, Result, spread
from benchmarks.crash.homes import SqliteHomes
from benchmarks.crash.laws import carried_twice
from benchmarks.crash.points import Call, Moment, Point, points_of
from benchmarks.crash.rig import Opener
from benchmarks.crash.trials import TRIALS, left_out, public_flows
from benchmarks.crash.victim import Recording
from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from tests.benchmarks.planted import forgetful, two_transactions


class AsyncTwoTransactions(AsyncSqlStore):
    """Commits the records first, and then, in another transaction, what goes with them."""

    @override
    async def commit(self, batch: Batch) -> Committed:
        await super().commit(replace(batch, messages=(), events=()))
        return await super().commit(Batch(at=batch.at, messages=batch.messages, events=batch.events))


def campaign(folder: Path, name: str, opener: Opener) -> Result:
    """One trial on SQLite, at each of its points."""
    trial = TRIALS[name]
    return Campaign(SqliteHomes(folder), [trial.stage]).run(trial, opener)


def test_no_public_flow_is_left_out() -> None:
    """A flow that is added later fails this, until it has a trial."""
    assert not left_out()
    assert {"registration.begin", "approval.approve", "limits.reset", "outbox.deliver"} <= set(public_flows())


@pytest.mark.parametrize("opener", [SqlStore, AsyncSqlStore])
def test_a_good_store_is_found_good(tmp_path: Path, opener: Opener) -> None:
    """Around both calls, and after both statements of the transaction."""
    assert campaign(tmp_path, "review.note", opener) == Result(calls=2, points=6, deviations=())


@pytest.mark.parametrize("opener", [two_transactions, AsyncTwoTransactions])
def test_two_transactions_are_found(tmp_path: Path, opener: Opener) -> None:
    """Killed between the two: the record has moved, and its audit line is missing."""
    result = campaign(tmp_path, "review.note", opener)
    assert "within call 2, store.commit, after its statement 2" in "".join(result.deviations)
    assert any("rows are neither those before the call nor those after" in each for each in result.deviations)
    assert any("and a part is not" in each for each in result.deviations)


def test_an_attempt_that_comes_back_is_found(tmp_path: Path) -> None:
    """Two lives agree with one another here: the law itself is what finds it."""
    result = campaign(tmp_path, "confirmation.confirm, wrong code", forgetful)
    assert any(each.endswith("an attempt that was given out is not counted") for each in result.deviations)


def test_every_point_is_enumerated() -> None:
    """Before and after each call, and after each of its statements."""
    points = tuple(points_of((Call("store.registration", 0), Call("store.commit", 2))))
    assert points == (
        Point(1, Moment.BEFORE),
        Point(1, Moment.AFTER),
        Point(2, Moment.BEFORE),
        Point(2, Moment.WITHIN, 1),
        Point(2, Moment.WITHIN, 2),
        Point(2, Moment.AFTER),
    )


@pytest.mark.parametrize(("at_most", "chosen"), [(None, 10), (20, 10), (10, 10), (3, 3), (1, 1)])
def test_a_sample_is_spread(at_most: int | None, chosen: int) -> None:
    """Its points are different ones, in order."""
    points = spread(tuple(range(10)), at_most)
    assert len(points) == chosen
    assert sorted(set(points)) == list(points)


@pytest.mark.parametrize(
    ("point", "twice"),
    [
        (Point(2, Moment.BEFORE), 0),
        (Point(2, Moment.AFTER), 1),
        (Point(3, Moment.WITHIN, 1), 1),
        (Point(3, Moment.AFTER), 0),
    ],
)
def test_only_what_was_sent_and_not_settled_may_go_out_again(point: Point, twice: int) -> None:
    """Killed between the carrier and the store, the relay cannot know that it was sent."""
    names = ("store.lease", "messenger.send", "store.settle")
    recording = Recording("outbox.deliver", "", tuple(Call(name, 1) for name in names), ())
    assert carried_twice(recording, point) == twice
