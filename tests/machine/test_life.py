"""Whatever people do, in whatever order, and wherever the process crashes: the laws hold, and the stores agree.

HYPOTHESIS_PROFILE=ci (the default) walks some dozens of lives; `long` is for a night. A life that
breaks a law is printed as the few steps that it takes.
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from typing_extensions import override

from entractes_auth.auth import Deliver
from entractes_auth.flows import expiry, outbox
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Channel, Kind, State, Step
from entractes_auth.testing.faults import Moment
from tests.machine import applying, membership, reviewing
from tests.machine.natural import brings, delivers_all, goes_on
from tests.machine.people import SOON, Person, Typed, Upload
from tests.machine.post import Mood
from tests.machine.shelves import MemoryShelf, SqliteShelf, prepared_database
from tests.machine.town import Plan, Town
from tests.machine.world import World

# Every second act is to crash: at one of its port calls or, with inline delivery, in those that follow.
CRASHES: st.SearchStrategy[Plan | None] = st.one_of(
    st.none(), st.builds(Plan, st.integers(1, 7), st.sampled_from(Moment))
)
STARTS = st.sampled_from([State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.APPROVED])
PAUSES = st.sampled_from([timedelta(minutes=11), timedelta(hours=1), timedelta(days=1), timedelta(days=31)])
RARELY = st.sampled_from([False, False, True])
REVIEWERS = st.sampled_from(reviewing.REVIEWERS)
MOODS = st.sampled_from([Mood.WORKS, *Mood])
PLACES = st.integers(0, 2)
TYPED = st.sampled_from(Typed)
AGES = st.integers(0, 1)
PASSWORDS = st.sampled_from(membership.Password)
# Who acts, and in which state they should be for it to make sense; None: whoever they are.
WHO = st.integers(0, 4)
APPLICANTS = st.sampled_from([State.DRAFT, State.SUBMITTED, State.SUBMITTED, State.NEEDS_INFORMATION, None])
CANDIDATES = st.sampled_from([State.IN_REVIEW, State.IN_REVIEW, State.IN_REVIEW, State.SUBMITTED, None])
MEMBERS = st.sampled_from([State.APPROVED, State.APPROVED, State.APPROVED, None])

Act = Callable[..., object]


def _act(act: Act, **choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Act]:
    return st.builds(partial, st.just(act), **choices)


def _acts(*acts: st.SearchStrategy[Act]) -> st.SearchStrategy[list[tuple[Act, Plan | None]]]:
    """Some of these acts, one after the other, and where each crashes."""
    return st.lists(st.tuples(st.one_of(*acts), CRASHES), min_size=1, max_size=4)


APPLICANT_ACTS = _acts(
    _act(applying.saves, step=st.sampled_from(Step), variant=st.integers(0, 3)),
    _act(applying.attaches, upload=st.sampled_from(Upload)),
    _act(applying.detaches, place=PLACES),
    _act(applying.comes_back),
    _act(applying.submits),
    _act(applying.amends),
    _act(applying.withdraws),
    _act(applying.restarts),
    _act(applying.resends, age=AGES, patient=st.booleans()),
    _act(applying.confirms, typed=TYPED, age=AGES),
    _act(applying.mistypes, typed=TYPED, place=PLACES),
)
REVIEWER_ACTS = _acts(
    _act(reviewing.claims),
    _act(reviewing.releases),
    _act(reviewing.looks),
    _act(reviewing.notes),
    _act(reviewing.rejects),
    _act(reviewing.approves),
    _act(reviewing.asks, steps=st.frozensets(st.sampled_from(Step)), document=st.booleans()),
)
MEMBER_ACTS = _acts(
    _act(membership.signs_in, which=PASSWORDS),
    _act(membership.asks_for_code, channel=st.sampled_from(Channel), patient=st.booleans()),
    _act(membership.verifies, typed=TYPED),
    _act(membership.mistypes, typed=TYPED, place=PLACES),
    _act(membership.forgets_the_password),
    _act(membership.asks_for_recovery, age=AGES),
    _act(membership.recovers, typed=TYPED, age=AGES),
    _act(membership.gets_a_new_password, typed=TYPED, place=PLACES),
)


class Life(RuleBasedStateMachine):
    """All flows, in any order, on a memory store and on a SQLite file."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="life-"))
        self._people: list[Person] = []

    @initialize(deliver=st.sampled_from(["relay", "inline"]), starts=st.tuples(STARTS, STARTS))
    def opens(self, deliver: Deliver, starts: tuple[State, State]) -> None:
        """The platform opens; two people come, and get as far as they got."""
        database = prepared_database(_template(), self._folder)
        self.town = Town(World(MemoryShelf(), deliver), World(SqliteShelf(database), deliver))
        for start in starts:
            self.begins(Kind.PROFESSIONAL, None)
            self._one_of(-1, start)

    @precondition(lambda self: len(self._people) < 4)
    @rule(kind=st.sampled_from(Kind), crash=CRASHES)
    def begins(self, kind: Kind, crash: Plan | None) -> None:
        person = applying.begins(self.town, len(self._people), kind, crash)
        self._people += [] if person is None else [person]

    @rule(who=WHO, crashes=st.lists(CRASHES, min_size=1, max_size=12))
    def goes_on(self, who: int, crashes: list[Plan | None]) -> None:
        """What comes next, naturally."""
        person = self._one_of(who, None)
        for crash in crashes:
            before, state = self.town.now, person.registration(self.town).state
            goes_on(self.town, person, crash)
            if person.registration(self.town).state is State.IN_REVIEW is not state:
                break  # reviewers have other ideas, too
            if crash is None and self.town.now == before:
                self.town.pass_time(SOON)  # nothing to do but to wait
                break

    @rule(who=WHO, state=APPLICANTS, acts=APPLICANT_ACTS)
    def applies(self, who: int, state: State | None, acts: list[tuple[Act, Plan | None]]) -> None:
        person = self._one_of(who, state)
        for act, crash in acts:
            act(self.town, person, crash=crash)

    @rule(reviewer=REVIEWERS, who=WHO, state=CANDIDATES, acts=REVIEWER_ACTS)
    def reviews(
        self, reviewer: Reviewer, who: int, state: State | None, acts: list[tuple[Act, Plan | None]]
    ) -> None:
        person = self._one_of(who, state)
        for act, crash in acts:
            act(self.town, reviewer, person, crash=crash)

    @rule(who=WHO, state=MEMBERS, acts=MEMBER_ACTS)
    def enters(self, who: int, state: State | None, acts: list[tuple[Act, Plan | None]]) -> None:
        person = self._one_of(who, state)
        for act, crash in acts:
            act(self.town, person, crash=crash)

    @rule(by=PAUSES, mood=MOODS, limit=st.integers(1, 8), sweeps=RARELY, crash=CRASHES)
    def time_passes(self, by: timedelta, mood: Mood, limit: int, sweeps: bool, crash: Plan | None) -> None:
        """The carriers keep their mood until the next time; no process lives for a whole day."""
        self.town.pass_time(by)
        if by >= timedelta(days=1):
            self.town.restart()
        self.town.carriers_are(mood)
        self.town.run(lambda: outbox.deliver(limit=limit), crash=crash)
        if sweeps:
            self._sweep(crash)

    def _one_of(self, who: int, state: State | None) -> Person:
        """Somebody in this state; where there is nobody, somebody goes on until the state is reached, if it can be."""
        fitting = [p for p in self._people if p.registration(self.town).state is state]
        person = (fitting or self._people)[who % len(fitting or self._people)]
        if state is not None and not fitting:
            brings(self.town, person, state)
        if state is not None and who % 2:
            self.town.run(lambda: outbox.deliver())
        return person

    def _sweep(self, crash: Plan | None) -> None:
        self.town.check_secrecy()
        if self.town.run(lambda: expiry.expire(), crash=crash).value is not None:
            self.town.check_erasure()

    @override
    def teardown(self) -> None:
        """A life that broke no law until here: all its messages must find their end, and no secret may stay."""
        try:
            if sys.exc_info()[0] is None and self._people:
                delivers_all(self.town)
                self.town.restart()
        finally:
            for world in self.town.worlds if self._people else ():
                world.shelf.close()
            shutil.rmtree(self._folder)


@cache
def _template() -> Path:
    """Where the empty database lies, of which each life has a copy."""
    folder = tempfile.mkdtemp(prefix="life-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder) / "empty.db"


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=max(settings().max_examples // 5, 1),  # a life is some hundred flows
    stateful_step_count=30,
)
