"""Whatever people do, in whatever order, and wherever the process crashes: the laws hold, and the stores agree.

HYPOTHESIS_PROFILE=ci (the default) walks some dozens of lives; `long` is for a night. A life that
breaks a law is printed as the few steps that it takes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule
from typing_extensions import override

from entractes_auth.auth import Deliver
from entractes_auth.flows import expiry, outbox
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Channel, Kind, MessageState, State, Step
from entractes_auth.testing.faults import Moment
from tests.machine import applying, membership, reviewing
from tests.machine.natural import goes_on
from tests.machine.people import SOON, Person, Typed, Upload
from tests.machine.post import Mood
from tests.machine.shelves import MemoryShelf, SqliteShelf, prepared_database
from tests.machine.town import Plan, Town
from tests.machine.world import World

PEOPLE: Bundle[Person] = Bundle("people")
# Every second flow is to crash: at one of its port calls or, with inline delivery, in those that follow.
CRASHES: st.SearchStrategy[Plan | None] = st.one_of(
    st.none(), st.builds(Plan, st.integers(1, 8), st.sampled_from(Moment))
)
STARTS = st.sampled_from([State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.APPROVED])
PAUSES = st.sampled_from(
    [timedelta(seconds=31), timedelta(minutes=11), timedelta(hours=1), timedelta(days=1), timedelta(days=31)]
)
MOODS = st.sampled_from([Mood.WORKS, *Mood])
TYPED = st.sampled_from(Typed)
AGES = st.integers(0, 1)
PASSWORDS = st.sampled_from(membership.Password)


def _acts(*acts: st.SearchStrategy[Any] | Callable[..., object]) -> st.SearchStrategy[Callable[..., object]]:
    """One of these acts; those with something to choose come as strategies of partial calls."""
    return st.one_of(act if isinstance(act, st.SearchStrategy) else st.just(act) for act in acts)


def _act(act: Callable[..., object], **choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(partial, st.just(act), **choices)


APPLICANT_ACTS = _acts(
    _act(applying.saves, step=st.sampled_from(Step), variant=st.integers(0, 3)),
    _act(applying.attaches, upload=st.sampled_from(Upload)),
    _act(applying.detaches, place=st.integers(0, 2)),
    applying.comes_back,
    applying.submits,
    applying.amends,
    applying.withdraws,
    applying.restarts,
    _act(applying.resends, age=AGES),
    _act(applying.confirms, typed=TYPED, age=AGES),
    _act(applying.confirms, typed=TYPED, age=AGES),
)
REVIEWER_ACTS = _acts(
    reviewing.claims,
    reviewing.releases,
    reviewing.looks,
    reviewing.notes,
    reviewing.rejects,
    reviewing.approves,
    _act(reviewing.asks, steps=st.frozensets(st.sampled_from(Step)), document=st.booleans()),
)
MEMBER_ACTS = _acts(
    _act(membership.signs_in, which=PASSWORDS),
    _act(membership.asks_for_code, channel=st.sampled_from(Channel)),
    _act(membership.verifies, typed=TYPED),
    membership.forgets_the_password,
    _act(membership.asks_for_recovery, age=AGES),
    _act(membership.recovers, typed=TYPED, age=AGES),
)


def _there_is_room(life: Any) -> bool:
    return len(life.town.now.registrations) < 5


def _somebody_waits(life: Any) -> bool:
    return any(r.state is State.IN_REVIEW for r in life.town.now.registrations.values())


def _there_are_members(life: Any) -> bool:
    return bool(life.town.now.accounts)


class Life(RuleBasedStateMachine):
    """All flows, in any order, on a memory store and on a SQLite file."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="life-"))
        self._born = 0

    @initialize(
        target=PEOPLE,
        deliver=st.sampled_from(["relay", "inline"]),
        kinds=st.tuples(st.sampled_from(Kind), st.sampled_from(Kind)),
        starts=st.tuples(STARTS, STARTS),
    )
    def opens(self, deliver: Deliver, kinds: tuple[Kind, Kind], starts: tuple[State, State]) -> Any:
        """The platform opens; two people come, and get as far as they got."""
        database = prepared_database(_TEMPLATE, self._folder)
        self.town = Town(World(MemoryShelf(), deliver), World(SqliteShelf(database), deliver))
        people = [self._comes(kind, start) for kind, start in zip(kinds, starts, strict=True)]
        return multiple(*people)

    def _comes(self, kind: Kind, start: State) -> Person:
        self._born += 1
        person = applying.begins(self.town, self._born, kind)
        assert person is not None
        while person.registration(self.town).state is not start:
            goes_on(self.town, person)
        return person

    @precondition(_there_is_room)
    @rule(target=PEOPLE, kind=st.sampled_from(Kind), crash=CRASHES)
    def begins(self, kind: Kind, crash: Plan | None) -> Any:
        self._born += 1
        person = applying.begins(self.town, self._born, kind, crash)
        return multiple() if person is None else person

    @rule(person=PEOPLE, crashes=st.lists(CRASHES, min_size=1, max_size=12))
    def goes_on(self, person: Person, crashes: list[Plan | None]) -> None:
        """What comes next, naturally: so that lives get far enough to be worth disturbing."""
        for crash in crashes:
            before, state = self.town.now, person.registration(self.town).state
            goes_on(self.town, person, crash)
            if person.registration(self.town).state is State.IN_REVIEW is not state:
                break  # reviewers have other ideas, too
            if crash is None and self.town.now == before:
                self.town.pass_time(SOON)  # nothing to do but to wait
                break

    @rule(person=PEOPLE, act=APPLICANT_ACTS, crash=CRASHES)
    def applies(self, person: Person, act: Callable[..., object], crash: Plan | None) -> None:
        act(self.town, person, crash=crash)

    @precondition(_somebody_waits)
    @rule(who=st.sampled_from(reviewing.REVIEWERS), person=PEOPLE, act=REVIEWER_ACTS, crash=CRASHES)
    def reviews(
        self, who: Reviewer, person: Person, act: Callable[..., object], crash: Plan | None
    ) -> None:
        act(self.town, who, person, crash=crash)

    @precondition(_there_are_members)
    @rule(person=PEOPLE, act=MEMBER_ACTS, crash=CRASHES)
    def enters(self, person: Person, act: Callable[..., object], crash: Plan | None) -> None:
        act(self.town, person, crash=crash)

    @rule(by=PAUSES, mood=MOODS, limit=st.integers(1, 8), sweeps=st.booleans(), crash=CRASHES)
    def time_passes(self, by: timedelta, mood: Mood, limit: int, sweeps: bool, crash: Plan | None) -> None:
        """The carriers keep their mood until the next time; no process lives for a whole day."""
        self.town.pass_time(by)
        if by >= timedelta(days=1):
            self.town.restart()
        for world in self.town.worlds:
            world.carrier.mood = mood
        self.town.run(lambda: outbox.deliver(limit=limit), crash=crash)
        if sweeps:
            self._sweep(crash)

    def _sweep(self, crash: Plan | None) -> None:
        self.town.check_secrecy()
        if self.town.run(lambda: expiry.expire(), crash=crash).value is not None:
            self.town.check_erasure()

    @override
    def teardown(self) -> None:
        try:
            if hasattr(self, "town"):
                self._deliver_all()
                self.town.restart()
        finally:
            for world in self.town.worlds if hasattr(self, "town") else ():
                world.shelf.close()
            shutil.rmtree(self._folder)

    def _deliver_all(self) -> None:
        """A relay that works again delivers all that is in time, and the rest is seen to be dead."""
        for world in self.town.worlds:
            world.carrier.mood = Mood.WORKS
        waiting = [m.message for m in self.town.now.messages.values() if m.state is MessageState.QUEUED]
        self.town.pass_time(SOON)
        in_time = {message.id for message in waiting if message.deadline > self.town.now.at}
        self.town.run(lambda: outbox.deliver(limit=10_000))
        states = {id_: m.state for id_, m in self.town.now.messages.items()}
        assert MessageState.QUEUED not in states.values(), "a message is neither delivered nor dead"
        assert all(states[id_] is MessageState.SENT for id_ in in_time), "a message in time was not delivered"
        dead = reviewing.finds_dead_letters(self.town)
        assert dead == {id_ for id_, state in states.items() if state is MessageState.DEAD}


_TEMPLATE = Path(tempfile.mkdtemp(prefix="life-")) / "empty.db"

TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=max(settings().max_examples // 4, 1),
    stateful_step_count=50,
)
