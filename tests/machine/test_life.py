"""Whatever people do, in whatever order, and wherever the process crashes: the laws hold, and the stores agree.

HYPOTHESIS_PROFILE=ci (the default) walks some dozens of lives; `long` is for a night. A life that
breaks a law is printed as the few steps that it takes.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from typing_extensions import override

from entractes_auth.auth import Deliver
from entractes_auth.flows import confirmation, expiry, outbox, registration, review
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.kinds import Channel, Kind, MessageState, Step
from entractes_auth.testing.faults import Moment
from tests.machine import applying, membership, reviewing
from tests.machine.natural import goes_on
from tests.machine.people import PDF, SOON, Person, Typed
from tests.machine.post import Mood
from tests.machine.shelves import MemoryShelf, SqliteShelf, prepared_database
from tests.machine.town import Plan, Town
from tests.machine.world import World

PEOPLE: Bundle[Person] = Bundle("people")
# One flow in four crashes, at one of its first port calls or, with inline delivery, in what follows them.
CRASHES: st.SearchStrategy[Plan | None] = st.one_of(
    st.none(),
    st.none(),
    st.none(),
    st.builds(Plan, st.integers(1, 9), st.sampled_from(Moment)),
)
REVIEWERS = st.sampled_from(reviewing.REVIEWERS)
TYPED = st.sampled_from(Typed)
AGES = st.integers(0, 1)
PAUSES = st.sampled_from(
    [timedelta(seconds=31), timedelta(minutes=11), timedelta(hours=1), timedelta(days=1), timedelta(days=31)]
)


class Life(RuleBasedStateMachine):
    """All flows, in any order, on a memory store and on a SQLite file."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="life-"))
        self._born = 0

    @initialize(target=PEOPLE, deliver=st.sampled_from(["relay", "inline"]), kind=st.sampled_from(Kind))
    def opens(self, deliver: Deliver, kind: Kind) -> Person:
        """The platform opens; somebody comes."""
        database = prepared_database(_TEMPLATE, self._folder)
        self.town = Town(World(MemoryShelf(), deliver), World(SqliteShelf(database), deliver))
        person = applying.begins(self.town, self._born, kind)
        assert person is not None
        return person

    # ------------------------------------------------------------ applicants

    @rule(target=PEOPLE, kind=st.sampled_from(Kind), crash=CRASHES)
    def begins(self, kind: Kind, crash: Plan | None) -> Any:
        self._born += 1
        person = applying.begins(self.town, self._born, kind, crash)
        return multiple() if person is None else person

    @rule(person=PEOPLE, times=st.integers(1, 8), crash=CRASHES)
    def goes_on(self, person: Person, times: int, crash: Plan | None) -> None:
        """What comes next, naturally: so that lives get far enough to be worth disturbing."""
        for _ in range(times - 1):
            goes_on(self.town, person)
        goes_on(self.town, person, crash)

    @rule(person=PEOPLE, step=st.sampled_from(Step), variant=st.integers(0, 3), crash=CRASHES)
    def saves(self, person: Person, step: Step, variant: int, crash: Plan | None) -> None:
        applying.saves(self.town, person, step, variant, crash)

    @rule(person=PEOPLE, content=st.sampled_from([PDF, b"", b"MZ" * 9, PDF + b"\n" * 1024]), crash=CRASHES)
    def attaches(self, person: Person, content: bytes, crash: Plan | None) -> None:
        applying.attaches(self.town, person, content, crash)

    @rule(person=PEOPLE, place=st.integers(0, 2), crash=CRASHES)
    def detaches(self, person: Person, place: int, crash: Plan | None) -> None:
        applying.detaches(self.town, person, place, crash)

    @rule(person=PEOPLE, crash=CRASHES)
    def submits(self, person: Person, crash: Plan | None) -> None:
        applying.submits(self.town, person, crash)

    @rule(person=PEOPLE, crash=CRASHES)
    def amends(self, person: Person, crash: Plan | None) -> None:
        applying.amends(self.town, person, crash)

    @rule(person=PEOPLE, crash=CRASHES)
    def withdraws(self, person: Person, crash: Plan | None) -> None:
        applying.withdraws(self.town, person, crash)

    @rule(person=PEOPLE)
    def comes_back(self, person: Person) -> None:
        assert self.town.run(lambda: registration.resume(person.link)).value is not None

    # ------------------------------------------------------------ both contacts

    @rule(person=PEOPLE, age=AGES, crash=CRASHES)
    def resends(self, person: Person, age: int, crash: Plan | None) -> None:
        applying.resends(self.town, person, age, crash)

    @rule(person=PEOPLE, crash=CRASHES)
    def restarts(self, person: Person, crash: Plan | None) -> None:
        applying.restarts(self.town, person, crash)

    @rule(person=PEOPLE, typed=TYPED, age=AGES, crash=CRASHES)
    def confirms(self, person: Person, typed: Typed, age: int, crash: Plan | None) -> None:
        applying.confirms(self.town, person, typed, age, crash)

    @rule(person=PEOPLE)
    def opens_a_wrong_link(self, person: Person) -> None:
        for wrong in (person.link, "k1.0", person.link.reveal()[:-1]):
            assert self.town.run(lambda wrong=wrong: confirmation.open(wrong)).value is None

    # ------------------------------------------------------------ reviewers

    @rule(who=REVIEWERS, person=PEOPLE, crash=CRASHES)
    def claims(self, who: Reviewer, person: Person, crash: Plan | None) -> None:
        reviewing.claims(self.town, who, person, crash)

    @rule(who=REVIEWERS, person=PEOPLE, crash=CRASHES)
    def releases(self, who: Reviewer, person: Person, crash: Plan | None) -> None:
        reviewing.releases(self.town, who, person, crash)

    @rule(who=REVIEWERS, person=PEOPLE, crash=CRASHES)
    def looks_and_notes(self, who: Reviewer, person: Person, crash: Plan | None) -> None:
        reviewing.looks(self.town, who, person, crash)
        reviewing.notes(self.town, who, person, crash)

    @rule(who=REVIEWERS, person=PEOPLE, crash=CRASHES)
    def rejects(self, who: Reviewer, person: Person, crash: Plan | None) -> None:
        reviewing.rejects(self.town, who, person, crash)

    @rule(
        who=REVIEWERS,
        person=PEOPLE,
        steps=st.frozensets(st.sampled_from(Step)),
        document=st.booleans(),
        crash=CRASHES,
    )
    def asks(
        self, who: Reviewer, person: Person, steps: frozenset[Step], document: bool, crash: Plan | None
    ) -> None:
        reviewing.asks(self.town, who, person, steps, document, crash)

    @rule(who=REVIEWERS, person=PEOPLE, crash=CRASHES)
    def approves(self, who: Reviewer, person: Person, crash: Plan | None) -> None:
        reviewing.approves(self.town, who, person, crash)

    # ------------------------------------------------------------ members

    @rule(person=PEOPLE, which=st.sampled_from(membership.Password), crash=CRASHES)
    def signs_in(self, person: Person, which: membership.Password, crash: Plan | None) -> None:
        membership.signs_in(self.town, person, which, crash)

    @rule(person=PEOPLE, channel=st.sampled_from(Channel), crash=CRASHES)
    def asks_for_code(self, person: Person, channel: Channel, crash: Plan | None) -> None:
        membership.asks_for_code(self.town, person, channel, crash)

    @rule(person=PEOPLE, typed=TYPED, crash=CRASHES)
    def verifies(self, person: Person, typed: Typed, crash: Plan | None) -> None:
        membership.verifies(self.town, person, typed, crash)

    @rule(person=PEOPLE, crash=CRASHES)
    def forgets_the_password(self, person: Person, crash: Plan | None) -> None:
        contacts = person.registration(self.town).contacts
        membership.starts_recovery(self.town, contacts.email if contacts else "nobody@example.fr", crash)

    @rule(person=PEOPLE, age=AGES, crash=CRASHES)
    def asks_for_recovery(self, person: Person, age: int, crash: Plan | None) -> None:
        membership.asks_for_recovery(self.town, person, age, crash)

    @rule(person=PEOPLE, typed=TYPED, age=AGES, crash=CRASHES)
    def recovers(self, person: Person, typed: Typed, age: int, crash: Plan | None) -> None:
        membership.recovers(self.town, person, typed, age, crash)

    # ------------------------------------------------------------ the platform

    @rule(by=PAUSES)
    def time_passes(self, by: timedelta) -> None:
        self.town.pass_time(by)

    @rule(mood=st.sampled_from(Mood), limit=st.integers(1, 8), crash=CRASHES)
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

    @rule()
    def process_restarts(self) -> None:
        self.town.restart()

    @invariant()
    def laws_hold(self) -> None:
        """After each flow, by `Town.run`; and once more when only time passed."""
        if hasattr(self, "town"):
            self.town.check()

    @override
    def teardown(self) -> None:
        try:
            if hasattr(self, "town"):
                self._deliver_all()
                self.town.check_secrecy()
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
