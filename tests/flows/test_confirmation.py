"""E-mail and phone proved together: three judged codes on one link, whatever is sent again or begun again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from entractes_auth import Channel, Purpose, State
from entractes_auth.errors import (
    CodeRefused,
    InvalidInput,
    LinkRefused,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import confirmation, registration
from entractes_auth.links import seal
from entractes_auth.policy import CodePolicy
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from tests.flows.situations import refuse_confirmation
from tests.flows.world import World, bad_links, with_codes

pytestmark = pytest.mark.anyio

ATTEMPTS = CodePolicy().attempts

MOMENT = timedelta(microseconds=1)


class TestOpen:
    """`open`"""

    async def test_the_page(self, world: World) -> None:
        """It shows where the code went, masked, and what is left; nothing to judge a code with."""
        waiting = await world.submitted()
        page = await world.run(confirmation.open(waiting.confirm_link))
        now, codes = world.clock.now(), world.policy.codes
        assert (page.channel, page.masked, page.digits) == (Channel.SMS, "06 •• •• •• 01", 4)
        assert (page.sent, page.attempts_left) == (True, 3)
        assert page.code_expires_at == now + codes.lifetime
        assert page.may_resend_at == now + codes.resend_after
        assert page.expires_at == now + world.policy.links.confirm_lifetime

    async def test_opening_changes_nothing(self, sqlite: World, dump: Callable[[], str]) -> None:
        """Mail scanners open links: no row changes, nothing is sent, no attempt is lost."""
        waiting = await sqlite.submitted()
        before = dump()
        for _ in range(20):
            await sqlite.run(confirmation.open(waiting.confirm_link))
        assert dump() == before
        assert len(sqlite.inbox.messages) == 2

    @pytest.mark.parametrize("name", list(bad_links(Secret("k.a.b"), Secret(""))))
    async def test_another_text_is_no_link(self, name: str, memory: World) -> None:
        """Each flow refuses each bad link, and none costs an attempt."""
        waiting = await memory.submitted()
        challenge_id = (await memory.registration(waiting.registration_id)).challenge_id
        assert challenge_id is not None
        other = seal(Purpose.RECOVERY, challenge_id, memory.keys)
        bad = bad_links(waiting.confirm_link, other)[name]
        for flow in (
            confirmation.open(bad),
            confirmation.resend(bad),
            confirmation.confirm(bad, code=waiting.code),
        ):
            with pytest.raises(LinkRefused) as refused:
                await memory.run(flow)
            assert refused.value.args == ()
        assert (await memory.run(confirmation.open(waiting.confirm_link))).attempts_left == ATTEMPTS

    async def test_the_applicants_own_link_is_not_the_e_mails(self, world: World) -> None:
        """Who has the secret link alone has not opened the mailbox: each is good for its own purpose."""
        waiting = await world.submitted()
        for flow in (
            confirmation.open(waiting.resume_link),
            confirmation.confirm(waiting.resume_link, code=waiting.code),
        ):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        with pytest.raises(LinkRefused):
            await world.run(registration.resume(waiting.confirm_link))

    async def test_an_expired_link(self, world: World) -> None:
        """Good until its last moment, and refused from its end on."""
        waiting = await world.submitted()
        world.clock.advance(world.policy.links.confirm_lifetime - MOMENT)
        await world.run(confirmation.open(waiting.confirm_link))
        world.clock.advance(MOMENT)
        for flow in (confirmation.open(waiting.confirm_link), confirmation.resend(waiting.confirm_link)):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))

    async def test_a_used_link(self, world: World) -> None:
        """Once it did its work, it opens nothing; the right code typed again proves nothing again."""
        waiting = await world.in_review()
        for flow in (confirmation.open(waiting.confirm_link), confirmation.resend(waiting.confirm_link)):
            with pytest.raises(LinkRefused):
                await world.run(flow)
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        assert len(await world.events(waiting.registration_id, What.CONTACTS_PROVEN)) == 1


class TestConfirm:
    """`confirm`"""

    async def test_both_contacts_are_proved_at_once(self, world: World) -> None:
        """The registration goes to the operators, with the exact contacts that were proved."""
        waiting = await world.submitted()
        done = await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        assert done == confirmation.UnderReview(waiting.registration_id)
        stored = await world.registration(waiting.registration_id)
        who = waiting.applicant.contacts
        assert stored.state is State.IN_REVIEW
        assert stored.proven is not None
        assert (stored.proven.mobile, stored.proven.email) == (who.mobile, who.email)
        assert (stored.proven.at, stored.expires_at) == (world.clock.now(), None)

    @pytest.mark.parametrize(
        "typed", ["{0}{1}{2}{3}", " {0}{1} {2}{3}\n", "{0}-{1}.{2} {3}", "{0}\u00a0{1}\u202f{2}{3}"]
    )
    async def test_spaces_between_the_digits_are_accepted(self, typed: str, memory: World) -> None:
        """However people group them, and whatever pasting adds."""
        waiting = await memory.submitted()
        await memory.run(confirmation.confirm(waiting.confirm_link, code=typed.format(*waiting.code)))
        assert (await memory.registration(waiting.registration_id)).state is State.IN_REVIEW

    @pytest.mark.parametrize(
        ("typed", "problem"),
        [
            ("", "missing"),
            (" \u00a0 ", "missing"),
            ("12a4", "digits_only"),
            ("1234\0", "digits_only"),
            ("１２３４", "digits_only"),
            ("٠١٢٣", "digits_only"),
            ("🔢🔢🔢🔢", "digits_only"),
            ("\ud8001234", "digits_only"),
            ("+123", "digits_only"),
            ("123", "wrong_length"),
            ("12345", "wrong_length"),
            ("1" * 65, "too_long"),
            ("1" * 3_000_000, "too_long"),
        ],
        ids=[
            "empty",
            "blank",
            "letter",
            "nul",
            "wide",
            "arabic",
            "emoji",
            "surrogate",
            "plus",
            "short",
            "long",
            "longer",
            "megabytes",
        ],
    )
    async def test_what_is_no_code_costs_no_attempt(self, typed: str, problem: str, memory: World) -> None:
        """A slip of the hand is named, and all attempts are still there."""
        waiting = await memory.submitted()
        for _ in range(5):
            with pytest.raises(InvalidInput) as refused:
                await memory.run(confirmation.confirm(waiting.confirm_link, code=typed))
            assert [(each.field, each.code) for each in refused.value.problems] == [("code", problem)]
        assert (await memory.run(confirmation.open(waiting.confirm_link))).attempts_left == ATTEMPTS
        assert await memory.events(what=What.CODE_REFUSED) == ()

    async def test_a_wrong_code_costs_exactly_one_attempt(self, world: World) -> None:
        """Three are judged, each written to the trail; then even the right one is refused."""
        waiting = await world.submitted()
        for left in (2, 1, 0):
            await refuse_confirmation(world, waiting)
            page = await world.run(confirmation.open(waiting.confirm_link))
            assert (page.attempts_left, page.may_resend_at is None) == (left, left == 0)
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        refusals = await world.events(waiting.registration_id, What.CODE_REFUSED)
        assert [event.details for event in refusals] == [{"reason": "wrong_code"}] * ATTEMPTS
        assert (await world.registration(waiting.registration_id)).state is State.SUBMITTED

    async def test_the_last_attempt_may_be_the_right_one(self, world: World) -> None:
        """Never fewer attempts than the policy gives."""
        waiting = await world.submitted()
        await refuse_confirmation(world, waiting, ATTEMPTS - 1)
        await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        assert (await world.registration(waiting.registration_id)).state is State.IN_REVIEW

    async def test_every_refusal_looks_alike(self, world: World) -> None:
        """Wrong, used up, expired, redeemed, withdrawn: one error without a word about which."""
        wrong, used_up, withdrawn, expired = [await world.submitted(n) for n in range(1, 5)]
        redeemed = await world.in_review(5)
        await refuse_confirmation(world, used_up, ATTEMPTS)
        await world.run(registration.withdraw(withdrawn.resume_link))
        cases = [(wrong, scenario.another(wrong.code))]
        cases += [(each, each.code) for each in (used_up, withdrawn, redeemed)]
        said = [await said_of(world, waiting, code) for waiting, code in cases]
        world.clock.advance(world.policy.codes.lifetime)
        said.append(await said_of(world, expired, expired.code))
        assert said == [(CodeRefused, (), "")] * 5

    async def test_a_code_ends_with_its_lifetime(self, world: World) -> None:
        """To the moment; the link lives on, and a new code is right."""
        waiting = await world.submitted()
        world.clock.advance(world.policy.codes.lifetime)
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))
        page = await world.run(confirmation.resend(waiting.confirm_link))
        assert page.attempts_left == ATTEMPTS
        world.clock.advance(world.policy.codes.lifetime - MOMENT)
        code = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        await world.run(confirmation.confirm(waiting.confirm_link, code=code))

    async def test_another_registrations_code_proves_nothing(self, memory: World) -> None:
        """Nor does another registration's link: code and link belong together."""
        world = memory.again(policy=with_codes(memory.policy))
        one, other = await world.submitted(1), await world.submitted(2)
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(one.confirm_link, code=other.code))
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(other.confirm_link, code=one.code))

    async def test_a_registration_that_expired_first(self, world: World) -> None:
        """Where the host lets links outlive drafts, an expired registration is not brought back by its code."""
        short = replace(world.policy.registration, draft_lifetime=timedelta(days=1))
        lasting = replace(world.policy.links, confirm_lifetime=timedelta(days=7))
        world = world.again(policy=replace(world.policy, registration=short, links=lasting))
        waiting = await world.submitted()
        world.wait(days=1, minutes=-1)
        await world.run(confirmation.resend(waiting.confirm_link))
        world.wait(minutes=1)
        code = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        with pytest.raises(NotPossibleNow):
            await world.run(confirmation.confirm(waiting.confirm_link, code=code))
        assert (await world.run(registration.resume(waiting.resume_link))).state is State.EXPIRED


async def said_of(world: World, waiting: scenario.Waiting, code: str) -> tuple[type, tuple[object, ...], str]:
    """All that the asker learns."""
    with pytest.raises(CodeRefused) as refused:
        await world.run(confirmation.confirm(waiting.confirm_link, code=code))
    return type(refused.value), refused.value.args, str(refused.value)


async def test_no_secret_shows_in_a_page(memory: World) -> None:
    """The `repr` of a page holds no masked address, and no flow shows its code."""
    waiting = await memory.submitted()
    page = await memory.run(confirmation.open(waiting.confirm_link))
    assert "06" not in repr(page).replace("2026", "")
    assert waiting.code not in repr(confirmation.confirm(waiting.confirm_link, code=waiting.code))


async def test_a_problem_names_the_length(memory: World) -> None:
    """So that the page can say how many digits are wanted."""
    waiting = await memory.submitted()
    with pytest.raises(InvalidInput) as refused:
        await memory.run(confirmation.confirm(waiting.confirm_link, code="12"))
    assert refused.value.problems == (Problem("code", "wrong_length", {"digits": 4}),)
