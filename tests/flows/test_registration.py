"""The wizard: what is saved stays, what is refused changes nothing, and the link is the only key to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Kind, Locale, Purpose, State, Step
from entractes_auth.errors import (
    InvalidInput,
    Limited,
    LinkRefused,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import confirmation, registration
from entractes_auth.links import seal
from entractes_auth.policy import Budget
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.steps import StepData
from entractes_auth.testing import builders, scenario
from tests.flows.situations import PAGES, begun
from tests.flows.world import World, bad_links

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


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
        left = (await world.run(registration.resume(draft.link))).missing
        assert [problem.code for problem in left] == ["document_missing"]

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
    async def test_nothing_is_saved_once_it_is_handed_in(self, page: StepData, world: World) -> None:
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
