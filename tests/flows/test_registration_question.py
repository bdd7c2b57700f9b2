"""A registration that an operator sent back: the question is what opens again, and nothing else."""

from __future__ import annotations

import pytest

from entractes_auth import State, Step
from entractes_auth.errors import (
    CodeRefused,
    InvalidInput,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import confirmation, registration
from entractes_auth.records.event import What
from entractes_auth.testing import builders, scenario
from tests.flows.situations import asked
from tests.flows.world import World

pytestmark = pytest.mark.anyio


class TestTheOperatorsQuestion:
    """A registration that was sent back."""

    async def test_only_the_flagged_pages_open_again(self, world: World) -> None:
        """The applicant sees the question, redoes what is flagged, and nothing else."""
        waiting = await asked(world, Step.IDENTITY)
        seen = await world.run(registration.resume(waiting.resume_link))
        assert (seen.state, seen.question) == (State.NEEDS_INFORMATION, "Est-ce bien votre nom ?")
        assert (seen.open_steps, seen.document_open) == ((Step.IDENTITY,), False)
        for flow in (
            registration.save(waiting.resume_link, builders.practice()),
            registration.save(waiting.resume_link, builders.contacts(mobile="+33612340099")),
            registration.attach(waiting.resume_link, [scenario.PDF]),
        ):
            with pytest.raises(NotPossibleNow):
                await world.run(flow)

    async def test_it_goes_straight_back_when_the_contacts_are_as_proved(self, world: World) -> None:
        """No message, no code: what was proved is still proved."""
        waiting = await asked(world, Step.IDENTITY, document=True)
        sent = len(world.inbox.messages)
        with pytest.raises(InvalidInput) as refused:
            await world.run(registration.submit(waiting.resume_link))
        assert refused.value.problems == (
            Problem("identity", "to_redo"),
            Problem("document", "document_missing"),
        )
        await world.run(registration.save(waiting.resume_link, builders.identity(last_name="Martin")))
        await world.run(registration.attach(waiting.resume_link, [scenario.PDF]))
        seen = await world.run(registration.submit(waiting.resume_link))
        assert (seen.state, seen.question) == (State.IN_REVIEW, "")
        assert len(world.inbox.messages) == sent
        assert len(await world.events(waiting.registration_id, What.REGISTRATION_RESUBMITTED)) == 1

    async def test_new_contacts_are_proved_anew(self, world: World) -> None:
        """A changed phone gets its own code; until then no operator has it."""
        waiting = await asked(world, Step.CONTACTS)
        moved = builders.contacts(mobile="+33612340099")
        await world.run(registration.save(waiting.resume_link, moved))
        assert (await world.run(registration.submit(waiting.resume_link))).state is State.SUBMITTED
        link = scenario.token_in(world.inbox.last_link_to(moved.email))
        with pytest.raises(CodeRefused):
            await world.run(
                confirmation.confirm(link, code=scenario.another(world.inbox.last_code_to(moved.mobile)))
            )
        await world.run(confirmation.confirm(link, code=world.inbox.last_code_to(moved.mobile)))
        stored = await world.registration(waiting.registration_id)
        assert stored.state is State.IN_REVIEW
        assert stored.contacts_are_proven

    async def test_amending_opens_no_page_that_was_not_flagged(self, memory: World) -> None:
        """Handing in new contacts and going back must not open the pages that the operator had checked."""
        waiting = await asked(memory, Step.CONTACTS)
        moved = builders.contacts(mobile="+33612340099")
        await memory.run(registration.save(waiting.resume_link, moved))
        await memory.run(registration.submit(waiting.resume_link))
        await memory.run(registration.amend(waiting.resume_link))
        stored = await memory.registration(waiting.registration_id)
        for flow in (
            registration.save(waiting.resume_link, builders.identity(last_name="Martin")),
            registration.attach(waiting.resume_link, [scenario.PDF]),
            registration.detach(waiting.resume_link, stored.documents[0].id),
        ):
            with pytest.raises(NotPossibleNow):
                await memory.run(flow)
        assert await memory.registration(waiting.registration_id) == stored
        assert stored.state is State.NEEDS_INFORMATION
