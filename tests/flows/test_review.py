"""The human check: a queue in order, one decider at a time, every decision audited and told to the applicant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from entractes_auth import Flow, Kind, State
from entractes_auth.errors import (
    InvalidInput,
    NotFound,
    NotPossibleNow,
)
from entractes_auth.flows import review
from entractes_auth.records.event import Actor, What
from entractes_auth.records.registration import Claim
from entractes_auth.testing import builders, scenario
from tests.flows.decisions import DECISIONS, NOBODY, OTHER, note, reject
from tests.flows.world import World

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)


class TestQueue:
    """`queue`"""

    async def test_oldest_submission_first_page_by_page(self, world: World) -> None:
        """Each registration in review once, whatever the page's size; nothing else."""
        waiting: list[str] = []
        for n in range(1, 6):
            waiting.append((await world.in_review(n)).registration_id)
            world.wait(minutes=1)
        await world.submitted(6)
        await world.run(scenario.drafted(scenario.applicant(7)))
        for limit in (1, 2, 5, 100):
            seen: list[str] = []
            after: str | None = None
            while True:
                page = await world.run(review.queue(scenario.REVIEWER, after=after, limit=limit))
                assert len(page.rows) <= limit
                seen += [row.id for row in page.rows]
                after = page.next
                if after is None:
                    break
            assert seen == waiting

    async def test_filters(self, world: World) -> None:
        """By state, kind, claim, number and e-mail, in whatever spelling."""
        one, two = await world.in_review(1), await world.in_review(2, kind=Kind.ESTABLISHMENT)
        three = await world.submitted(3)
        await world.run(review.claim(OTHER, two.registration_id))
        number = str(builders.practice(2).professional_number)
        questions: dict[str, tuple[Flow[Any], set[str]]] = {
            "states": (
                review.queue(OTHER, states=(State.SUBMITTED, State.IN_REVIEW)),
                {one.registration_id, two.registration_id, three.registration_id},
            ),
            "kinds": (review.queue(OTHER, kinds=(Kind.ESTABLISHMENT,)), {two.registration_id}),
            "mine": (review.queue(OTHER, mine=True), {two.registration_id}),
            "not mine": (review.queue(scenario.REVIEWER, mine=True), set()),
            "number": (review.queue(OTHER, number=f" {number[:3]} {number[3:]} "), {two.registration_id}),
            "email": (review.queue(OTHER, email=" ZOE.1@EXAMPLE.fr "), {one.registration_id}),
            "nobody": (review.queue(OTHER, email="nobody@example.fr"), set()),
        }
        for name, (flow, expected) in questions.items():
            page = await world.run(flow)
            assert {row.id for row in page.rows} == expected, name

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": -1}, "limit"),
            ({"limit": 101}, "limit"),
            ({"after": "x"}, "after"),
            ({"after": "é\0\ud800"}, "after"),
            ({"email": "no address"}, "email"),
        ],
        ids=["none", "negative", "too many", "no cursor", "odd cursor", "no address"],
    )
    async def test_a_wrong_question_names_its_field(
        self, wrong: dict[str, Any], field: str, world: World
    ) -> None:
        """A cursor comes back from a browser, like everything else here."""
        with pytest.raises(InvalidInput) as refused:
            await world.run(review.queue(scenario.REVIEWER, **wrong))
        assert [problem.field for problem in refused.value.problems] == [field]

    @pytest.mark.parametrize("spelling", ["{0}", " {1} {2} ", "{1}.{2}", "8{0}"])
    async def test_a_number_in_any_spelling(self, spelling: str, world: World) -> None:
        """As it stands on the card, or with the 8 of the national identifier before an RPPS."""
        waiting = await world.in_review()
        number = str(builders.practice(1).professional_number)
        typed = spelling.format(number, number[:3], number[3:])
        page = await world.run(review.queue(scenario.REVIEWER, number=typed))
        assert [row.id for row in page.rows] == [waiting.registration_id]

    @pytest.mark.parametrize("number", ["\ud800", "1\0", "x" * 1_000_000])
    async def test_a_number_that_is_none_finds_nothing(self, number: str, world: World) -> None:
        """And breaks nothing."""
        await world.in_review()
        assert (await world.run(review.queue(scenario.REVIEWER, number=number))).rows == ()


class TestRead:
    """`read` and `document`"""

    async def test_all_that_a_decision_needs(self, world: World) -> None:
        """The whole registration, what its numbers say, and its history, newest first."""
        waiting = await world.in_review()
        dossier = await world.run(review.read(scenario.REVIEWER, waiting.registration_id))
        assert dossier.registration == await world.registration(waiting.registration_id)
        assert "test_identity" in " ".join(finding.code for finding in dossier.findings)
        history = await world.events(waiting.registration_id)
        assert dossier.events == history
        assert {event.what for event in history} == {
            What.REGISTRATION_BEGUN,
            What.REGISTRATION_SUBMITTED,
            What.CODE_SENT,
            What.CONTACTS_PROVEN,
        }
        assert "example.fr" not in repr(dossier)

    async def test_who_else_uses_the_number_or_the_address(self, world: World) -> None:
        """An account or another registration in progress is shown to the operator, and to nobody else."""
        await world.member(1)
        await world.in_review(2, practice=builders.practice(3))
        contacts = builders.contacts(1, mobile=builders.contacts(4).mobile)
        same_address = await world.in_review(4, contacts=contacts, practice=builders.practice(4))
        same_account_number = await world.in_review(6, practice=builders.practice(1))
        same_pending_number = await world.in_review(7, practice=builders.practice(3))
        expected = {
            same_address.registration_id: {"email_has_account"},
            same_account_number.registration_id: {"number_has_account"},
            same_pending_number.registration_id: {"number_in_other_registration"},
        }
        about_others = {"email_has_account", "number_has_account", "number_in_other_registration"}
        for registration_id, codes in expected.items():
            dossier = await world.run(review.read(scenario.REVIEWER, registration_id))
            assert {finding.code for finding in dossier.findings} & about_others == codes

    async def test_an_approved_one_does_not_accuse_itself(self, world: World) -> None:
        """Its own account is no other account."""
        member = await world.member()
        dossier = await world.run(review.read(scenario.REVIEWER, member.registration_id))
        codes = {finding.code for finding in dossier.findings}
        assert not codes & {"email_has_account", "number_has_account", "number_in_other_registration"}

    async def test_looking_at_a_document_is_written_down_first(self, world: World) -> None:
        """Who looked at what, before the content is given."""
        waiting = await world.in_review()
        (document,) = (await world.registration(waiting.registration_id)).documents
        seen = await world.run(review.document(OTHER, waiting.registration_id, document.id))
        assert (seen.document, seen.content) == (document, scenario.PDF)
        assert "PDF-1.7" not in repr(seen)
        (event,) = await world.events(waiting.registration_id, What.DOCUMENT_SEEN)
        assert (event.actor, event.actor_id) == (Actor.REVIEWER, OTHER.id)
        assert event.details == {"document_id": document.id}

    async def test_a_document_is_reached_through_its_registration_alone(self, world: World) -> None:
        """The id alone opens nothing, and nothing is written down for a look that was refused."""
        one, two = await world.in_review(1), await world.in_review(2)
        (document,) = (await world.registration(one.registration_id)).documents
        for document_id in (document.id, NOBODY, "../secret", "\0", "\ud800"):
            with pytest.raises(NotFound):
                await world.run(review.document(OTHER, two.registration_id, document_id))
        assert await world.events(what=What.DOCUMENT_SEEN) == ()

    @pytest.mark.parametrize("registration_id", ["", NOBODY, "x\0", "\ud800", "x" * 1_000_000])
    async def test_no_such_registration(self, registration_id: str, world: World) -> None:
        """Every flow says so, whatever a URL held."""
        await world.in_review()
        flows = [decision(OTHER, registration_id) for decision in (*DECISIONS.values(), note)]
        for flow in (
            *flows,
            review.read(OTHER, registration_id),
            review.document(OTHER, registration_id, NOBODY),
        ):
            with pytest.raises(NotFound):
                await world.run(flow)


class TestClaim:
    """`claim` and `release`"""

    async def test_only_its_holder_decides(self, world: World) -> None:
        """Another reviewer is refused, and nothing changes."""
        waiting = await world.in_review()
        claimed = await world.run(review.claim(scenario.REVIEWER, waiting.registration_id))
        until = world.clock.now() + world.policy.review.claim
        assert claimed.claim == Claim(scenario.REVIEWER.id, until)
        before = await world.registration(waiting.registration_id)
        for decision in DECISIONS.values():
            with pytest.raises(NotPossibleNow):
                await world.run(decision(OTHER, waiting.registration_id))
        assert await world.registration(waiting.registration_id) == before
        await world.run(note(OTHER, waiting.registration_id))
        await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))

    async def test_its_holder_prolongs_it(self, world: World) -> None:
        """From now on, not from before."""
        waiting = await world.in_review()
        await world.run(review.claim(OTHER, waiting.registration_id))
        world.wait(minutes=20)
        claimed = await world.run(review.claim(OTHER, waiting.registration_id))
        assert claimed.claim == Claim(OTHER.id, world.clock.now() + world.policy.review.claim)

    async def test_it_ends_by_itself(self, world: World) -> None:
        """To the moment: a reviewer who went home does not keep an applicant waiting."""
        waiting = await world.in_review()
        await world.run(review.claim(scenario.REVIEWER, waiting.registration_id))
        world.clock.advance(world.policy.review.claim - MOMENT)
        with pytest.raises(NotPossibleNow):
            await world.run(review.claim(OTHER, waiting.registration_id))
        world.clock.advance(MOMENT)
        claimed = await world.run(review.claim(OTHER, waiting.registration_id))
        assert claimed.claim is not None
        assert claimed.claim.reviewer_id == OTHER.id
        with pytest.raises(NotPossibleNow):
            await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))

    async def test_released_it_is_anybodys(self, world: World) -> None:
        """Back in the queue for the others."""
        waiting = await world.in_review()
        await world.run(review.claim(scenario.REVIEWER, waiting.registration_id))
        released = await world.run(review.release(scenario.REVIEWER, waiting.registration_id))
        assert released.claim is None
        await world.run(reject(OTHER, waiting.registration_id))

    async def test_unclaimed_it_is_decided_all_the_same(self, world: World) -> None:
        """A lone operator needs no claim."""
        waiting = await world.in_review()
        await world.run(review.approve(OTHER, waiting.registration_id))
        assert (await world.registration(waiting.registration_id)).state is State.APPROVED
