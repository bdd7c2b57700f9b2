"""Identifiers when five digits are nearly used up: the round trips to the store that finding one takes.

A round trip is a look at candidates, or the commit that takes one; reading the registration is not counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from benchmarks.port_calls import Calls, Counted
from benchmarks.scale.homes import Make
from benchmarks.scale.loading import load_queue
from benchmarks.scale.people import People, id_of, policy
from benchmarks.scale.sites import auth_on
from benchmarks.spread import Spread
from entractes_auth import Auth
from entractes_auth.backends.store import Store
from entractes_auth.errors import NotPossibleNow
from entractes_auth.flows import review
from entractes_auth.testing import scenario

__all__ = ["LEVELS", "Level", "show"]

DIGITS: Final = 5
SPACE: Final = 10**DIGITS
AIM: Final = 2
_TRIPS: Final = frozenset({"free_identifiers", "commit"})


@dataclass(frozen=True, slots=True)
class Level:
    """So many hundredths of the space are in use, and this is the policy's rule for when all are."""

    percent: int
    when_full: Literal["widen", "refuse"]

    @property
    def people(self) -> People:
        """Members with these identifiers, and enough people to approve."""
        return People(SPACE * self.percent // 100, digits=DIGITS, page=1)


LEVELS: Final = (
    Level(50, "widen"),
    Level(90, "widen"),
    Level(99, "widen"),
    Level(100, "widen"),
    Level(100, "refuse"),
)


@dataclass(slots=True)
class Approvals:
    """What became of them: the round trips of each, the digits of the identifiers, the milliseconds."""

    trips: list[int] = field(default_factory=list[int])
    digits: Counter[str] = field(default_factory=Counter[str])
    wall: list[float] = field(default_factory=list[float])

    def show(self, level: Level) -> bool:
        """Print them; whether none took more round trips than it may."""
        above = sum(trips > AIM for trips in self.trips)
        given = ", ".join(f"{count} {what}" for what, count in sorted(self.digits.items()))
        print(
            f"    {level.percent:3} % full, {level.when_full:6}: {given}; round trips: median "
            f"{Spread.of(self.trips).median:.0f}, most {max(self.trips)}, above {AIM} in {above}: "
            f"{'not met' if above else 'met'}; wall {Spread.of(self.wall).median:.1f} ms"
        )
        return not above


def show(make: Make, levels: Sequence[Level], approvals: int) -> bool:
    """Approve so many registrations at each level, and print what it took; whether the aim was met."""
    kept = True
    for level in levels:
        home = make(f"allocation_{level.percent}_{level.when_full}")
        load_queue(home, level.people)
        calls = Calls()
        store = cast("Store", Counted("store", home.store, calls))
        auth = auth_on(store, policy(DIGITS, level.when_full))
        found = Approvals()
        for number in level.people.queue[:approvals]:
            calls.of.clear()
            began = time.perf_counter()
            found.digits[_approve(auth, number)] += 1
            found.wall.append((time.perf_counter() - began) * 1000)
            found.trips.append(sum(count for (_, name), count in calls.of.items() if name in _TRIPS))
        kept = found.show(level) and kept
        home.end()
    return kept


def _approve(auth: Auth, number: int) -> str:
    try:
        issued = auth.run(review.approve(scenario.REVIEWER, id_of("registration", number)))
    except NotPossibleNow:
        return "refused"
    return f"of {len(issued.identifier)} digits"
