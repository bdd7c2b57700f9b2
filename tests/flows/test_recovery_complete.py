"""The end of a recovery: one new password, and everything that was pending is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Channel
from entractes_auth.errors import (
    CodeRefused,
    InvalidInput,
    Limited,
    LinkRefused,
    Problem,
    SignInRefused,
)
from entractes_auth.flows import login, recovery
from entractes_auth.policy import CodePolicy
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from tests.flows.world import World, with_budgets, with_codes

pytestmark = pytest.mark.anyio


ATTEMPTS = CodePolicy().attempts


async def linked(world: World, member: scenario.Member) -> Secret:
    """A fresh recovery link, from the mailbox."""
    email = member.applicant.contacts.email
    await world.run(recovery.begin(email))
    return scenario.token_in(world.inbox.last_link_to(email))


class TestComplete:
    """`complete`"""

    async def test_the_new_password_is_the_only_one(self, world: World) -> None:
        """It comes by SMS, the notice with the identifier by e-mail; the earlier password opens nothing."""
        member = await world.member()
        half = await world.run(scenario.recovering(world.inbox, member))
        world.inbox.clear()
        assert await world.run(recovery.complete(half.link, code=half.code)) == recovery.Recovered(
            member.account_id
        )
        channels = {sent.channel: sent for sent in world.inbox.messages}
        assert len(world.inbox.messages) == len(channels) == 2
        password = world.inbox.last_password_to(member.applicant.contacts.mobile)
        assert member.identifier in channels[Channel.EMAIL].text
        assert password not in channels[Channel.EMAIL].text
        assert member.identifier not in channels[Channel.SMS].text
        with pytest.raises(SignInRefused):
            await world.run(login.begin(member.identifier, member.password))
        await world.run(scenario.signed_in(world.inbox, replace(member, password=password)))

    async def test_a_password_by_e_mail_never_meets_the_identifier_there(self, memory: World) -> None:
        """Where the policy sends the password to the mailbox, the notice hides the identifier."""
        rules = replace(memory.policy.credentials, identifier_by=Channel.SMS, password_by=Channel.EMAIL)
        world = memory.again(policy=with_codes(replace(memory.policy, credentials=rules)))
        member = await world.member()
        world.inbox.clear()
        recovered = await world.run(scenario.recovered(world.inbox, member))
        letters = world.inbox.to(member.applicant.contacts.email)
        assert any(recovered.password in letter.text for letter in letters)
        assert not any(member.identifier in f"{letter.text} {letter.html}" for letter in letters)

    async def test_three_codes_are_judged(self, world: World) -> None:
        """And then the right one changes nothing."""
        member = await world.member()
        half = await world.run(scenario.recovering(world.inbox, member))
        for _ in range(ATTEMPTS):
            with pytest.raises(CodeRefused):
                await world.run(recovery.complete(half.link, code=scenario.another(half.code)))
        with pytest.raises(CodeRefused):
            await world.run(recovery.complete(half.link, code=half.code))
        with pytest.raises(LinkRefused):
            await world.run(recovery.send_code(half.link))
        await world.run(login.begin(member.identifier, member.password))

    async def test_it_is_used_once(self, world: World) -> None:
        """The same code does not issue another password."""
        half = await world.run(scenario.recovering(world.inbox, await world.member()))
        await world.run(recovery.complete(half.link, code=half.code))
        credential = (await world.account(half.member.account_id)).credential
        with pytest.raises(CodeRefused):
            await world.run(recovery.complete(half.link, code=half.code))
        with pytest.raises(LinkRefused):
            await world.run(recovery.open(half.link))
        assert (await world.account(half.member.account_id)).credential == credential
        assert len(await world.events(half.member.account_id, What.RECOVERED)) == 1

    async def test_pending_sign_ins_end(self, world: World) -> None:
        """A sign-in begun with the old password does not end after a recovery, with whatever code."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await world.run(scenario.recovered(world.inbox, member))
        for flow in (
            login.open(ticket),
            login.send_code(ticket, Channel.SMS),
            login.verify(ticket, code=code),
        ):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        assert await world.events(what=What.SIGNED_IN) == ()

    async def test_other_recovery_links_end(self, world: World) -> None:
        """Of two links in the mailbox, the second dies when the first is used."""
        member = await world.member()
        first = await world.run(scenario.recovering(world.inbox, member))
        second = await world.run(scenario.recovering(world.inbox, member))
        await world.run(recovery.complete(second.link, code=second.code))
        credential = (await world.account(member.account_id)).credential
        world.wait(minutes=1)
        for flow in (recovery.send_code(first.link), recovery.complete(first.link, code=first.code)):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        assert (await world.account(member.account_id)).credential == credential

    async def test_a_new_link_brings_no_attempt_of_the_day_back(self, world: World) -> None:
        """Four judged codes a day, on whatever links."""
        world = world.again(policy=with_budgets(world.policy, code_attempts_per_subject=4))
        member = await world.member()
        halves = [await world.run(scenario.recovering(world.inbox, member)) for _ in range(2)]
        for half in halves * 2:
            with pytest.raises(CodeRefused):
                await world.run(recovery.complete(half.link, code=scenario.another(half.code)))
        with pytest.raises(Limited) as limited:
            await world.run(recovery.complete(halves[0].link, code=halves[0].code))
        assert limited.value.retry_at == world.clock.now() + timedelta(days=1)
        await world.run(login.begin(member.identifier, member.password))

    async def test_a_thief_with_the_password_cannot_block_it(self, world: World) -> None:
        """Sign-in's codes and attempts are used up: recovery has its own, and gives sign-in's back to the owner."""
        budgets = {
            "codes_per_subject": 3,
            "code_attempts_per_subject": 4,
            "password_attempts_per_identifier": 3,
        }
        world = world.again(policy=with_budgets(world.policy, **budgets))
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        for _ in range(2):
            with pytest.raises(CodeRefused):
                await world.run(login.verify(ticket, code=scenario.another(code)))
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        for _ in range(2):
            with pytest.raises(CodeRefused):
                await world.run(login.verify(ticket, code=scenario.another(code)))
        with pytest.raises(Limited):
            await world.run(login.verify(ticket, code=code))
        for _ in range(3):
            with pytest.raises(SignInRefused):
                await world.run(login.begin(member.identifier, scenario.another(member.password)))
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password))
        member = await world.run(scenario.recovered(world.inbox, member))
        await world.run(scenario.signed_in(world.inbox, member))

    @pytest.mark.parametrize("budget", ["sms_per_prefix", "sms_in_all", "sms_in_all_an_hour"])
    async def test_paid_messages_are_capped(self, budget: str, memory: World) -> None:
        """Recoveries of neighbouring numbers, and of everybody, cost no more than the host said."""
        members = [await memory.member(n) for n in (1, 2, 3)]
        world = memory.again(policy=with_budgets(memory.policy, **{budget: 4}))
        for shared in ("sms_in_all", "sms_in_all_an_hour"):
            world.limits.clear(shared, "everybody", getattr(world.policy.limits, shared))
        sent = 0
        for member in members * 2:
            link = await linked(world, member)
            world.inbox.clear()
            with suppress(Limited):
                await world.run(recovery.send_code(link))
            sent += len(world.inbox.messages)
        # The prefix was used three times before, by the confirmations.
        assert sent == (1 if budget == "sms_per_prefix" else 4)

    async def test_letters_cost_nothing(self, memory: World) -> None:
        """As on every page with code boxes."""
        half = await memory.run(scenario.recovering(memory.inbox, await memory.member()))
        for _ in range(4):
            with pytest.raises(InvalidInput) as refused:
                await memory.run(recovery.complete(half.link, code="abcd"))
            assert refused.value.problems == (Problem("code", "digits_only", {"digits": 4}),)
        await memory.run(recovery.complete(half.link, code=half.code))
