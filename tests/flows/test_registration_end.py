"""The end of a registration, and what an old link still shows of it."""

from __future__ import annotations

import pytest

from entractes_auth import State, Step
from entractes_auth.errors import (
    AuthError,
    CodeRefused,
    NotPossibleNow,
)
from entractes_auth.flows import confirmation, registration
from entractes_auth.records.event import What
from entractes_auth.testing import builders, scenario
from tests.flows.situations import WAYS, documents_of
from tests.flows.world import World

pytestmark = pytest.mark.anyio


class TestWithdraw:
    """`withdraw`"""

    @pytest.mark.parametrize(
        "state", [State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFORMATION]
    )
    async def test_whoever_gives_up_leaves_no_document(self, state: State, world: World) -> None:
        """In every state that is not over; the operator sees that it was withdrawn."""
        link = await WAYS[state](world)
        seen = await world.run(registration.withdraw(link))
        assert (seen.state, seen.masked_email, seen.documents) == (State.WITHDRAWN, "", ())
        assert documents_of(world) == 0
        assert len(await world.events(seen.registration_id, What.REGISTRATION_WITHDRAWN)) == 1

    @pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED])
    async def test_what_is_over_stays_as_it_is(self, state: State, world: World) -> None:
        """An end is an end."""
        link = await WAYS[state](world)
        before = await world.run(registration.resume(link))
        with pytest.raises(NotPossibleNow):
            await world.run(registration.withdraw(link))
        assert await world.run(registration.resume(link)) == before

    async def test_its_code_is_good_for_nothing(self, world: World) -> None:
        """A code that was sent before proves nothing afterwards."""
        waiting = await world.submitted()
        await world.run(registration.withdraw(waiting.resume_link))
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        assert (await world.registration(waiting.registration_id)).state is State.WITHDRAWN


class TestWhatAnOldLinkShows:
    """`resume`: a link that lies in a mailbox must not give a person's file."""

    @pytest.mark.parametrize("state", list(State))
    async def test_personal_data_only_while_it_can_be_edited(self, state: State, world: World) -> None:
        """A page that is not open shows nothing but masked contacts, and nothing at all once it is over."""
        who = scenario.applicant()
        seen = await world.run(registration.resume(await WAYS[state](world)))
        assert seen.state is state
        pages = (seen.identity, seen.practice, seen.care, seen.contacts)
        for step, shown, typed in zip(Step, pages, who.pages, strict=True):
            assert shown == (typed if step in seen.open_steps else None)
        assert bool(seen.documents) == (state in (State.DRAFT, State.NEEDS_INFORMATION))
        gone = state in (State.WITHDRAWN, State.EXPIRED)
        masked = ("", "") if gone else ("06 •• •• •• 01", "Z•••@example.fr")
        assert (seen.masked_mobile, seen.masked_email) == masked

    @pytest.mark.parametrize("state", list(State))
    async def test_no_flow_of_the_wizard_answers_more(self, state: State, memory: World) -> None:
        """Whatever is tried with the link, an answer or a refusal holds no address of a state that is closed."""
        link = await WAYS[state](memory)
        if state in (State.DRAFT, State.NEEDS_INFORMATION):
            assert (await memory.run(registration.resume(link))).open_steps
            return
        for flow in (
            registration.save(link, builders.care()),
            registration.attach(link, [scenario.PDF]),
            registration.submit(link),
        ):
            with pytest.raises(AuthError) as refused:
                await memory.run(flow)
            assert "example.fr" not in str(refused.value)
            assert "Zoé" not in str(refused.value)
