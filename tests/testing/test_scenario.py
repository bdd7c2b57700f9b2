"""Each scenario ends where its name says, in both colours."""

from __future__ import annotations

from typing import TypeVar, cast

import anyio
import pytest

from entractes_auth import Flow, State
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import SignInRefused
from entractes_auth.flows import registration
from entractes_auth.records.kinds import Channel
from entractes_auth.records.registration import Registration
from entractes_auth.testing import World, scenario
from entractes_auth.testing.scenario.applying import QUESTION, REASON

T = TypeVar("T")


class Town:
    """A world whose flows run in one colour."""

    def __init__(self, colour: str) -> None:
        self.world = World()
        self.inbox = self.world.messenger
        self._colour = colour

    def run(self, flow: Flow[T]) -> T:
        if self._colour == "sync":
            return self.world.auth.run(flow)
        return anyio.run(self.world.async_auth.run, flow)

    def registration(self, registration_id: str) -> Registration:
        found = cast("MemoryStore", self.world.store).registration(registration_id)
        assert found is not None
        return found


@pytest.fixture(params=["sync", "async"])
def town(request: pytest.FixtureRequest) -> Town:
    return Town(request.param)


def test_a_nurse_is_asked_for_a_document_answers_and_is_approved(town: Town) -> None:
    member = town.run(scenario.approved_after_question(town.inbox, scenario.nurse()))
    stored = town.registration(member.registration_id)
    assert stored.state is State.APPROVED
    assert len(stored.documents) == 2
    assert town.run(scenario.signed_in(town.inbox, member)).account_id == member.account_id


def test_asked_leaves_the_question_and_a_link_that_opens_the_registration_again(town: Town) -> None:
    waiting = town.run(scenario.asked(town.inbox, scenario.nurse()))
    assert town.registration(waiting.registration_id).state is State.NEEDS_INFORMATION
    progress = town.run(registration.resume(waiting.resume_link))
    assert progress.question == QUESTION
    assert [problem.field for problem in progress.missing] == ["document"]


def test_answered_is_in_review_again(town: Town) -> None:
    waiting = town.run(scenario.answered(town.inbox, scenario.nurse()))
    assert town.registration(waiting.registration_id).state is State.IN_REVIEW


def test_rejected_tells_the_reason_and_issues_nothing(town: Town) -> None:
    waiting = town.run(scenario.rejected(town.inbox, scenario.nurse()))
    assert town.registration(waiting.registration_id).state is State.REJECTED
    contacts = waiting.applicant.contacts
    assert REASON in town.inbox.to(contacts.email)[-1].text
    with pytest.raises(LookupError):
        town.inbox.last_password_to(contacts.mobile)


@pytest.mark.parametrize("channel", Channel)
def test_a_member_signs_in_by_either_channel(town: Town, channel: Channel) -> None:
    member = town.run(scenario.approved(town.inbox, scenario.nurse()))
    town.inbox.clear()
    town.run(scenario.signed_in(town.inbox, member, channel))
    assert {outgoing.channel for outgoing in town.inbox.messages} == {channel}


def test_a_member_recovers_and_only_the_new_password_opens(town: Town) -> None:
    member = town.run(scenario.approved(town.inbox, scenario.nurse()))
    again = town.run(scenario.recovered(town.inbox, member))
    assert again.password != member.password
    assert town.run(scenario.signed_in(town.inbox, again)).account_id == member.account_id
    with pytest.raises(SignInRefused):
        town.run(scenario.signed_in(town.inbox, member))


def test_two_nurses_share_nothing_and_each_field_can_be_another() -> None:
    first, second = scenario.nurse(1), scenario.nurse(2)
    assert first.contacts.mobile != second.contacts.mobile
    assert first.contacts.email != second.contacts.email
    assert scenario.nurse(1, practice=second.practice).practice == second.practice
    assert first.practice.profession == "TRE_G15-ProfessionSante/60"
