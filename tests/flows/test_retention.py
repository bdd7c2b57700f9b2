"""What has served is erased after its period, in small batches; what somebody needs is not."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from entractes_auth import Policy, State
from entractes_auth.backends.batch import Batch, Expendable
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import InvalidInput, NotFound, StoreUnavailable
from entractes_auth.flows import expiry, login, registration, retention, review
from entractes_auth.policy import RetentionPolicy
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.registration import Registration
from entractes_auth.testing import builders, scenario
from entractes_auth.testing.faults import Crash, Faults, Moment
from tests.flows.situations import documents_of
from tests.flows.world import World, answer

pytestmark = pytest.mark.anyio

OPERATOR = scenario.REVIEWER
MOMENT = timedelta(microseconds=1)
REGISTRATIONS = (
    Expendable.WITHDRAWN_REGISTRATIONS,
    Expendable.EXPIRED_REGISTRATIONS,
    Expendable.REJECTED_REGISTRATIONS,
)


def with_periods(policy: Policy, **days: int) -> Policy:
    """The policy with other periods."""
    periods = {name: timedelta(days=each) for name, each in days.items()}
    return replace(policy, retention=replace(policy.retention, **periods))


def clocked(world: World) -> World:
    """The world with documents that are as old as its own clock says."""
    return world.again(documents=MemoryDocuments(world.clock))


async def _purge_all(world: World, limit: int = 500) -> dict[str, int]:
    """Purge until nothing is left; give what went, by name."""
    gone: dict[str, int] = {}
    for _ in range(1000):
        done = await world.run(retention.purge(OPERATOR, limit=limit))
        counts = {"documents": done.documents, **{what.value: n for what, n in done.rows.items()}}
        assert sum(counts.values()) <= limit
        for name, count in counts.items():
            gone[name] = gone.get(name, 0) + count
        if done.finished:
            return {name: count for name, count in gone.items() if count}
    raise AssertionError("the purge does not end")


async def _withdrawn(world: World, n: int = 1) -> str:
    draft = await world.run(scenario.drafted(scenario.applicant(n)))
    await world.run(registration.withdraw(draft.link))
    return draft.id


async def _rejected(world: World, n: int = 1) -> scenario.Waiting:
    return await world.run(scenario.rejected(world.inbox, scenario.applicant(n)))


class TestPeriods:
    """Each thing goes at its own time, and not a moment before."""

    async def test_each_registration_at_the_end_of_its_period(self, world: World) -> None:
        """Withdrawn, expired and rejected ones, each by its own; a rejected one loses its documents first."""
        world, rules = clocked(world), world.policy.retention
        gone, rejected = await _withdrawn(world, 1), await _rejected(world, 2)
        ages = {gone: rules.withdrawn_registrations, rejected.registration_id: rules.rejected_registrations}
        for registration_id, age in sorted(ages.items(), key=lambda each: each[1]):
            ended = (await world.registration(registration_id)).updated_at
            world.clock.advance(ended + age - MOMENT - world.clock.now())
            await _purge_all(world)
            assert await answer(world.store.registration(registration_id)) is not None
            world.clock.advance(MOMENT)
            await _purge_all(world)
            assert await answer(world.store.registration(registration_id)) is None
        assert documents_of(world) == 0

    async def test_an_expired_one_counts_from_when_it_was_swept(self, world: World) -> None:
        """What was never swept is nobody's: first it expires, then its period runs."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        world.wait(days=400)
        assert (await _purge_all(world)).keys() == {"events"}
        await world.run(expiry.expire())
        await _purge_all(world)
        assert (await world.registration(draft.id)).state is State.EXPIRED
        world.clock.advance(world.policy.retention.expired_registrations)
        await _purge_all(world)
        assert await answer(world.store.registration(draft.id)) is None

    async def test_messages_challenges_and_events_go(self, world: World) -> None:
        """After the longest of the periods nothing is left but the account and its registration."""
        member = await world.member()
        await world.run(scenario.signed_in(world.inbox, member))
        world.wait(days=400)
        gone = await _purge_all(world)
        assert gone.keys() == {"documents", "sent_messages", "challenges", "events"}
        assert [event.what for event in await world.events()] == [What.PURGED]

    @pytest.mark.parametrize("what", Expendable)
    async def test_each_kind_has_its_period_in_the_policy(self, what: Expendable, memory: World) -> None:
        """What the store may erase by age is what the policy has a value for, and nothing else."""
        names = {each.value for each in Expendable} | {"documents", "unnamed_documents"}
        assert what.value in names
        assert set(RetentionPolicy.__dataclass_fields__) == names


class TestMembers:
    """What an account needs is kept, whatever its age."""

    async def test_a_member_of_ten_years_signs_in(self, world: World) -> None:
        """Account and registration stay; of the registration only the documents go, and its date stays."""
        world = clocked(world)
        member = await world.member()
        before = await world.registration(member.registration_id)
        assert documents_of(world) == len(before.documents) == 1
        world.wait(days=3650)
        await _purge_all(world)
        kept = await world.registration(member.registration_id)
        assert kept == replace(before, documents=(), version=before.version + 1)
        assert documents_of(world) == 0
        await world.run(scenario.signed_in(world.inbox, member))
        dossier = await world.run(review.read(OPERATOR, member.registration_id))
        assert dossier.registration.state is State.APPROVED

    async def test_documents_stay_until_their_period_is_over(self, world: World) -> None:
        """A month to answer who contests the decision: until then the reviewer still reads them."""
        world = clocked(world)
        member = await world.member()
        (document,) = (await world.registration(member.registration_id)).documents
        world.clock.advance(world.policy.retention.documents - MOMENT)
        await _purge_all(world)
        seen = await world.run(review.document(OPERATOR, member.registration_id, document.id))
        assert seen.content == scenario.PDF
        world.clock.advance(MOMENT)
        assert (await _purge_all(world))["documents"] == 1
        with pytest.raises(NotFound):
            await world.run(review.document(OPERATOR, member.registration_id, document.id))

    async def test_what_is_open_stays(self, world: World) -> None:
        """A draft that nobody swept, and whoever waits for a human, are not touched in a hundred years."""
        world = clocked(world)
        draft = await world.run(scenario.drafted(scenario.applicant(1)))
        waiting = await world.in_review(2)
        before = [await world.registration(each) for each in (draft.id, waiting.registration_id)]
        world.wait(days=36_500)
        await _purge_all(world)
        assert [await world.registration(each.id) for each in before] == before
        assert documents_of(world) == 2

    async def test_a_queued_message_is_the_relay_s(self, memory: World) -> None:
        """What was never sent is not erased: first it ends, and its state says how."""
        slow = memory.again(deliver="relay")
        draft = await slow.run(scenario.drafted(scenario.applicant()))
        await slow.run(registration.submit(draft.link))
        queued = len(await slow.outbox(MessageState.QUEUED))
        slow.wait(days=400)
        assert "withdrawn_messages" not in await _purge_all(slow)
        assert len(await slow.outbox(MessageState.QUEUED)) == queued
        await slow.run(expiry.expire())
        assert (await _purge_all(slow))["withdrawn_messages"] == queued


class TestPreview:
    """`preview`"""

    async def test_it_counts_what_the_purge_then_erases(self, world: World) -> None:
        """The same numbers, rule by rule; afterwards there is nothing, but for the purge's own line."""
        world = clocked(world)
        await world.member(1)
        await _withdrawn(world, 2)
        await world.run(scenario.drafted(scenario.applicant(3)))
        world.wait(days=31)
        await world.run(expiry.expire())
        world.wait(days=400)
        told = await world.run(retention.preview())
        counts = {"documents": told.documents, **{what.value: n for what, n in told.rows.items()}}
        assert await _purge_all(world) == {name: count for name, count in counts.items() if count}
        assert told.total == sum(counts.values()) > 5
        assert (await world.run(retention.preview())).total == 0

    async def test_it_changes_nothing(self, world: World) -> None:
        """Asked ten times, it says the same."""
        await world.member()
        world.wait(days=400)
        assert len({(await world.run(retention.preview())).total for _ in range(10)}) == 1
        assert await world.events(what=What.PURGED) == ()

    async def test_many_registrations_with_documents_are_counted(self, memory: World) -> None:
        """More than one page of them."""
        many = [builders.registration(n, State.APPROVED) for n in range(1, 2 * retention.BATCH + 2)]
        assert isinstance(memory.store, MemoryStore)
        memory.store.commit(builders.batch(*many))
        memory.wait(days=400)
        assert (await memory.run(retention.preview())).documents == len(many)


class TestBatches:
    """`purge`"""

    @pytest.mark.parametrize("limit", [1, 2, 3, 1000])
    async def test_batches_of_any_size_come_to_the_same(self, limit: int, memory: World) -> None:
        """No batch is larger than asked, and together they erase what one would."""
        world = clocked(memory)
        for n in (1, 2):
            await world.member(n)
        await _withdrawn(world, 3)
        world.wait(days=400)
        told = await world.run(retention.preview())
        # Each batch of the small ones leaves a line, and none of these is old.
        assert sum((await _purge_all(world, limit)).values()) == told.total
        assert (await world.run(retention.preview())).total == 0

    @pytest.mark.parametrize("limit", [0, -1, 10_001])
    async def test_a_batch_of_no_size_is_refused(self, limit: int, memory: World) -> None:
        """Before anything is erased."""
        await _withdrawn(memory)
        memory.wait(days=400)
        for wrong in (retention.purge(OPERATOR, limit=limit), retention.sweep(OPERATOR, limit=limit)):
            with pytest.raises(InvalidInput) as caught:
                await memory.run(wrong)
            assert caught.value.problems[0].field == "limit"
        assert (await memory.run(retention.preview())).total > 0

    async def test_who_did_it_is_in_the_trail_and_nobody_else(self, world: World) -> None:
        """One line for a batch that erased something, with counts, and with no person's id."""
        member = await world.member()
        world.wait(days=60)
        done = await world.run(retention.purge(OPERATOR))
        (line,) = await world.events(what=What.PURGED)
        assert (line.actor, line.actor_id, line.subject_id) == (Actor.REVIEWER, OPERATOR.id, "")
        counts = {what.value: count for what, count in done.rows.items() if count}
        told = " ".join(f"{name}={count}" for name, count in {"documents": 1, **counts}.items())
        assert line.details == {"erased": told}
        assert member.account_id not in str(line)
        await world.run(retention.purge(OPERATOR))
        assert len(await world.events(what=What.PURGED)) == 1

    async def test_two_purges_at_once_are_no_error(self, memory: World) -> None:
        """Whoever comes second to a registration's documents leaves it to the first."""
        world = clocked(memory)
        member = await world.member()
        world.wait(days=60)
        store = world.store
        assert isinstance(store, MemoryStore)

        class Overtaken(MemoryDocuments):
            @override
            def delete(self, document_id: str) -> None:
                stored = store.registration(member.registration_id)
                assert isinstance(stored, Registration)
                store.commit(Batch(at=stored.updated_at, registrations=(replace(stored, documents=()),)))

        done = await world.again(documents=Overtaken()).run(retention.purge(OPERATOR))
        assert (done.documents, done.finished) == (0, True)


class TestCrashes:
    """Wherever the process ends, the next purge finds what is left."""

    async def _crash_at(self, number: int, moment: Moment) -> bool:
        """Crash in a purge, purge again, and look; False when the purge has no such call."""
        faults, store = Faults(), MemoryStore()
        world = clocked(World(store=store))
        member, rejected = await world.member(1), await _rejected(world, 2)
        world.wait(days=400)
        ports = {"store": faults.port("store", store), "documents": faults.port("documents", world.documents)}
        crashing = world.again(**ports)
        faults.crash_at(number, moment)
        try:
            await crashing.run(retention.purge(OPERATOR))
        except Crash:
            # A file that is gone may still be named; one that is there is.
            assert (await world.run(retention.preview())).unnamed_documents == 0
        await _purge_all(world)
        assert documents_of(world) == 0
        assert (await world.run(retention.preview())).total == 0
        assert await answer(store.registration(rejected.registration_id)) is None
        await world.run(scenario.signed_in(world.inbox, member))
        return len(faults.calls) == number

    @pytest.mark.parametrize("moment", Moment)
    async def test_at_any_call(self, moment: Moment) -> None:
        """Before and after each port call of a purge."""
        number = 1
        while await self._crash_at(number, moment):
            number += 1
        assert number > 12

    async def test_documents_that_cannot_be_deleted_keep_their_name(self, memory: World) -> None:
        """The disk is away: an error, nothing is forgotten, and the next purge does it."""
        world = clocked(memory)
        member = await world.member()
        world.wait(days=60)

        class Away(MemoryDocuments):
            @override
            def delete(self, document_id: str) -> None:
                raise StoreUnavailable("away")

        with pytest.raises(StoreUnavailable):
            await world.again(documents=Away()).run(retention.purge(OPERATOR))
        assert (await world.registration(member.registration_id)).documents
        await _purge_all(world)
        assert documents_of(world) == 0


class TestSweep:
    """`sweep`"""

    async def test_a_file_that_a_crash_left_is_found(self, memory: World) -> None:
        """The withdrawal was committed, and the process ended before the file was deleted."""
        faults = Faults()
        world = clocked(memory)
        draft = await world.run(scenario.drafted(scenario.applicant()))
        crashing = world.again(documents=faults.port("documents", world.documents))
        faults.crash_at(1, Moment.BEFORE)
        with pytest.raises(Crash):
            await crashing.run(registration.withdraw(draft.link))
        assert documents_of(world) == 1
        world.wait(days=1)
        assert (await world.run(retention.preview())).unnamed_documents == 1
        assert await world.run(retention.sweep(OPERATOR)) == retention.Sweep(files=1, left=0)
        assert documents_of(world) == 0
        (line,) = await world.events(what=What.PURGED)
        assert line.details == {"erased": "unnamed_documents=1"}

    async def test_what_is_named_or_young_stays(self, world: World) -> None:
        """An upload is not named yet; a document of a draft is, however old it is."""
        world = clocked(world)
        draft = await world.run(scenario.drafted(scenario.applicant()))
        world.wait(days=20)
        uploaded = world.documents.put([scenario.PDF], 1_000_000)
        world.clock.advance(world.policy.retention.unnamed_documents - MOMENT)
        assert await world.run(retention.sweep(OPERATOR)) == retention.Sweep(files=0, left=0)
        assert await world.events(what=What.PURGED) == ()
        world.clock.advance(MOMENT)
        assert (await world.run(retention.sweep(OPERATOR))).files == 1
        with pytest.raises(NotFound):
            world.documents.read(uploaded.id)
        assert len((await world.run(registration.resume(draft.link))).documents) == 1

    async def test_a_sweep_is_no_larger_than_asked(self, memory: World) -> None:
        """It says what is left."""
        world = clocked(memory)
        for _ in range(5):
            world.documents.put([scenario.PDF], 1_000_000)
        world.wait(days=2)
        swept = [await world.run(retention.sweep(OPERATOR, limit=2)) for _ in range(4)]
        assert [(each.files, each.left) for each in swept] == [(2, 3), (2, 1), (1, 0), (0, 0)]

    async def test_a_cut_upload_goes_too(self, memory: World, tmp_path: Path) -> None:
        """A process that was killed in the middle of an upload left a `.part`; other people's files stay."""
        world = memory.again(documents=FilesystemDocuments(tmp_path))
        cut, other = tmp_path / f"{'a' * 32}.part", tmp_path / "lost+found"
        cut.write_bytes(b"%PDF-")
        other.write_bytes(b"?")
        world.wait(days=36_500)
        assert (await world.run(retention.sweep(OPERATOR))).files == 1
        assert os.listdir(tmp_path) == ["lost+found"]


async def test_old_challenges_are_of_no_use_to_anybody(world: World) -> None:
    """A link whose challenge was erased is answered like one that expired."""
    member = await world.member()
    page = await world.run(login.begin(member.identifier, member.password))
    world.wait(days=30)
    with pytest.raises(Exception) as expired:  # noqa: PT011 - whatever it is, it is to be the same
        await world.run(login.open(page.ticket))
    await _purge_all(world)
    with pytest.raises(type(expired.value)) as erased:
        await world.run(login.open(page.ticket))
    assert str(erased.value) == str(expired.value)
