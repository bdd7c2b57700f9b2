"""Whatever people do, in whatever order, and wherever the process crashes: the laws hold, and the stores agree.

HYPOTHESIS_PROFILE=ci (the default) walks some dozens of lives; `long` is for a night. A life that
breaks a law is printed as the few steps that it takes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule
from typing_extensions import override

from entractes_auth.auth import Deliver
from entractes_auth.flows import confirmation, expiry, outbox, registration, review
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Channel, Kind, MessageState, State, Step
from entractes_auth.testing.faults import Moment
from tests.machine import applying, membership, reviewing
from tests.machine.natural import goes_on
from tests.machine.people import PDF, SOON, Person, Typed
from tests.machine.post import Mood
from tests.machine.shelves import MemoryShelf, SqliteShelf, prepared_database
from tests.machine.town import Plan, Town
from tests.machine.world import World

PEOPLE: Bundle[Person] = Bundle("people")
# Many flows crash: at one of their port calls or, with inline delivery, in those that follow.
CRASHES: st.SearchStrategy[Plan | None] = st.one_of(
    st.none(), st.builds(Plan, st.integers(1, 8), st.sampled_from(Moment))
)
REVIEWERS = st.sampled_from(reviewing.REVIEWERS)
APPLICANT_ACTS = st.sampled_from(
    [
        applying.submits,
        applying.submits,
        applying.amends,
        applying.withdraws,
        applying.restarts,
        applying.resends,
        applying.resends,
    ]
)
REVIEWER_ACTS = st.sampled_from(
    [
        reviewing.claims,
        reviewing.releases,
        reviewing.looks,
        reviewing.notes,
        reviewing.rejects,
        reviewing.approves,
    ]
)
DOCUMENTS = st.sampled_from([PDF, None, b"", b"MZ" * 9, PDF + b"\n" * 1024])
STEPS = st.frozensets(st.sampled_from(Step))
MOODS = st.sampled_from([Mood.WORKS, *Mood])
STARTS = st.sampled_from([State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.APPROVED])
TYPED = st.sampled_from(Typed)
AGES = st.integers(0, 1)
PAUSES = st.sampled_from(
    [timedelta(seconds=31), timedelta(minutes=11), timedelta(hours=1), timedelta(days=1), timedelta(days=31)]
)


def _links_were_sent(life: Any) -> bool:
    return bool(life.town.letters)


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

    # ------------------------------------------------------------ applicants

    @rule(target=PEOPLE, kind=st.sampled_from(Kind), crash=CRASHES)
    def begins(self, kind: Kind, crash: Plan | None) -> Any:
        self._born += 1
        person = applying.begins(self.town, self._born, kind, crash)
        return multiple() if person is None else person

    @rule(person=PEOPLE, crashes=st.lists(CRASHES, min_size=1, max_size=12))
    def goes_on(self, person: Person, crashes: list[Plan | None]) -> None:
        """What comes next, naturally: so that lives get far enough to be worth disturbing."""
        before = person.registration(self.town).state
        for crash in crashes:
            goes_on(self.town, person, crash)
            if person.registration(self.town).state is State.IN_REVIEW is not before:
                break  # reviewers have other ideas, too

    @rule(person=PEOPLE, step=st.sampled_from(Step), variant=st.integers(0, 3), crash=CRASHES)
    def saves(self, person: Person, step: Step, variant: int, crash: Plan | None) -> None:
        applying.saves(self.town, person, step, variant, crash)

    @rule(person=PEOPLE, content=DOCUMENTS, place=st.integers(0, 2), crash=CRASHES)
    def changes_documents(self, person: Person, content: bytes | None, place: int, crash: Plan | None) -> None:
        if content is None:
            applying.detaches(self.town, person, place, crash)
        else:
            applying.attaches(self.town, person, content, crash)

    @rule(person=PEOPLE, act=APPLICANT_ACTS, crash=CRASHES)
    def decides(self, person: Person, act: Callable[..., None], crash: Plan | None) -> None:
        act(self.town, person, crash=crash)

    @precondition(_links_were_sent)
    @rule(person=PEOPLE, typed=TYPED, age=AGES, crash=CRASHES)
    def confirms(self, person: Person, typed: Typed, age: int, crash: Plan | None) -> None:
        applying.confirms(self.town, person, typed, age, crash)

    @rule(person=PEOPLE)
    def comes_back(self, person: Person) -> None:
        """The own link opens, always; what is not a link for the code's page never does."""
        assert self.town.run(lambda: registration.resume(person.link)).value is not None
        for wrong in (person.link, "k1.0", person.link.reveal()[:-1]):
            assert self.town.run(lambda wrong=wrong: confirmation.open(wrong)).value is None

    # ------------------------------------------------------------ reviewers

    @precondition(_somebody_waits)
    @rule(who=REVIEWERS, person=PEOPLE, act=REVIEWER_ACTS, crash=CRASHES)
    def reviews(
        self, who: Reviewer, person: Person, act: Callable[..., object], crash: Plan | None
    ) -> None:
        act(self.town, who, person, crash=crash)

    @precondition(_somebody_waits)
    @rule(who=REVIEWERS, person=PEOPLE, steps=STEPS, document=st.booleans(), crash=CRASHES)
    def asks(
        self, who: Reviewer, person: Person, steps: frozenset[Step], document: bool, crash: Plan | None
    ) -> None:
        reviewing.asks(self.town, who, person, steps, document, crash)

    # ------------------------------------------------------------ members

    @precondition(_there_are_members)
    @rule(person=PEOPLE, which=st.sampled_from(membership.Password), crash=CRASHES)
    def signs_in(self, person: Person, which: membership.Password, crash: Plan | None) -> None:
        membership.signs_in(self.town, person, which, crash)

    @precondition(_there_are_members)
    @rule(person=PEOPLE, channel=st.sampled_from(Channel), crash=CRASHES)
    def asks_for_code(self, person: Person, channel: Channel, crash: Plan | None) -> None:
        membership.asks_for_code(self.town, person, channel, crash)

    @precondition(_there_are_members)
    @rule(person=PEOPLE, typed=TYPED, crash=CRASHES)
    def verifies(self, person: Person, typed: Typed, crash: Plan | None) -> None:
        membership.verifies(self.town, person, typed, crash)

    @precondition(_there_are_members)
    @rule(person=PEOPLE, crash=CRASHES)
    def forgets_the_password(self, person: Person, crash: Plan | None) -> None:
        contacts = person.registration(self.town).contacts
        membership.starts_recovery(self.town, contacts.email if contacts else "nobody@example.fr", crash)

    @precondition(_there_are_members)
    @rule(person=PEOPLE, typed=TYPED, age=AGES, crash=CRASHES)
    def recovers(self, person: Person, typed: Typed, age: int, crash: Plan | None) -> None:
        membership.asks_for_recovery(self.town, person, age, crash)
        membership.recovers(self.town, person, typed, age, crash)

    # ------------------------------------------------------------ the platform

    @rule(by=PAUSES)
    def time_passes(self, by: timedelta) -> None:
        """No process lives for a whole day."""
        self.town.pass_time(by)
        if by >= timedelta(days=1):
            self.town.restart()

    @rule(mood=MOODS, limit=st.integers(1, 8), crash=CRASHES)
    def relay_runs(self, mood: Mood, limit: int, crash: Plan | None) -> None:
        """The carriers keep this mood until the next run: inline delivery meets it too."""
        for world in self.town.worlds:
            world.carrier.mood = mood
        self.town.run(lambda: outbox.deliver(limit=limit), crash=crash)

    @rule(crash=CRASHES)
    def sweeps(self, crash: Plan | None) -> None:
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
        dead = self.town.run(lambda: review.dead_letters(reviewing.REVIEWERS[0], limit=10_000)).value
        assert dead is not None
        assert {m.message.id for m in dead.rows} == {
            id_ for id_, state in states.items() if state is MessageState.DEAD
        }


_TEMPLATE = Path(tempfile.mkdtemp(prefix="life-")) / "empty.db"

TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=max(settings().max_examples // 4, 1),
    stateful_step_count=50,
)
