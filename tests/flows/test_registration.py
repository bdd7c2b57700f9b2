"""The wizard: what is saved stays, what is refused changes nothing, and the link is the only key to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Kind, Locale, Purpose, State, Step
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.errors import (
    AuthError,
    CodeRefused,
    DocumentRefused,
    InvalidInput,
    Limited,
    LinkRefused,
    NotFound,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import confirmation, registration, review
from entractes_auth.links import seal
from entractes_auth.policy import Budget
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, MessageState
from entractes_auth.redact import Secret
from entractes_auth.testing import builders, scenario
from tests.flows.world import World, bad_links

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
PAGES = (builders.identity(), builders.practice(), builders.care(), builders.contacts())
AskFor = Callable[..., Awaitable[scenario.Waiting]]


async def begun(world: World) -> registration.Draft:
    """An empty draft."""
    return await world.run(registration.begin(Kind.PROFESSIONAL))


async def asked(
    world: World, *steps: Step, document: bool = False, who: scenario.Applicant | None = None
) -> scenario.Waiting:
    """A registration that an operator sent back, with these steps flagged."""
    waiting = await world.run(scenario.in_review(world.inbox, who or scenario.applicant()))
    await world.run(
        review.ask(
            scenario.REVIEWER,
            waiting.registration_id,
            question="Est-ce bien votre nom ?",
            steps=frozenset(steps),
            document=document,
        )
    )
    return waiting


class TestBegin:
    """`begin`"""

    async def test_a_flow_that_is_not_run_does_nothing(self, world: World) -> None:
        """Calling a flow gives a value; the store sees nothing before it is run."""
        flow = registration.begin(Kind.PROFESSIONAL)
        assert await world.events() == ()
        await world.run(flow)
        await world.run(flow)
        assert len(await world.events(what=What.REGISTRATION_BEGUN)) == 2

    async def test_an_empty_draft(self, world: World) -> None:
        """The link shows an empty draft of the kind and language that were asked for."""
        draft = await world.run(registration.begin(Kind.ESTABLISHMENT, locale=Locale.EN))
        seen = await world.run(registration.resume(draft.link))
        assert (seen.registration_id, seen.state, seen.kind) == (draft.id, State.DRAFT, Kind.ESTABLISHMENT)
        assert (seen.locale, seen.reachable, seen.open_steps) == (Locale.EN, Step.IDENTITY, (Step.IDENTITY,))
        assert [problem.field for problem in seen.missing] == [*(step.value for step in Step), "document"]

    async def test_one_network_begins_so_many_a_day(self, memory: World) -> None:
        """The budget is the network's own, and `Limited` says when it is back."""
        rules = replace(memory.policy.limits, registrations_per_network=Budget(amount=2, per=DAY))
        world = memory.again(policy=replace(memory.policy, limits=rules))
        for _ in range(2):
            await world.run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.1"))
        began = world.clock.now()
        world.wait(hours=5)
        with pytest.raises(Limited) as limited:
            await world.run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.1"))
        assert limited.value.retry_at == began + DAY
        await world.run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.2"))
        world.wait(hours=19)
        await world.run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.1"))
        assert len(await world.events(what=What.REGISTRATION_BEGUN)) == 4

    async def test_a_network_that_the_host_does_not_say_is_not_limited(self, memory: World) -> None:
        """An empty network is nobody's: strangers must not share one budget."""
        rules = replace(memory.policy.limits, registrations_per_network=Budget(amount=1, per=DAY))
        world = memory.again(policy=replace(memory.policy, limits=rules))
        drafts = [await begun(world) for _ in range(3)]
        assert len({draft.id for draft in drafts}) == 3


class TestTheLink:
    """The secret link."""

    @pytest.mark.parametrize("name", list(bad_links(Secret("k.a.b"), Secret(""))))
    async def test_no_flow_takes_another_text_for_it(self, name: str, memory: World) -> None:
        """Each flow refuses each bad link, with an error that says nothing about it."""
        draft = await begun(memory)
        bad = bad_links(draft.link, seal(Purpose.CONFIRM, draft.id, memory.keys))[name]
        for flow in (
            registration.resume(bad),
            registration.save(bad, builders.identity()),
            registration.attach(bad, [scenario.PDF]),
            registration.detach(bad, "0" * 32),
            registration.submit(bad),
            registration.amend(bad),
            registration.withdraw(bad),
            confirmation.restart(bad),
        ):
            with pytest.raises(LinkRefused) as refused:
                await memory.run(flow)
            assert refused.value.args == ()

    async def test_a_right_link_to_nothing_is_refused_alike(self, world: World) -> None:
        """A link that we sealed, to a registration that is not there (another database, say)."""
        with pytest.raises(LinkRefused):
            await world.run(registration.resume(seal(Purpose.RESUME, "0" * 32, world.keys)))

    async def test_white_space_around_it_is_forgiven(self, memory: World) -> None:
        """A mail program adds line ends; the link opens nevertheless, as text or as a secret."""
        draft = await begun(memory)
        seen = await memory.run(registration.resume(f" \r\n{draft.link.reveal()}\n"))
        assert seen == await memory.run(registration.resume(draft.link))

    async def test_it_shows_in_no_repr(self, memory: World) -> None:
        """Neither the draft nor the flow shows the link."""
        draft = await begun(memory)
        shown = f"{draft!r} {draft.link!r} {draft.link} {registration.resume(draft.link)!r}"
        assert draft.link.reveal().rpartition(".")[2] not in shown


class TestSave:
    """`save`"""

    async def test_each_page_is_kept(self, world: World) -> None:
        """What was saved is what is shown, page after page, and the furthest page moves on."""
        draft = await begun(world)
        steps = tuple(Step)
        for at, page in enumerate(PAGES):
            await world.run(registration.save(draft.link, page))
            seen = await world.run(registration.resume(draft.link))
            assert (seen.identity, seen.practice, seen.care, seen.contacts)[: at + 1] == PAGES[: at + 1]
            assert seen.reachable == steps[min(at + 1, 3)]
            assert seen.open_steps == steps[: at + 2]
        assert [problem.code for problem in seen.missing] == ["document_missing"]

    async def test_going_back_loses_nothing(self, world: World) -> None:
        """An earlier page done again replaces itself alone."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        mended = builders.identity(last_name="Martin")
        seen = await world.run(registration.save(draft.link, mended))
        assert (seen.identity, seen.practice, seen.care, seen.contacts) == (mended, *PAGES[1:])
        assert len(seen.documents) == 1
        assert seen.missing == ()

    @pytest.mark.parametrize("saved", [0, 1, 2])
    async def test_earlier_pages_come_first(self, saved: int, memory: World) -> None:
        """A page after the first empty one is refused, and not kept."""
        draft = await begun(memory)
        for page in PAGES[:saved]:
            await memory.run(registration.save(draft.link, page))
        for page in PAGES[saved + 1 :]:
            with pytest.raises(NotPossibleNow):
                await memory.run(registration.save(draft.link, page))
        seen = await memory.run(registration.resume(draft.link))
        assert seen.reachable is tuple(Step)[saved]

    async def test_what_the_policy_refuses_is_not_saved(self, world: World) -> None:
        """A well-formed page that the host does not accept leaves the page of before as it was."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        rules = replace(world.policy.registration, accept_test_numbers=False)
        strict = world.again(policy=replace(world.policy, registration=rules))
        before = await world.registration(draft.id)
        with pytest.raises(InvalidInput) as refused:
            await strict.run(registration.save(draft.link, builders.practice(2)))
        assert refused.value.problems == (
            Problem("practice.professional_number", "test_number_not_accepted"),
        )
        assert await world.registration(draft.id) == before

    @pytest.mark.parametrize("page", PAGES, ids=[step.value for step in Step])
    async def test_nothing_is_saved_once_it_is_handed_in(
        self, page: registration.StepData, world: World
    ) -> None:
        """A submitted registration is not edited behind the proof of its contacts."""
        waiting = await world.submitted()
        before = await world.registration(waiting.registration_id)
        with pytest.raises(NotPossibleNow) as refused:
            await world.run(registration.save(waiting.resume_link, page))
        assert refused.value.state == "submitted"
        assert await world.registration(waiting.registration_id) == before

    async def test_saving_keeps_the_draft_alive(self, memory: World) -> None:
        """Each page gives a draft its whole lifetime again."""
        draft = await begun(memory)
        lifetime = memory.policy.registration.draft_lifetime
        for page in PAGES:
            memory.clock.advance(lifetime - timedelta(seconds=1))
            await memory.run(registration.save(draft.link, page))
        memory.clock.advance(lifetime)
        seen = await memory.run(registration.resume(draft.link))
        assert (seen.state, seen.identity, seen.masked_email) == (State.EXPIRED, None, "")


class TestConsent:
    """The newsletter."""

    async def test_it_is_dated_once(self, world: World) -> None:
        """Saving the page again does not renew it, unticking ends it, ticking again dates it anew."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        first = (await world.registration(draft.id)).consent
        assert first is not None
        assert first.given_at == world.clock.now()
        assert first.text_version == world.policy.registration.consent_text_version
        world.wait(hours=1)
        await world.run(registration.save(draft.link, builders.contacts(mobile="+33612340099")))
        assert (await world.registration(draft.id)).consent == first
        await world.run(registration.save(draft.link, builders.contacts(newsletter=False)))
        assert (await world.registration(draft.id)).consent is None
        await world.run(registration.save(draft.link, builders.contacts()))
        again = (await world.registration(draft.id)).consent
        assert again is not None
        assert again.given_at == world.clock.now() == first.given_at + timedelta(hours=1)


class TestDocuments:
    """`attach` and `detach`"""

    async def test_an_attached_document_can_be_read_by_a_reviewer(self, world: World) -> None:
        """In whatever chunks it comes, it is the same document, and its type is found from its content."""
        draft = await begun(world)
        chunks = (scenario.PDF[at : at + 7] for at in range(0, len(scenario.PDF), 7))
        seen = await world.run(registration.attach(draft.link, chunks))
        (document,) = seen.documents
        assert (document.media_type, document.size) == ("application/pdf", len(scenario.PDF))
        assert world.documents.read(document.id) == scenario.PDF

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"Bonjour", "not_accepted"),
            (scenario.PDF + b"PK\x05\x06" + bytes(18), "ambiguous"),
        ],
        ids=["empty", "text", "polyglot"],
    )
    async def test_another_file_is_refused_and_nothing_kept(
        self, content: bytes, code: str, memory: World
    ) -> None:
        """Neither the port nor the record has anything of it."""
        draft = await begun(memory)
        before = await memory.registration(draft.id)
        with pytest.raises(DocumentRefused) as refused:
            await memory.run(registration.attach(draft.link, [content]))
        assert refused.value.problems == (Problem("document", code),)
        assert await memory.registration(draft.id) == before
        assert documents_of(memory) == 0

    async def test_no_more_than_the_policy_says(self, memory: World) -> None:
        """The sixth is refused before a byte of it is read."""
        draft = await begun(memory)
        maximum = memory.policy.documents.maximum_count
        for _ in range(maximum):
            await memory.run(registration.attach(draft.link, [scenario.PDF]))
        unread = iter([scenario.PDF])
        with pytest.raises(InvalidInput) as refused:
            await memory.run(registration.attach(draft.link, unread))
        assert refused.value.problems == (Problem("document", "too_many", {"maximum": maximum}),)
        assert list(unread) == [scenario.PDF]
        assert documents_of(memory) == maximum

    async def test_uploads_of_one_registration_are_counted(self, memory: World) -> None:
        """Attaching and taking back in turn ends with the day's budget, which says when it is back."""
        draft = await begun(memory)
        began = memory.clock.now()
        for _ in range(memory.policy.limits.documents_per_registration.amount):
            seen = await memory.run(registration.attach(draft.link, [scenario.PDF]))
            await memory.run(registration.detach(draft.link, seen.documents[0].id))
        with pytest.raises(Limited) as limited:
            await memory.run(registration.attach(draft.link, [scenario.PDF]))
        assert limited.value.retry_at == began + DAY
        assert documents_of(memory) == 0

    async def test_none_is_added_or_taken_back_once_it_is_handed_in(self, memory: World) -> None:
        """The operator decides on what was handed in."""
        waiting = await memory.submitted()
        (document,) = (await memory.registration(waiting.registration_id)).documents
        for flow in (
            registration.attach(waiting.resume_link, [scenario.PDF]),
            registration.detach(waiting.resume_link, document.id),
        ):
            with pytest.raises(NotPossibleNow):
                await memory.run(flow)
        assert memory.documents.read(document.id) == scenario.PDF
        assert documents_of(memory) == 1

    async def test_one_taken_back_is_gone(self, world: World) -> None:
        """Its file too; the others stay; and a second time there is nothing to take back."""
        draft = await begun(world)
        await world.run(registration.attach(draft.link, [scenario.PDF]))
        kept, gone = (await world.run(registration.attach(draft.link, [scenario.PDF]))).documents
        seen = await world.run(registration.detach(draft.link, gone.id))
        assert seen.documents == (kept,)
        assert documents_of(world) == 1
        with pytest.raises(NotFound):
            await world.run(registration.detach(draft.link, gone.id))

    async def test_another_applicants_document_cannot_be_taken_back(self, memory: World) -> None:
        """The id alone does nothing."""
        mine, theirs = await begun(memory), await begun(memory)
        seen = await memory.run(registration.attach(theirs.link, [scenario.PDF]))
        with pytest.raises(NotFound):
            await memory.run(registration.detach(mine.link, seen.documents[0].id))
        assert memory.documents.read(seen.documents[0].id) == scenario.PDF


def documents_of(world: World) -> int:
    """How many documents the port keeps."""
    assert isinstance(world.documents, MemoryDocuments)
    return len(world.documents)


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
        assert [stored.reason for stored in await slow.outbox(MessageState.DEAD)] == ["withdrawn"] * 2

    async def test_only_what_waits_for_a_proof(self, memory: World) -> None:
        """Neither a draft nor what is in review goes back."""
        draft = await begun(memory)
        in_review = await memory.in_review()
        for link in (draft.link, in_review.resume_link):
            with pytest.raises(NotPossibleNow):
                await memory.run(registration.amend(link))


async def _draft(world: World) -> Secret:
    return (await world.run(scenario.drafted(scenario.applicant()))).link


async def _submitted(world: World) -> Secret:
    return (await world.submitted()).resume_link


async def _in_review(world: World) -> Secret:
    return (await world.in_review()).resume_link


async def _asked(world: World) -> Secret:
    return (await asked(world, Step.IDENTITY)).resume_link


async def _approved(world: World) -> Secret:
    return (await world.member()).resume_link


async def _rejected(world: World) -> Secret:
    waiting = await world.in_review()
    await world.run(review.reject(scenario.REVIEWER, waiting.registration_id, reason="Document illisible."))
    return waiting.resume_link


async def _withdrawn(world: World) -> Secret:
    link = await _submitted(world)
    await world.run(registration.withdraw(link))
    return link


async def _expired(world: World) -> Secret:
    link = await _submitted(world)
    world.clock.advance(world.policy.registration.draft_lifetime)
    return link


WAYS = {
    State.DRAFT: _draft,
    State.SUBMITTED: _submitted,
    State.IN_REVIEW: _in_review,
    State.NEEDS_INFORMATION: _asked,
    State.APPROVED: _approved,
    State.REJECTED: _rejected,
    State.WITHDRAWN: _withdrawn,
    State.EXPIRED: _expired,
}


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
