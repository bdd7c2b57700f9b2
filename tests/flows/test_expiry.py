"""What is abandoned ends: in time for every flow at once, in the store when it is swept."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from entractes_auth import Flow, State, Step
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.errors import LinkRefused, NotPossibleNow, StoreUnavailable
from entractes_auth.flows import confirmation, expiry, registration, review
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import MessageState
from entractes_auth.testing import builders, scenario
from tests.flows.situations import asked, documents_of
from tests.flows.world import World

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)


class TestSweep:
    """`expire`"""

    async def test_each_at_its_own_time(self, world: World) -> None:
        """Drafts and unproved ones after a month, unanswered questions after two; never what a human has."""
        draft = await world.run(scenario.drafted(scenario.applicant(1)))
        submitted, question = (
            await world.submitted(2),
            await asked(world, Step.IDENTITY, who=scenario.applicant(3)),
        )
        in_review, member = await world.in_review(4), await world.member(5)
        rules = world.policy.registration
        world.clock.advance(rules.draft_lifetime - MOMENT)
        assert (await world.run(expiry.expire())).registrations == 0
        world.clock.advance(MOMENT)
        assert (await world.run(expiry.expire())).registrations == 2
        world.clock.advance(rules.answer_lifetime - rules.draft_lifetime)
        assert (await world.run(expiry.expire())).registrations == 1
        world.wait(days=1000)
        assert (await world.run(expiry.expire())) == expiry.Expiry(0, 0, 0)
        ended = (draft.id, submitted.registration_id, question.registration_id)
        for registration_id in ended:
            stored = await world.registration(registration_id)
            assert (stored.state, stored.documents, stored.expires_at) == (State.EXPIRED, (), None)
            (event,) = await world.events(registration_id, What.REGISTRATION_EXPIRED)
            assert (event.actor, event.actor_id) == (Actor.SYSTEM, "")
        assert (await world.registration(in_review.registration_id)).state is State.IN_REVIEW
        assert (await world.registration(member.registration_id)).state is State.APPROVED
        assert documents_of(world) == 2

    async def test_so_many_at_a_time_oldest_first(self, world: World) -> None:
        """A sweep takes what it is told, and the next one goes on."""
        drafts: list[str] = []
        for n in range(1, 6):
            drafts.append((await world.run(scenario.drafted(scenario.applicant(n)))).id)
            world.wait(minutes=1)
        world.wait(days=31)
        swept: list[set[str]] = []
        for _ in range(4):
            await world.run(expiry.expire(limit=2))
            swept.append({event.subject_id for event in await world.events(what=What.REGISTRATION_EXPIRED)})
        assert swept == [set(drafts[:2]), set(drafts[:4]), set(drafts), set(drafts)]

    async def test_its_messages_are_not_sent_any_more(self, world: World) -> None:
        """What still waits in the outbox for an expired registration is withdrawn."""
        slow = world.again(deliver="relay")
        draft = await slow.run(scenario.drafted(scenario.applicant()))
        await slow.run(registration.submit(draft.link))
        world.wait(days=31)
        await slow.run(expiry.expire())
        assert await world.outbox(MessageState.QUEUED) == ()

    async def test_nonces_of_what_is_over_are_erased(self, sqlite: World, database: Path) -> None:
        """Codes of ended and of expired challenges can no longer be derived, not even with the keys."""
        await sqlite.submitted(1)
        await sqlite.in_review(2)
        assert nonces(database) == 1
        sqlite.clock.advance(sqlite.policy.links.confirm_lifetime)
        assert (await sqlite.run(expiry.expire())).challenges == 1
        assert nonces(database) == 0
        assert (await sqlite.run(expiry.expire())).challenges == 0

    async def test_a_disk_that_is_away_keeps_no_nonce(self, sqlite: World, database: Path) -> None:
        """A registration's document that cannot be deleted does not keep codes and passwords derivable."""
        await sqlite.submitted(1)
        await sqlite.run(scenario.ticketed(sqlite.inbox, await sqlite.member(2)))
        sqlite.clock.advance(sqlite.policy.registration.draft_lifetime)
        with pytest.raises(StoreUnavailable):
            await sqlite.again(documents=NoDisk()).run(expiry.expire())
        assert nonces(database) == 0


class NoDisk(MemoryDocuments):
    """The volume of the documents is not mounted."""

    @override
    def delete(self, document_id: str) -> None:
        raise StoreUnavailable("no disk")


def nonces(database: Path) -> int:
    """How many challenges have one."""
    connection = sqlite3.connect(database)
    try:
        (count,) = connection.execute("SELECT count(*) FROM challenges WHERE nonce IS NOT NULL").fetchone()
    finally:
        connection.close()
    assert isinstance(count, int)
    return count


class TestUnswept:
    """Nothing depends on how often the sweep runs."""

    async def test_every_flow_treats_it_as_expired(self, world: World) -> None:
        """Past its time it is over for its applicant and for the operators, and the record is as it was."""
        waiting = await asked(world, Step.IDENTITY)
        before = await world.registration(waiting.registration_id)
        world.clock.advance(world.policy.registration.answer_lifetime)
        seen = await world.run(registration.resume(waiting.resume_link))
        assert (seen.state, seen.identity, seen.question, seen.masked_email) == (State.EXPIRED, None, "", "")
        (document,) = before.documents
        refused: list[Flow[Any]] = [
            registration.save(waiting.resume_link, builders.identity()),
            registration.attach(waiting.resume_link, [scenario.PDF]),
            registration.detach(waiting.resume_link, document.id),
            registration.submit(waiting.resume_link),
            registration.amend(waiting.resume_link),
            registration.withdraw(waiting.resume_link),
            confirmation.restart(waiting.resume_link),
            review.claim(scenario.REVIEWER, waiting.registration_id),
            review.approve(scenario.REVIEWER, waiting.registration_id),
        ]
        for flow in refused:
            with pytest.raises(NotPossibleNow):
                await world.run(flow)
        dossier = await world.run(review.read(scenario.REVIEWER, waiting.registration_id))
        assert dossier.registration.state is State.EXPIRED
        assert await world.registration(waiting.registration_id) == before

    async def test_a_registration_that_waits_for_a_human_never_expires(self, world: World) -> None:
        """However long the operators take, it is still there."""
        waiting = await world.in_review()
        world.wait(days=3650)
        await world.run(expiry.expire())
        await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))

    async def test_its_confirmation_link_ends_with_the_sweep(self, memory: World) -> None:
        """A link that outlives its registration opens nothing."""
        waiting = await memory.submitted()
        memory.clock.advance(memory.policy.registration.draft_lifetime)
        await memory.run(expiry.expire())
        with pytest.raises(LinkRefused):
            await memory.run(confirmation.open(waiting.confirm_link))
