"""Notes, questions, rejections: checked, told, audited, and made on what was read."""

from __future__ import annotations

from typing import Any

import pytest

from entractes_auth import Flow, Kind, Reviewer, State, Step
from entractes_auth.errors import (
    ConfigurationError,
    InvalidInput,
    LinkRefused,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import registration, review
from entractes_auth.records.event import Actor, What
from entractes_auth.testing import builders, scenario
from tests.flows.decisions import DECISIONS, IDENTITY, OTHER, ask, note, reject
from tests.flows.world import World

pytestmark = pytest.mark.anyio


class TestNote:
    """`note`"""

    async def test_the_applicant_never_sees_it(self, world: World) -> None:
        """The others do, with who wrote it and when; no message carries it."""
        waiting = await world.in_review()
        await world.run(review.note(OTHER, waiting.registration_id, text=" Rappeler\r\nlundi. "))
        (note,) = (await world.registration(waiting.registration_id)).notes
        assert (note.reviewer_id, note.at, note.text) == (OTHER.id, world.clock.now(), "Rappeler\nlundi.")
        await world.run(ask(OTHER, waiting.registration_id))
        seen = await world.run(registration.resume(waiting.resume_link))
        assert "Rappeler" not in seen.question
        assert not any("Rappeler" in sent.text for sent in world.inbox.messages)
        assert not any("Rappeler" in str(event) for event in await world.events())


class TestTexts:
    """What reviewers write."""

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("", "missing"),
            (" \u00a0", "missing"),
            ("x" * 2001, "too_long"),
            ("a\0b", "bad_character"),
            ("a\u202eb", "bad_character"),
            ("a\x1b[2Jb", "bad_character"),
            ("a\ud800", "bad_character"),
        ],
        ids=["empty", "blank", "long", "nul", "direction", "escape", "surrogate"],
    )
    async def test_bad_texts_are_named_and_nothing_changes(self, typed: str, code: str, world: World) -> None:
        """In a note, a question and a reason alike."""
        waiting = await world.in_review()
        before = await world.registration(waiting.registration_id)
        sent = world.inbox.messages
        flows: dict[str, Flow[Any]] = {
            "note": review.note(OTHER, waiting.registration_id, text=typed),
            "question": review.ask(OTHER, waiting.registration_id, question=typed, steps=IDENTITY),
            "reason": review.reject(OTHER, waiting.registration_id, reason=typed),
        }
        for field, flow in flows.items():
            with pytest.raises(InvalidInput) as refused:
                await world.run(flow)
            assert [(each.field, each.code) for each in refused.value.problems] == [(field, code)]
        assert await world.registration(waiting.registration_id) == before
        assert world.inbox.messages == sent

    async def test_two_thousand_characters_fit(self, world: World) -> None:
        """In any script, and they arrive whole."""
        waiting = await world.in_review()
        reason = "Illisible 📄 " * 150
        await world.run(review.reject(OTHER, waiting.registration_id, reason=reason))
        assert (await world.registration(waiting.registration_id)).question == reason.strip()


class TestDecisions:
    """`reject` and `ask`"""

    async def test_a_rejection_is_told_with_its_reason(self, world: World) -> None:
        """By e-mail; it is an end; it names its reviewer in the trail."""
        waiting = await world.in_review()
        world.inbox.clear()
        await world.run(reject(OTHER, waiting.registration_id))
        (mail,) = world.inbox.messages
        assert mail.to == waiting.applicant.contacts.email
        assert "Document illisible." in mail.text
        (event,) = await world.events(waiting.registration_id, What.REJECTED)
        assert (event.actor, event.actor_id, event.details) == (Actor.REVIEWER, OTHER.id, {})
        for decision in DECISIONS.values():
            with pytest.raises(NotPossibleNow):
                await world.run(decision(OTHER, waiting.registration_id))
        seen = await world.run(registration.resume(waiting.resume_link))
        assert (seen.state, seen.question) == (State.REJECTED, "Document illisible.")

    async def test_a_question_is_told_with_the_way_back(self, world: World) -> None:
        """The e-mail holds the applicant's own link; the claim ends; the flagged steps are in the trail."""
        waiting = await world.in_review()
        await world.run(review.claim(OTHER, waiting.registration_id))
        world.inbox.clear()
        flagged = frozenset({Step.CONTACTS, Step.IDENTITY})
        asked = await world.run(
            review.ask(OTHER, waiting.registration_id, question="Votre nom ?", steps=flagged, document=True)
        )
        (mail,) = world.inbox.messages
        assert "Votre nom ?" in mail.text
        link = scenario.token_in(mail.text)
        seen = await world.run(registration.resume(link))
        assert seen.open_steps == (Step.IDENTITY, Step.CONTACTS)
        assert seen.document_open
        assert (asked.claim, asked.expires_at) == (
            None,
            world.clock.now() + world.policy.registration.answer_lifetime,
        )
        (event,) = await world.events(waiting.registration_id, What.INFORMATION_REQUESTED)
        assert event.details == {"steps": "identity contacts"}

    async def test_a_question_about_nothing_is_refused(self, memory: World) -> None:
        """The applicant could not answer it."""
        waiting = await memory.in_review()
        with pytest.raises(InvalidInput) as refused:
            await memory.run(review.ask(OTHER, waiting.registration_id, question="Et alors ?"))
        assert refused.value.problems == (Problem("steps", "one_choice_needed"),)

    @pytest.mark.parametrize("name", [*DECISIONS, "note"])
    async def test_reviewers_act_on_what_is_in_review_alone(self, name: str, world: World) -> None:
        """Neither on drafts, nor on what is not proved, sent back, withdrawn or approved."""
        decision = DECISIONS.get(name, note)
        draft = await world.run(scenario.drafted(scenario.applicant(1)))
        submitted, asked, withdrawn = (
            await world.submitted(2),
            await world.in_review(3),
            await world.in_review(4),
        )
        await world.run(ask(scenario.REVIEWER, asked.registration_id))
        await world.run(registration.withdraw(withdrawn.resume_link))
        member = await world.member(5)
        empty = await world.run(registration.begin(Kind.PROFESSIONAL))
        ids = [each.registration_id for each in (submitted, asked, withdrawn, member)]
        sent = len(world.inbox.messages)
        for registration_id in (draft.id, empty.id, *ids):
            before = await world.registration(registration_id)
            with pytest.raises(NotPossibleNow):
                await world.run(decision(OTHER, registration_id))
            assert await world.registration(registration_id) == before
        assert len(world.inbox.messages) == sent
        assert len(await world.events(what=What.APPROVED)) == 1

    async def test_what_changed_since_it_was_read_is_not_decided_on(self, world: World) -> None:
        """A page that was open all day does not approve, reject or ask about what it did not show."""
        waiting = await world.in_review()
        read = (await world.run(review.read(OTHER, waiting.registration_id))).registration.version
        await world.run(ask(scenario.REVIEWER, waiting.registration_id))
        changed = builders.identity(last_name="Martin")
        await world.run(registration.save(waiting.resume_link, changed))
        await world.run(registration.submit(waiting.resume_link))
        before = await world.registration(waiting.registration_id)
        assert before.state is State.IN_REVIEW
        for flow in (
            review.approve(OTHER, waiting.registration_id, version=read),
            review.reject(OTHER, waiting.registration_id, reason="Illisible.", version=read),
            review.ask(OTHER, waiting.registration_id, question="Votre nom ?", steps=IDENTITY, version=read),
        ):
            with pytest.raises(NotPossibleNow):
                await world.run(flow)
        assert await world.registration(waiting.registration_id) == before
        claimed = await world.run(review.claim(OTHER, waiting.registration_id))
        await world.run(review.approve(OTHER, waiting.registration_id, version=claimed.version))

    async def test_a_decision_gives_the_registration_as_stored(self, world: World) -> None:
        """With its new version, so that the next decision can be made on it."""
        waiting = await world.in_review()
        for flow in (
            review.claim(OTHER, waiting.registration_id),
            note(OTHER, waiting.registration_id),
            review.release(OTHER, waiting.registration_id),
            reject(OTHER, waiting.registration_id),
        ):
            assert await world.run(flow) == await world.registration(waiting.registration_id)

    async def test_a_reviewers_link_is_no_key(self, memory: World) -> None:
        """A registration's id, which reviewers see, does not open the applicant's pages."""
        waiting = await memory.in_review()
        with pytest.raises(LinkRefused):
            await memory.run(registration.resume(waiting.registration_id))

    async def test_a_reviewers_name_is_not_shown(self) -> None:
        """The trail holds the id alone, and so does a log."""
        assert repr(OTHER) == "Reviewer(id='reviewer-2')"

    async def test_a_decision_needs_somebody_who_answers_for_it(self) -> None:
        """An empty id would leave an empty line in the trail."""
        with pytest.raises(ConfigurationError):
            Reviewer(id="", name="Camille")
