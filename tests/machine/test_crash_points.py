"""A crash before or after any port call of any flow loses nothing, grants nothing, and leaves nothing half-written.

After each crash the person does it again, as people do, and goes on living, to the first
sign-in. The laws are checked after every flow of that life.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from entractes_auth.testing.faults import Moment
from tests.machine.natural import lives_on
from tests.machine.scenarios import SCENARIOS, Scenario
from tests.machine.shelves import MemoryShelf, SqliteShelf, prepared_database
from tests.machine.town import Plan, Town
from tests.machine.world import World

# After any other call the file is as it was before it: a crash there is one of the memory store's.
_WRITES: Final = frozenset({"store.spend", "store.commit", "store.lease", "store.settle", "store.purge"})

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@each_scenario
def test_a_crash_at_any_call_on_the_memory_store(scenario: Scenario) -> None:
    """Before and after each call."""
    points = 0
    for number in count(1):
        for moment in Moment:
            town = Town(World(MemoryShelf(), "inline"))
            if not _crashes_and_lives_on(town, scenario, Plan(number, moment)):
                assert points >= 2, "the flow has no port call"
                return
            points += 1


@each_scenario
def test_a_crash_after_any_write_on_sqlite(scenario: Scenario, tmp_path: Path) -> None:
    """After each call that writes; beside it a memory store, which must show the same."""
    calls = _calls(scenario)
    for number, call in enumerate(calls, 1):
        if call in _WRITES:
            with _twins(tmp_path) as town:
                assert _crashes_and_lives_on(town, scenario, Plan(number, Moment.AFTER))
                town.restart()
                town.check()


def _crashes_and_lives_on(town: Town, scenario: Scenario, crash: Plan) -> bool:
    """False when the flow has no such call."""
    person = scenario.reach(town)
    assert not scenario.done(town, person)
    scenario.act(town, person, crash)
    crashed = town.crashes > 0
    scenario.act(town, person, None)
    assert scenario.done(town, person), "done again after the crash, and still not done"
    if crash.moment is Moment.BEFORE:
        return (
            crashed  # at rest is what was there after the call before it, and that life is lived to its end
        )
    signed_in = lives_on(town, person)
    account = person.account(town)
    assert account is not None
    assert signed_in.account_id == account.id
    return crashed


def _calls(scenario: Scenario) -> tuple[str, ...]:
    """The port calls of the flow when all goes well."""
    town = Town(World(MemoryShelf(), "inline"))
    person = scenario.reach(town)
    scenario.act(town, person, Plan(1000, Moment.AFTER))
    return town.calls


@contextmanager
def _twins(folder: Path) -> Generator[Town]:
    database = prepared_database(folder / "empty.db", folder)
    town = Town(World(MemoryShelf(), "inline"), World(SqliteShelf(database), "inline"))
    try:
        yield town
    finally:
        for world in town.worlds:
            world.shelf.close()
