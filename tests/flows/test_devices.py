"""A lock is no weapon: what strangers use up makes strange devices wait, and no device that is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entractes_auth import Channel, Policy
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha, RefusingCaptcha
from entractes_auth.errors import CaptchaRefused, CodeRefused, Limited, SignInRefused
from entractes_auth.flows import login, recovery
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from tests.flows.world import World, with_budgets

pytestmark = pytest.mark.anyio

HERE = "192.0.2.1"


async def signed_in(world: World, member: scenario.Member, devices: Secret | str = "") -> Secret:
    """The jar that a whole sign-in leaves in the browser."""
    ticket, code = await world.run(scenario.ticketed(world.inbox, member))
    return (await world.run(login.verify(ticket, code=code, devices=devices))).devices


async def guess(
    world: World, member: scenario.Member, times: int, devices: Secret | str = "", network: str = ""
) -> None:
    """So many wrong passwords, each of which is judged."""
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await world.run(
                login.begin(
                    member.identifier, scenario.another(member.password), devices=devices, network=network
                )
            )


def unchecked(policy: Policy, world: World) -> World:
    """The world under the policy, with a robot check that nobody passes."""
    return world.again(policy=replace(policy, captcha=True), captcha=RefusingCaptcha())


class TestSignIn:
    """`login.begin` with a jar."""

    async def test_strangers_who_used_up_the_identifier_keep_no_known_device_out(self, world: World) -> None:
        """The known one signs in at once, while a strange one waits."""
        member = await world.member()
        devices = await signed_in(world, member)
        await guess(world, member, world.policy.limits.password_attempts_per_identifier.amount)
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password))
        page = await world.run(login.begin(member.identifier, member.password, devices=devices))
        assert page.choices

    async def test_neighbours_who_used_up_the_network_keep_no_known_device_out(self, memory: World) -> None:
        """A whole hospital is one network, and one of its machines may be a guesser's."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_network=2))
        member = await world.member()
        devices = await signed_in(world, member)
        await guess(world, member, 2, network=HERE)
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password, network=HERE))
        await world.run(login.begin(member.identifier, member.password, devices=devices, network=HERE))

    async def test_neighbours_who_asked_for_codes_keep_nobody_from_one(self, memory: World) -> None:
        """Behind the right password, codes are counted for the account, not for the network."""
        world = memory.again(policy=with_budgets(memory.policy, codes_per_network=1))
        member = await world.member()
        await world.run(recovery.begin("stranger@example.fr", network=HERE))
        with pytest.raises(Limited):
            await world.run(recovery.begin("stranger@example.fr", network=HERE))
        page = await world.run(login.begin(member.identifier, member.password, network=HERE))
        assert (await world.run(login.send_code(page.ticket, Channel.SMS))).sent

    async def test_a_known_device_has_a_budget_too(self, world: World) -> None:
        """Who sits down at a member's computer does not guess without end; strange devices go on."""
        member = await world.member()
        devices = await signed_in(world, member)
        budget = world.policy.limits.password_attempts_per_device
        await guess(world, member, budget.amount, devices)
        with pytest.raises(Limited) as limited:
            await world.run(login.begin(member.identifier, member.password, devices=devices))
        assert limited.value.retry_at == world.clock.now() + budget.per
        await world.run(login.begin(member.identifier, member.password))

    async def test_robot_checks_that_a_known_device_fails_are_bounded(self, memory: World) -> None:
        """Each leaves a line of the audit trail: a script with a jar must not write them without end."""
        member = await memory.member()
        devices = await signed_in(memory, member)
        world = unchecked(with_budgets(memory.policy, password_attempts_per_device=2), memory)
        for _ in range(2):
            with pytest.raises(CaptchaRefused):
                await world.run(login.begin(member.identifier, member.password, devices=devices))
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password, devices=devices))
        assert len(await world.events(what=What.SIGN_IN_REFUSED)) == 2

    async def test_robot_checks_that_strangers_fail_use_up_nothing_of_the_identifier(
        self, memory: World
    ) -> None:
        """A script that cannot pass the check makes no other device wait."""
        member = await memory.member()
        world = unchecked(with_budgets(memory.policy, password_attempts_per_identifier=1), memory)
        with pytest.raises(CaptchaRefused):
            await world.run(login.begin(member.identifier, member.password))
        passing = world.again(captcha=AcceptingCaptcha())
        assert (await passing.run(login.begin(member.identifier, member.password))).choices

    async def test_signing_in_again_gives_no_second_budget(self, memory: World) -> None:
        """The device keeps its id in the new jar."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_device=2))
        member = await world.member()
        first = await signed_in(world, member)
        second = await signed_in(world, member, first)
        await guess(world, member, 1, first)
        await guess(world, member, 1, second)
        for devices in (first, second):
            with pytest.raises(Limited):
                await world.run(login.begin(member.identifier, member.password, devices=devices))

    async def test_a_success_on_a_known_device_gives_strangers_nothing(self, memory: World) -> None:
        """A guesser does not get new tries each time the owner signs in."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_identifier=2))
        member = await world.member()
        devices = await signed_in(world, member)
        await guess(world, member, 1)
        await world.run(login.begin(member.identifier, member.password, devices=devices))
        await guess(world, member, 1)
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password))

    async def test_a_right_password_gives_the_device_its_budget_back(self, memory: World) -> None:
        """Who mistypes and then gets it right starts afresh."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_device=2))
        member = await world.member()
        devices = await signed_in(world, member)
        for _ in range(3):
            await guess(world, member, 1, devices)
            await world.run(login.begin(member.identifier, member.password, devices=devices))

    async def test_a_recovery_leaves_the_device_known(self, memory: World) -> None:
        """A token tells the device, not the password."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_identifier=2))
        member = await world.member()
        devices = await signed_in(world, member)
        member = await world.run(scenario.recovered(world.inbox, member))
        await guess(world, member, 2)
        await world.run(login.begin(member.identifier, member.password, devices=devices))

    async def test_a_device_of_one_account_is_a_stranger_to_another(self, memory: World) -> None:
        """A member's own token does not open a second budget on a colleague's account."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_identifier=2))
        one, other = await world.member(1), await world.member(2)
        devices = await signed_in(world, one)
        await guess(world, other, 2, devices)
        with pytest.raises(Limited):
            await world.run(login.begin(other.identifier, other.password, devices=devices))

    async def test_a_shared_computer_knows_both_its_members(self, memory: World) -> None:
        """The second sign-in does not make the first one's device strange."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_identifier=1))
        one, other = await world.member(1), await world.member(2)
        devices = await signed_in(world, other, await signed_in(world, one))
        for member in (one, other):
            await guess(world, member, 1)
            await world.run(login.begin(member.identifier, member.password, devices=devices))

    async def test_no_jar_shows_in_a_repr(self, memory: World) -> None:
        """The answer of `verify` may be logged."""
        member = await memory.member()
        ticket, code = await memory.run(scenario.ticketed(memory.inbox, member))
        signed = await memory.run(login.verify(ticket, code=code))
        assert signed.devices.reveal() not in repr(signed)


class TestRecovery:
    """`recovery.begin` with a jar."""

    async def test_strangers_who_asked_for_an_address_all_day_keep_no_known_device_out(
        self, world: World
    ) -> None:
        """The owner's own device still gets the letter."""
        member = await world.member()
        devices = await signed_in(world, member)
        email = member.applicant.contacts.email
        for _ in range(world.policy.limits.recoveries_per_address.amount):
            await world.run(recovery.begin(email))
        with pytest.raises(Limited):
            await world.run(recovery.begin(email))
        world.inbox.clear()
        await world.run(recovery.begin(email, devices=devices))
        assert world.inbox.last_link_to(email)

    async def test_a_known_device_does_not_ask_without_end(self, memory: World) -> None:
        """Its own budget is as small."""
        world = memory.again(policy=with_budgets(memory.policy, recoveries_per_device=1))
        member = await world.member()
        devices = await signed_in(world, member)
        await world.run(recovery.begin(member.applicant.contacts.email, devices=devices))
        with pytest.raises(Limited):
            await world.run(recovery.begin(member.applicant.contacts.email, devices=devices))

    async def test_robot_checks_that_a_known_device_fails_are_bounded(self, memory: World) -> None:
        """They leave a line each here too."""
        member = await memory.member()
        devices = await signed_in(memory, member)
        world = unchecked(with_budgets(memory.policy, recoveries_per_device=1), memory)
        with pytest.raises(CaptchaRefused):
            await world.run(recovery.begin(member.applicant.contacts.email, devices=devices))
        with pytest.raises(Limited):
            await world.run(recovery.begin(member.applicant.contacts.email, devices=devices))


class TestWarning:
    """Wrong codes after the right password."""

    async def test_the_owner_is_told_when_the_attempts_are_used_up(self, world: World) -> None:
        """Once for the challenge, by e-mail, at once, without a code or an identifier in it."""
        member = await world.member()
        email = member.applicant.contacts.email
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        world.inbox.clear()
        for left in reversed(range(world.policy.codes.attempts)):
            assert world.inbox.to(email) == ()
            with pytest.raises(CodeRefused):
                await world.run(login.verify(ticket, code=scenario.another(code)))
            assert len(world.inbox.to(email)) == (left == 0)
        [letter] = world.inbox.to(email)
        assert member.identifier not in letter.text
        assert code not in letter.text
        assert len(await world.events(member.account_id, What.OWNER_WARNED)) == 1

    async def test_a_thief_who_leaves_the_last_attempt_alone_is_told_of_too(self, memory: World) -> None:
        """Wrong codes are counted for the account: a new challenge for each does not keep them quiet."""
        member = await memory.member()
        email = member.applicant.contacts.email
        memory.inbox.clear()
        for number in range(1, memory.policy.codes.attempts + 1):
            ticket, code = await memory.run(scenario.ticketed(memory.inbox, member))
            with pytest.raises(CodeRefused):
                await memory.run(login.verify(ticket, code=scenario.another(code)))
            assert len(memory.inbox.to(email)) == (number == memory.policy.codes.attempts)

    async def test_a_thief_does_not_fill_the_owners_mailbox(self, memory: World) -> None:
        """So many letters a day, and the refusals go on."""
        world = memory.again(
            policy=with_budgets(memory.policy, alerts_per_account=1, code_attempts_per_subject=100)
        )
        member = await world.member()
        world.inbox.clear()
        for _ in range(3):
            ticket, code = await world.run(scenario.ticketed(world.inbox, member))
            for _ in range(world.policy.codes.attempts):
                with pytest.raises(CodeRefused):
                    await world.run(login.verify(ticket, code=scenario.another(code)))
        assert len(world.inbox.to(member.applicant.contacts.email)) == 1

    async def test_a_mistyped_code_warns_nobody(self, memory: World) -> None:
        """While attempts are left it is a slip of the finger."""
        member = await memory.member()
        ticket, code = await memory.run(scenario.ticketed(memory.inbox, member))
        with pytest.raises(CodeRefused):
            await memory.run(login.verify(ticket, code=scenario.another(code)))
        await memory.run(login.verify(ticket, code=code))
        assert await memory.events(what=What.OWNER_WARNED) == ()
