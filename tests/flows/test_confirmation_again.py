"""Sending again and beginning again: what it renews, and what it does not bring back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import State
from entractes_auth.errors import (
    CodeRefused,
    Limited,
    LinkRefused,
    NotPossibleNow,
)
from entractes_auth.flows import confirmation, registration
from entractes_auth.policy import CodePolicy
from entractes_auth.records.event import What
from entractes_auth.testing import scenario
from tests.flows.situations import refuse_confirmation
from tests.flows.world import World, with_budgets, with_codes

pytestmark = pytest.mark.anyio


ATTEMPTS = CodePolicy().attempts


MOMENT = timedelta(microseconds=1)


async def restarted(world: World, waiting: scenario.Waiting) -> scenario.Waiting:
    """The same registration with a new link and a new code."""
    await world.run(confirmation.restart(waiting.resume_link))
    who = waiting.applicant.contacts
    link = scenario.token_in(world.inbox.last_link_to(who.email))
    return replace(waiting, confirm_link=link, code=world.inbox.last_code_to(who.mobile))


class TestResend:
    """`resend`"""

    async def test_only_the_newest_code_is_right(self, world: World) -> None:
        """The older one is refused, and costs its attempt."""
        world = world.again(policy=with_codes(world.policy))
        waiting = await world.submitted()
        world.wait(seconds=30)
        page = await world.run(confirmation.resend(waiting.confirm_link))
        newest = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        assert newest != waiting.code
        assert page.code_expires_at == world.clock.now() + world.policy.codes.lifetime
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        assert (await world.run(confirmation.open(waiting.confirm_link))).attempts_left == ATTEMPTS - 1
        await world.run(confirmation.confirm(waiting.confirm_link, code=newest))

    async def test_it_brings_no_attempt_back(self, world: World) -> None:
        """A wrong code and a resend in turn, and three codes are judged all the same."""
        waiting = await world.submitted()
        for left in (2, 1):
            await refuse_confirmation(world, replace(waiting, code=world.inbox.last_code_to("+33612340001")))
            world.wait(minutes=1)
            assert (await world.run(confirmation.resend(waiting.confirm_link))).attempts_left == left
        await refuse_confirmation(world, replace(waiting, code=world.inbox.last_code_to("+33612340001")))
        world.wait(minutes=1)
        with pytest.raises(LinkRefused):
            await world.run(confirmation.resend(waiting.confirm_link))
        assert len(await world.events(waiting.registration_id, What.CODE_REFUSED)) == ATTEMPTS

    async def test_not_before_its_time(self, world: World) -> None:
        """`Limited` says when, and then it is taken."""
        waiting = await world.submitted()
        began = world.clock.now()
        world.clock.advance(world.policy.codes.resend_after - MOMENT)
        with pytest.raises(Limited) as limited:
            await world.run(confirmation.resend(waiting.confirm_link))
        assert limited.value.retry_at == began + world.policy.codes.resend_after
        assert len(world.inbox.messages) == 2
        world.clock.advance(MOMENT)
        await world.run(confirmation.resend(waiting.confirm_link))
        assert len(world.inbox.messages) == 3

    async def test_no_more_sendings_than_the_policy_says(self, world: World) -> None:
        """Four on one link, the first included; then it ends with the link, and the page offers none."""
        waiting = await world.submitted()
        ends = world.clock.now() + world.policy.links.confirm_lifetime
        offered: list[bool] = []
        for _ in range(world.policy.codes.sends - 1):
            world.wait(minutes=1)
            page = await world.run(confirmation.resend(waiting.confirm_link))
            offered.append(page.may_resend_at is not None)
        assert offered == [True, True, False]
        world.wait(minutes=1)
        with pytest.raises(Limited) as limited:
            await world.run(confirmation.resend(waiting.confirm_link))
        assert limited.value.retry_at == ends
        assert len(world.inbox.to(waiting.applicant.contacts.mobile)) == world.policy.codes.sends

    @pytest.mark.parametrize("budget", ["sms_per_phone", "codes_per_subject", "codes_per_network"])
    async def test_a_used_up_budget_sends_nothing(self, budget: str, memory: World) -> None:
        """The code that was sent before stays right."""
        world = memory.again(policy=with_budgets(memory.policy, **{budget: 1}))
        draft = await world.run(scenario.drafted(scenario.applicant()))
        await world.run(registration.submit(draft.link, network="192.0.2.1"))
        link = scenario.token_in(world.inbox.last_link_to("Zoe.1@example.fr"))
        world.wait(minutes=1)
        with pytest.raises(Limited):
            await world.run(confirmation.resend(link, network="192.0.2.1"))
        await world.run(confirmation.confirm(link, code=world.inbox.last_code_to("+33612340001")))

    async def test_a_code_never_outlives_its_link(self, memory: World) -> None:
        """A code that is sent in the link's last minute ends with the link."""
        waiting = await memory.submitted()
        memory.clock.advance(memory.policy.links.confirm_lifetime - timedelta(minutes=1))
        page = await memory.run(confirmation.resend(waiting.confirm_link))
        assert page.code_expires_at == page.expires_at == memory.clock.now() + timedelta(minutes=1)


class TestRestart:
    """`restart`"""

    async def test_the_newest_link_and_code_are_the_only_ones(self, world: World) -> None:
        """What was sent before opens nothing any more."""
        world = world.again(policy=with_codes(world.policy))
        waiting = await world.submitted()
        renewed = await restarted(world, waiting)
        with pytest.raises(LinkRefused):
            await world.run(confirmation.open(waiting.confirm_link))
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=renewed.code))
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(renewed.confirm_link, code=waiting.code))
        await world.run(confirmation.confirm(renewed.confirm_link, code=renewed.code))

    async def test_it_helps_who_used_the_attempts_up(self, world: World) -> None:
        """And who let the link expire."""
        waiting = await world.submitted()
        await refuse_confirmation(world, waiting, ATTEMPTS)
        renewed = await restarted(world, waiting)
        world.clock.advance(world.policy.links.confirm_lifetime)
        renewed = await restarted(world, renewed)
        await world.run(confirmation.confirm(renewed.confirm_link, code=renewed.code))
        assert (await world.registration(waiting.registration_id)).state is State.IN_REVIEW

    async def test_the_days_attempts_do_not_come_back(self, world: World) -> None:
        """Four judged codes a day, on whatever links: the fifth is not judged, be it right."""
        world = world.again(policy=with_budgets(world.policy, code_attempts_per_subject=4))
        waiting = await world.submitted()
        began = world.clock.now()
        await refuse_confirmation(world, waiting, ATTEMPTS)
        renewed = await restarted(world, waiting)
        await refuse_confirmation(world, renewed, 1)
        with pytest.raises(Limited) as limited:
            await world.run(confirmation.confirm(renewed.confirm_link, code=renewed.code))
        assert limited.value.retry_at == began + timedelta(days=1)
        assert len(await world.events(waiting.registration_id, What.CODE_REFUSED)) == 4
        world.wait(days=1)
        renewed = await restarted(world, renewed)
        await world.run(confirmation.confirm(renewed.confirm_link, code=renewed.code))

    @pytest.mark.parametrize("budget", ["sms_per_phone", "emails_per_address", "codes_per_subject"])
    async def test_the_days_messages_do_not_come_back(self, budget: str, memory: World) -> None:
        """A restart sends within the same budgets, and the link of before stays good when it may not."""
        world = memory.again(policy=with_budgets(memory.policy, **{budget: 2}))
        waiting = await restarted(world, await world.submitted())
        for _ in range(3):
            with pytest.raises(Limited) as limited:
                await world.run(confirmation.restart(waiting.resume_link))
            assert limited.value.retry_at == world.clock.now() + timedelta(days=1)
        assert len(world.inbox.messages) == 4
        await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))

    async def test_only_what_waits_for_a_proof(self, memory: World) -> None:
        """Neither a draft nor what is in review is written to again."""
        draft = await memory.run(scenario.drafted(scenario.applicant(1)))
        proved = await memory.in_review(2)
        sent = memory.inbox.messages
        for link in (draft.link, proved.resume_link):
            with pytest.raises(NotPossibleNow):
                await memory.run(confirmation.restart(link))
        assert memory.inbox.messages == sent

    async def test_the_e_mailed_link_does_not_restart(self, memory: World) -> None:
        """Only the applicant's own link makes the phone ring: not a stranger's who reads the mail."""
        waiting = await memory.submitted()
        with pytest.raises(LinkRefused):
            await memory.run(confirmation.restart(waiting.confirm_link))
        assert len(memory.inbox.messages) == 2
