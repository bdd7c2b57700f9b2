"""Handing in, and going back before the contacts are proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Locale, State, Step
from entractes_auth.errors import (
    CodeRefused,
    InvalidInput,
    Limited,
    LinkRefused,
    NotPossibleNow,
)
from entractes_auth.flows import confirmation, registration, review
from entractes_auth.policy import Budget
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, MessageState
from entractes_auth.testing import builders, scenario
from tests.flows.situations import PAGES, begun
from tests.flows.world import World

pytestmark = pytest.mark.anyio


DAY = timedelta(days=1)


class TestSubmit:
    """`submit`"""

    async def test_one_link_and_one_code_are_sent(self, world: World) -> None:
        """The e-mail shows the phone masked and no code; the SMS has the code and no link."""
        waiting = await world.submitted()
        who = waiting.applicant.contacts
        (mail,), (sms,) = world.inbox.to(who.email), world.inbox.to(who.mobile)
        assert waiting.confirm_link.reveal() in mail.text
        assert "06 •• •• •• 01" in mail.text
        assert waiting.code not in mail.text.replace(waiting.confirm_link.reveal(), "")
        assert waiting.code in sms.text
        assert "http" not in sms.text
        whats = [event.what for event in await world.events(waiting.registration_id)]
        assert sorted(whats) == [What.CODE_SENT, What.REGISTRATION_BEGUN, What.REGISTRATION_SUBMITTED]

    async def test_they_speak_the_applicants_language(self, memory: World) -> None:
        """A registration begun in English is written to in English."""
        await memory.submitted(locale=Locale.EN)
        assert {outgoing.locale for outgoing in memory.inbox.messages} == {Locale.EN}

    @pytest.mark.parametrize("saved", range(5))
    async def test_what_is_missing_is_said_in_page_order(self, saved: int, memory: World) -> None:
        """Everything at once; nothing is sent, and nothing changes."""
        draft = await begun(memory)
        for page in PAGES[:saved]:
            await memory.run(registration.save(draft.link, page))
        before = await memory.registration(draft.id)
        with pytest.raises(InvalidInput) as refused:
            await memory.run(registration.submit(draft.link))
        missing = [step.value for step in tuple(Step)[saved:]]
        assert [problem.field for problem in refused.value.problems] == [*missing, "document"]
        assert await memory.registration(draft.id) == before
        assert memory.inbox.messages == ()

    async def test_a_host_may_do_without_documents(self, memory: World) -> None:
        """Where the policy wants none, none is missing."""
        rules = replace(memory.policy.registration, document_required=False)
        world = memory.again(policy=replace(memory.policy, registration=rules))
        draft = await begun(world)
        for page in PAGES:
            await world.run(registration.save(draft.link, page))
        assert (await world.run(registration.submit(draft.link))).state is State.SUBMITTED

    async def test_handing_in_twice_is_refused(self, world: World) -> None:
        """And sends nothing a second time."""
        waiting = await world.submitted()
        with pytest.raises(NotPossibleNow):
            await world.run(registration.submit(waiting.resume_link))
        assert len(world.inbox.messages) == 2

    @pytest.mark.parametrize(
        "budget",
        [
            "sms_per_phone",
            "sms_per_prefix",
            "sms_in_all",
            "sms_in_all_an_hour",
            "emails_per_address",
            "codes_per_subject",
            "codes_per_network",
        ],
    )
    async def test_a_used_up_budget_is_said_before_anything_is_sent(self, budget: str, memory: World) -> None:
        """Phone, its neighbours, everybody, mailbox, registration, network: each its own; it stays a draft."""
        limits = replace(memory.policy.limits, **{budget: Budget(amount=1, per=DAY)})
        world = memory.again(policy=replace(memory.policy, limits=limits))
        draft = await world.run(scenario.drafted(scenario.applicant()))
        await world.run(registration.submit(draft.link, network="192.0.2.1"))
        sent = world.inbox.messages
        await world.run(registration.amend(draft.link))
        before = await world.registration(draft.id)
        with pytest.raises(Limited) as limited:
            await world.run(registration.submit(draft.link, network="192.0.2.1"))
        assert limited.value.retry_at == world.clock.now() + DAY
        assert await world.registration(draft.id) == before
        assert world.inbox.messages == sent

    async def test_phone_and_mailbox_are_limited_whoever_uses_them(self, memory: World) -> None:
        """Another registration with the same phone has no budget of its own: a phone must not ring all day."""
        limits = replace(memory.policy.limits, sms_per_phone=Budget(amount=1, per=DAY))
        world = memory.again(policy=replace(memory.policy, limits=limits))
        waiting = await world.submitted(1)
        same_phone = builders.contacts(2, mobile=waiting.applicant.contacts.mobile)
        draft = await world.run(scenario.drafted(scenario.applicant(2, contacts=same_phone)))
        with pytest.raises(Limited):
            await world.run(registration.submit(draft.link))

    async def test_the_spelling_of_a_mailbox_is_no_second_budget(self, memory: World) -> None:
        """ZOE.1@ and zoe.1@ are one mailbox, and one budget."""
        limits = replace(memory.policy.limits, emails_per_address=Budget(amount=1, per=DAY))
        world = memory.again(policy=replace(memory.policy, limits=limits))
        await world.submitted(1)
        shouted = builders.contacts(2, email=builders.contacts(1).email.upper())
        draft = await world.run(scenario.drafted(scenario.applicant(2, contacts=shouted)))
        with pytest.raises(Limited):
            await world.run(registration.submit(draft.link))


class TestAmend:
    """`amend`"""

    async def test_a_mistyped_phone_is_mended(self, world: World) -> None:
        """The wizard opens again; link and code of before prove nothing any more; the new ones do."""
        waiting = await world.submitted()
        seen = await world.run(registration.amend(waiting.resume_link))
        assert (seen.state, seen.open_steps, seen.contacts) == (
            State.DRAFT,
            tuple(Step),
            waiting.applicant.contacts,
        )
        with pytest.raises(LinkRefused):
            await world.run(confirmation.open(waiting.confirm_link))
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        mended = builders.contacts(mobile="+33612340099")
        await world.run(registration.save(waiting.resume_link, mended))
        await world.run(registration.submit(waiting.resume_link))
        link = scenario.token_in(world.inbox.last_link_to(mended.email))
        await world.run(confirmation.confirm(link, code=world.inbox.last_code_to(mended.mobile)))
        assert (await world.registration(waiting.registration_id)).state is State.IN_REVIEW

    async def test_what_is_not_sent_yet_is_never_sent(self, world: World) -> None:
        """Its messages are withdrawn from the outbox."""
        slow = world.again(deliver="relay")
        draft = await slow.run(scenario.drafted(scenario.applicant()))
        await slow.run(registration.submit(draft.link))
        await slow.run(registration.amend(draft.link))
        assert await slow.outbox(MessageState.QUEUED) == ()
        assert len(await slow.outbox(MessageState.WITHDRAWN)) == 2
        assert await slow.outbox(MessageState.DEAD) == ()

    async def test_only_what_waits_for_a_proof(self, memory: World) -> None:
        """Neither a draft nor what is in review goes back."""
        draft = await begun(memory)
        in_review = await memory.in_review()
        for link in (draft.link, in_review.resume_link):
            with pytest.raises(NotPossibleNow):
                await memory.run(registration.amend(link))


async def test_an_email_that_has_an_account_changes_nothing_for_the_applicant(world: World) -> None:
    """Same states, same number of messages, same texts but for the secrets: only the operator sees it."""
    await world.member(1)
    world.inbox.clear()
    stranger = await world.in_review(2)
    first = sorted(outgoing.subject for outgoing in world.inbox.messages)
    world.inbox.clear()
    contacts = builders.contacts(1, mobile=builders.contacts(3).mobile)
    twin = await world.in_review(3, contacts=contacts)
    assert sorted(outgoing.subject for outgoing in world.inbox.messages) == first
    seen = [await world.run(registration.resume(each.resume_link)) for each in (stranger, twin)]
    assert [(each.state, each.question, each.missing) for each in seen] == [(State.IN_REVIEW, "", ())] * 2
    dossier = await world.run(review.read(scenario.REVIEWER, twin.registration_id))
    assert "email_has_account" in [finding.code for finding in dossier.findings]


async def test_the_channels_are_what_they_say(memory: World) -> None:
    """The link travels by e-mail and the code by SMS, never the other way round."""
    waiting = await memory.submitted()
    channels = {outgoing.to: outgoing.channel for outgoing in memory.inbox.messages}
    who = waiting.applicant.contacts
    assert channels == {who.mobile: Channel.SMS, who.email: Channel.EMAIL}
