"""The second factor: the ticket of a right password, and the code on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from entractes_auth import Channel, Locale, Purpose
from entractes_auth.errors import (
    CodeRefused,
    InvalidInput,
    Limited,
    LinkRefused,
)
from entractes_auth.flows import account, login, registration
from entractes_auth.links import seal
from entractes_auth.policy import CodePolicy
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from tests.flows.situations import refuse_code, ticket_of
from tests.flows.world import World, bad_links, give_new_phone, suspend, with_budgets, with_codes

pytestmark = pytest.mark.anyio


ATTEMPTS = CodePolicy().attempts


MOMENT = timedelta(microseconds=1)


class TestTheTicket:
    """What comes between the password and the code."""

    @pytest.mark.parametrize("name", list(bad_links(Secret("k.a.b"), Secret(""))))
    async def test_another_text_is_no_ticket(self, name: str, memory: World) -> None:
        """Each flow refuses each bad ticket, and none costs an attempt."""
        member = await memory.member()
        ticket, code = await memory.run(scenario.ticketed(memory.inbox, member))
        row = ticket.reveal().split(".")[1]
        bad = bad_links(ticket, seal(Purpose.RECOVERY, row, memory.keys))[name]
        for flow in (
            login.open(bad),
            login.open_code(bad),
            login.send_code(bad, Channel.SMS),
            login.verify(bad, code=code),
        ):
            with pytest.raises(LinkRefused):
                await memory.run(flow)
        assert (await memory.run(login.open_code(ticket))).attempts_left == ATTEMPTS

    async def test_it_shows_the_choices_again(self, world: World) -> None:
        """`open` gives what `begin` gave, until the ticket's end."""
        member = await world.member()
        page = await world.run(login.begin(member.identifier, member.password))
        world.clock.advance(world.policy.links.login_lifetime - MOMENT)
        assert await world.run(login.open(page.ticket)) == page
        world.clock.advance(MOMENT)
        for flow in (
            login.open(page.ticket),
            login.open_code(page.ticket),
            login.send_code(page.ticket, Channel.SMS),
        ):
            with pytest.raises(LinkRefused):
                await world.run(flow)

    async def test_a_code_that_went_to_a_lost_phone(self, world: World) -> None:
        """It opens nothing once the account has another; a code to the new one does."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await give_new_phone(world, member, "+33698765432")
        with pytest.raises(LinkRefused):
            await world.run(login.verify(ticket, code=code))
        assert await world.events(what=What.SIGNED_IN) == ()
        world.wait(minutes=1)
        await world.run(login.send_code(ticket, Channel.SMS))
        await world.run(login.verify(ticket, code=world.inbox.last_code_to("+33698765432")))

    async def test_before_a_code_is_sent_there_is_none_to_guess(self, world: World) -> None:
        """Not even an attempt: there is nothing to compare with."""
        ticket = await ticket_of(world, await world.member())
        page = await world.run(login.open_code(ticket))
        assert (page.sent, page.masked, page.channel, page.code_expires_at) == (False, "", None, None)
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code="1234"))
        assert (await world.run(login.open_code(ticket))).attempts_left == ATTEMPTS

    async def test_a_used_ticket(self, world: World) -> None:
        """Signed in once, it opens nothing; the right code typed again signs nobody in."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await world.run(login.verify(ticket, code=code))
        for flow in (login.open(ticket), login.open_code(ticket), login.send_code(ticket, Channel.SMS)):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code=code))
        assert len(await world.events(member.account_id, What.SIGNED_IN)) == 1

    async def test_a_suspended_members_ticket(self, world: World) -> None:
        """Who is suspended between the password and the code does not get in."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await suspend(world, member)
        for flow in (
            login.open(ticket),
            login.send_code(ticket, Channel.SMS),
            login.verify(ticket, code=code),
        ):
            with pytest.raises(LinkRefused):
                await world.run(flow)

    async def test_two_tickets_do_not_mix(self, memory: World) -> None:
        """A code is right on its own ticket only, also for the same member."""
        world = memory.again(policy=with_codes(memory.policy))
        member = await world.member()
        one, first = await world.run(scenario.ticketed(world.inbox, member))
        other, second = await world.run(scenario.ticketed(world.inbox, member))
        for ticket, code in ((one, second), (other, first)):
            with pytest.raises(CodeRefused):
                await world.run(login.verify(ticket, code=code))
        await world.run(login.verify(one, code=first))
        await world.run(login.verify(other, code=second))


class TestTheCode:
    """`send_code` and `verify`"""

    @pytest.mark.parametrize("channel", list(Channel))
    async def test_both_factors_sign_in(self, channel: Channel, world: World) -> None:
        """By the channel that was chosen, in the member's language, and by no other."""
        member = await world.member(locale=Locale.EN)
        world.inbox.clear()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member, channel))
        (sent,) = world.inbox.messages
        assert (sent.channel, sent.to, sent.locale) == (channel, member.applicant.address(channel), Locale.EN)
        signed_in = await world.run(login.verify(ticket, code=code))
        who = member.applicant.identity
        profile = await world.run(account.profile(signed_in.account_id))
        assert signed_in == login.SignedIn(
            member.account_id,
            member.identifier,
            who.first_name,
            who.last_name,
            Locale.EN,
            profile.password_serial,
            signed_in.devices,
        )
        assert who.last_name not in repr(signed_in)
        (event,) = await world.events(member.account_id, What.SIGNED_IN)
        assert event.details == {"channel": channel.value}
        assert profile.identifier == member.identifier

    async def test_only_the_newest_code_is_right_whatever_its_channel(self, world: World) -> None:
        """The SMS code ends when a code is sent by e-mail."""
        world = world.again(policy=with_codes(world.policy))
        member = await world.member()
        ticket, by_sms = await world.run(scenario.ticketed(world.inbox, member))
        world.wait(minutes=1)
        page = await world.run(login.send_code(ticket, Channel.EMAIL))
        assert (page.channel, page.masked) == (Channel.EMAIL, "Z•••@example.fr")
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code=by_sms))
        by_email = world.inbox.last_code_to(member.applicant.contacts.email)
        await world.run(login.verify(ticket, code=by_email))

    async def test_three_are_judged_whatever_is_sent_again(self, world: World) -> None:
        """A resend by the other channel buys no guess, and none is sent once they are used up."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await refuse_code(world, ticket, code, 2)
        world.wait(minutes=1)
        assert (await world.run(login.send_code(ticket, Channel.EMAIL))).attempts_left == 1
        code = world.inbox.last_code_to(member.applicant.contacts.email)
        await refuse_code(world, ticket, code)
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code=code))
        world.wait(minutes=1)
        with pytest.raises(LinkRefused):
            await world.run(login.send_code(ticket, Channel.SMS))
        assert len(await world.events(member.account_id, What.CODE_REFUSED)) == ATTEMPTS

    async def test_a_new_ticket_brings_no_attempt_of_the_day_back(self, world: World) -> None:
        """Four judged codes a day, on whatever tickets; a right password does not reset it."""
        world = world.again(policy=with_budgets(world.policy, code_attempts_per_subject=4))
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await refuse_code(world, ticket, code, ATTEMPTS)
        began = world.clock.now()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        await refuse_code(world, ticket, code)
        with pytest.raises(Limited) as limited:
            await world.run(login.verify(ticket, code=code))
        assert limited.value.retry_at == began + timedelta(days=1)
        assert await world.events(what=What.SIGNED_IN) == ()

    async def test_a_new_ticket_brings_no_message_of_the_day_back(self, memory: World) -> None:
        """Who asks for tickets in a loop does not make the phone ring all day."""
        member = await memory.member()
        world = memory.again(policy=with_budgets(memory.policy, codes_per_subject=3))
        world.inbox.clear()
        for turn in range(6):
            ticket = await ticket_of(world, member)
            send = login.send_code(ticket, list(Channel)[turn % 2])
            if turn < 3:
                await world.run(send)
                continue
            with pytest.raises(Limited) as limited:
                await world.run(send)
            assert limited.value.retry_at == world.clock.now() + timedelta(days=1)
        assert len(world.inbox.messages) == 3

    async def test_a_sign_in_gives_the_days_codes_back(self, world: World) -> None:
        """A member who signs in all day long is never kept out by the own successes."""
        world = world.again(
            policy=with_budgets(world.policy, codes_per_subject=2, code_attempts_per_subject=4)
        )
        member = await world.member()
        for _ in range(4):
            ticket, code = await world.run(scenario.ticketed(world.inbox, member))
            await refuse_code(world, ticket, code, 2)
            await world.run(login.verify(ticket, code=code))
        assert len(await world.events(member.account_id, What.SIGNED_IN)) == 4

    @pytest.mark.parametrize(
        "budget",
        ["sms_per_phone", "sms_per_prefix", "sms_in_all", "sms_in_all_an_hour", "emails_per_address"],
    )
    async def test_no_stranger_can_keep_a_member_from_a_code(self, budget: str, memory: World) -> None:
        """Budgets that sign-ups and recoveries use up are not those of sign-in."""
        member = await memory.member(1)
        world = memory.again(policy=with_budgets(memory.policy, **{budget: 1}))
        theirs = member.applicant.contacts
        draft = await world.run(scenario.drafted(scenario.applicant(2, contacts=theirs)))
        with pytest.raises(Limited):
            await world.run(registration.submit(draft.link))
        for channel in Channel:
            await world.run(scenario.signed_in(world.inbox, member, channel))

    async def test_not_before_its_time_and_not_more_than_the_policy_says(self, world: World) -> None:
        """`Limited` says when; the cap of a ticket ends with the ticket."""
        member = await world.member()
        page = await world.run(login.begin(member.identifier, member.password))
        for _ in range(world.policy.codes.sends):
            shown = await world.run(login.send_code(page.ticket, Channel.SMS))
            with pytest.raises(Limited) as limited:
                await world.run(login.send_code(page.ticket, Channel.EMAIL))
            assert shown.may_resend_at in (limited.value.retry_at, None)
            world.clock.advance(world.policy.codes.resend_after)
        with pytest.raises(Limited) as limited:
            await world.run(login.send_code(page.ticket, Channel.SMS))
        assert limited.value.retry_at == page.expires_at

    async def test_letters_cost_nothing(self, world: World) -> None:
        """As on every page with code boxes."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        for _ in range(4):
            with pytest.raises(InvalidInput):
                await world.run(login.verify(ticket, code="12e4"))
        await world.run(login.verify(ticket, code=" ".join(code)))

    async def test_a_code_ends_with_its_lifetime(self, world: World) -> None:
        """The ticket lives five minutes longer, for another code."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        world.clock.advance(world.policy.codes.lifetime)
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code=code))
        page = await world.run(login.send_code(ticket, Channel.SMS))
        assert page.code_expires_at == page.expires_at
        code = world.inbox.last_code_to(member.applicant.contacts.mobile)
        await world.run(login.verify(ticket, code=code))
