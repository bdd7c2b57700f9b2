"""A forgotten password: one e-mail whoever asks, two channels to prove, and what was pending ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Channel, Locale, Purpose, Step
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha, RefusingCaptcha
from entractes_auth.errors import (
    CaptchaRefused,
    CodeRefused,
    InvalidInput,
    Limited,
    LinkRefused,
)
from entractes_auth.flows import recovery, review
from entractes_auth.links import seal
from entractes_auth.policy import CodePolicy
from entractes_auth.redact import Secret
from entractes_auth.testing import builders, scenario
from tests.flows.world import World, bad_links, suspend, with_budgets, with_codes

pytestmark = pytest.mark.anyio

ATTEMPTS = CodePolicy().attempts

MOMENT = timedelta(microseconds=1)


async def linked(world: World, member: scenario.Member) -> Secret:
    """A fresh recovery link, from the mailbox."""
    email = member.applicant.contacts.email
    await world.run(recovery.begin(email))
    return scenario.token_in(world.inbox.last_link_to(email))


class TestBegin:
    """`begin`"""

    async def test_a_member_gets_a_link(self, world: World) -> None:
        """One e-mail to the stored address, however the address was typed; nothing on the phone."""
        member = await world.member(locale=Locale.EN)
        world.inbox.clear()
        email = member.applicant.contacts.email
        assert await world.run(recovery.begin(email.upper())) == recovery.RecoveryBegun()
        (mail,) = world.inbox.messages
        assert (mail.to, mail.channel, mail.locale) == (email, Channel.EMAIL, Locale.EN)
        assert "06 •• •• •• 01" in mail.text
        await world.run(recovery.open(scenario.token_in(world.inbox.last_link_to(email))))

    async def test_everybody_else_is_told_in_the_own_mailbox(self, world: World) -> None:
        """A stranger, a draft, a waiting, a rejected and a suspended one: one e-mail each, and no link."""
        await world.run(scenario.drafted(scenario.applicant(2)))
        await world.submitted(3)
        await world.in_review(4)
        asked, rejected = await world.in_review(5), await world.in_review(6)
        flagged = frozenset({Step.IDENTITY})
        await world.run(
            review.ask(scenario.REVIEWER, asked.registration_id, question="Votre nom ?", steps=flagged)
        )
        await world.run(review.reject(scenario.REVIEWER, rejected.registration_id, reason="Illisible."))
        await suspend(world, await world.member(7))
        subjects: dict[int, str] = {}
        for n in range(1, 8):
            world.inbox.clear()
            await world.run(recovery.begin(builders.contacts(n).email))
            (mail,) = world.inbox.messages
            assert mail.to == builders.contacts(n).email
            assert "/recuperation/" not in mail.text
            subjects[n] = mail.subject
        no_account = "Entr'Actes\u00a0: aucun compte à cette adresse"
        pending = "Entr'Actes\u00a0: votre inscription n'est pas terminée"
        assert [n for n in subjects if subjects[n] == no_account] == [1, 2, 6, 7]
        assert [n for n in subjects if subjects[n] == pending] == [3, 4, 5]

    async def test_a_stranger_is_written_to_in_the_language_of_the_page(self, memory: World) -> None:
        """Nobody's language is known where nobody is."""
        await memory.run(recovery.begin("nobody@example.fr", locale=Locale.EN))
        (mail,) = memory.inbox.messages
        assert mail.locale is Locale.EN

    @pytest.mark.parametrize(
        "typed", ["", "no address", "a@b", "x" * 300 + "@example.fr", "a\0b@example.fr", "a@b\n.fr"]
    )
    async def test_what_is_no_address_is_named(self, typed: str, memory: World) -> None:
        """Nothing is counted, stored or sent."""
        with pytest.raises(InvalidInput) as refused:
            await memory.run(recovery.begin(typed))
        assert [problem.field for problem in refused.value.problems] == ["email"]
        assert await memory.events() == ()

    async def test_a_robot_check_comes_first(self, memory: World) -> None:
        """Where the policy asks for one."""
        member = await memory.member()
        memory.inbox.clear()
        world = memory.again(policy=replace(memory.policy, captcha=True), captcha=RefusingCaptcha())
        with pytest.raises(CaptchaRefused):
            await world.run(recovery.begin(member.applicant.contacts.email))
        assert world.inbox.messages == ()
        world = world.again(captcha=AcceptingCaptcha())
        await world.run(recovery.begin(member.applicant.contacts.email))
        assert len(world.inbox.messages) == 1

    @pytest.mark.parametrize("n", [1, 2], ids=["member", "stranger"])
    async def test_a_mailbox_is_not_flooded(self, n: int, memory: World) -> None:
        """Five a day in whatever spelling; a member's runs dry exactly as a stranger's, and says when it is back."""
        await memory.member(1)
        email = builders.contacts(n).email
        memory.inbox.clear()
        began = memory.clock.now()
        spellings = (email, email.upper(), email.lower(), f" {email} ", email)
        assert len(spellings) == memory.policy.limits.recoveries_per_address.amount
        for spelling in spellings:
            await memory.run(recovery.begin(spelling))
            memory.wait(minutes=1)
        with pytest.raises(Limited) as limited:
            await memory.run(recovery.begin(email))
        assert limited.value.retry_at == began + timedelta(days=1)
        assert len(memory.inbox.messages) == len(spellings)

    async def test_one_network_does_not_ask_for_everybody(self, memory: World) -> None:
        """The network's budget holds over all addresses."""
        world = memory.again(policy=with_budgets(memory.policy, codes_per_network=2))
        for n in range(2):
            await world.run(recovery.begin(f"somebody{n}@example.fr", network="192.0.2.1"))
        with pytest.raises(Limited):
            await world.run(recovery.begin("somebody2@example.fr", network="192.0.2.1"))
        assert len(world.inbox.messages) == 2


class TestTheLink:
    """`open` and `send_code`"""

    async def test_opening_sends_nothing(self, world: World) -> None:
        """Mail scanners open links, and an SMS costs money."""
        member = await world.member()
        link = await linked(world, member)
        world.inbox.clear()
        page = await world.run(recovery.open(link))
        for _ in range(10):
            assert await world.run(recovery.open(link)) == page
        assert (page.sent, page.masked, page.attempts_left) == (False, "", ATTEMPTS)
        assert page.may_resend_at == world.clock.now()
        assert world.inbox.messages == ()
        with pytest.raises(CodeRefused):
            await world.run(recovery.complete(link, code="1234"))

    @pytest.mark.parametrize("name", list(bad_links(Secret("k.a.b"), Secret(""))))
    async def test_another_text_is_no_link(self, name: str, memory: World) -> None:
        """Each flow refuses each bad link, and none costs an attempt."""
        half = await memory.run(scenario.recovering(memory.inbox, await memory.member()))
        row = half.link.reveal().split(".")[1]
        bad = bad_links(half.link, seal(Purpose.LOGIN, row, memory.keys))[name]
        for flow in (recovery.open(bad), recovery.send_code(bad), recovery.complete(bad, code=half.code)):
            with pytest.raises(LinkRefused):
                await memory.run(flow)
        assert (await memory.run(recovery.open(half.link))).attempts_left == ATTEMPTS

    async def test_the_code_goes_to_the_phone_alone(self, world: World) -> None:
        """The mailbox has had its link: a thief of the mailbox gets no further."""
        member = await world.member()
        link = await linked(world, member)
        world.inbox.clear()
        page = await world.run(recovery.send_code(link))
        (sms,) = world.inbox.messages
        assert (sms.channel, sms.to) == (Channel.SMS, member.applicant.contacts.mobile)
        assert (page.sent, page.masked) == (True, "06 •• •• •• 01")

    async def test_cooldown_and_cap(self, world: World) -> None:
        """`Limited` says when; only the newest code is right."""
        world = world.again(policy=with_codes(world.policy))
        member = await world.member()
        link = await linked(world, member)
        ends = (await world.run(recovery.open(link))).expires_at
        codes: list[str] = []
        for _ in range(world.policy.codes.sends):
            await world.run(recovery.send_code(link))
            codes.append(world.inbox.last_code_to(member.applicant.contacts.mobile))
            sent_at = world.clock.now()
            with pytest.raises(Limited) as limited:
                await world.run(recovery.send_code(link))
            assert limited.value.retry_at in (sent_at + world.policy.codes.resend_after, ends)
            world.wait(minutes=1)
        with pytest.raises(Limited) as limited:
            await world.run(recovery.send_code(link))
        assert limited.value.retry_at == ends
        with pytest.raises(CodeRefused):
            await world.run(recovery.complete(link, code=codes[0]))
        await world.run(recovery.complete(link, code=codes[-1]))

    async def test_an_expired_link(self, world: World) -> None:
        """Half an hour, to the moment."""
        link = await linked(world, await world.member())
        world.clock.advance(world.policy.links.recovery_lifetime - MOMENT)
        await world.run(recovery.open(link))
        world.clock.advance(MOMENT)
        for flow in (recovery.open(link), recovery.send_code(link)):
            with pytest.raises(LinkRefused):
                await world.run(flow)

    async def test_a_suspended_members_link(self, world: World) -> None:
        """Who is suspended in between gets no new password."""
        member = await world.member()
        half = await world.run(scenario.recovering(world.inbox, member))
        await suspend(world, member)
        world.wait(minutes=1)
        for flow in (recovery.send_code(half.link), recovery.complete(half.link, code=half.code)):
            with pytest.raises(LinkRefused):
                await world.run(flow)
