"""Many requests at the same instant: the budgets are exact, never exceeded and never short.

Threads behind a barrier over the sync stores; tasks behind an event over the async one.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import pytest

from entractes_auth import AsyncAuth, Auth, Channel, Flow, State
from entractes_auth.backends.batch import AccountKey
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.errors import AuthError
from entractes_auth.flows import confirmation, login, recovery, registration, review
from entractes_auth.flows.progress import Progress
from entractes_auth.records.event import What
from entractes_auth.testing import builders, scenario
from entractes_auth.testing.faults import Faults
from tests.flows.world import World, answer

pytestmark = pytest.mark.anyio

CROWD = 200


async def race(world: World, contenders: int, flow_of: Callable[[int], Flow[Any]]) -> list[Any]:
    """Run so many flows at once; what each gave, or the error that it met."""
    auth = world.auth
    if isinstance(auth, AsyncAuth):
        return await _race_of_tasks(auth, contenders, flow_of)
    return await anyio.to_thread.run_sync(lambda: _race_of_threads(auth, contenders, flow_of))


def _race_of_threads(auth: Auth, contenders: int, flow_of: Callable[[int], Flow[Any]]) -> list[Any]:
    barrier = threading.Barrier(contenders)
    ends: list[Any] = [None] * contenders

    def contend(place: int) -> None:
        flow = flow_of(place)
        barrier.wait()
        try:
            ends[place] = auth.run(flow)
        except BaseException as error:
            ends[place] = error

    threads = [threading.Thread(target=contend, args=(place,)) for place in range(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _only_ours(ends)


async def _race_of_tasks(auth: AsyncAuth, contenders: int, flow_of: Callable[[int], Flow[Any]]) -> list[Any]:
    gate = anyio.Event()
    ends: list[Any] = [None] * contenders

    async def contend(place: int) -> None:
        await gate.wait()
        try:
            ends[place] = await auth.run(flow_of(place))
        except AuthError as error:
            ends[place] = error

    async with anyio.create_task_group() as group:
        for place in range(contenders):
            group.start_soon(contend, place)
        gate.set()
    return ends


def _only_ours(ends: list[Any]) -> list[Any]:
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, AuthError):
            raise end
    return ends


def kinds(ends: list[Any]) -> Counter[str]:
    """How many ended in which way."""
    return Counter(type(end).__name__ for end in ends)


class TestCodes:
    """Attempts at a code."""

    async def test_wrong_codes_are_judged_exactly_as_often_as_the_policy_says(self, world: World) -> None:
        """200 at once on one link: three judged, each written down, and all refused alike."""
        waiting = await world.submitted()
        wrong = scenario.another(waiting.code)
        ends = await race(world, CROWD, lambda _: confirmation.confirm(waiting.confirm_link, code=wrong))
        assert kinds(ends) == {"CodeRefused": CROWD}
        judged = await world.events(waiting.registration_id, What.CODE_REFUSED)
        assert len(judged) == world.policy.codes.attempts
        assert (await world.run(confirmation.open(waiting.confirm_link))).attempts_left == 0

    async def test_right_codes_succeed_exactly_once(self, world: World) -> None:
        """200 at once: one success, one commit, one audit line."""
        waiting = await world.submitted()
        ends = await race(
            world, CROWD, lambda _: confirmation.confirm(waiting.confirm_link, code=waiting.code)
        )
        assert kinds(ends) == {"UnderReview": 1, "CodeRefused": CROWD - 1}
        assert len(await world.events(waiting.registration_id, What.CONTACTS_PROVEN)) == 1
        assert (await world.registration(waiting.registration_id)).state is State.IN_REVIEW

    async def test_a_right_code_among_wrong_ones(self, world: World) -> None:
        """Whoever comes first: at most the attempts are judged, and at most one succeeds."""
        waiting = await world.submitted()
        wrong = scenario.another(waiting.code)
        ends = await race(
            world,
            30,
            lambda n: confirmation.confirm(waiting.confirm_link, code=waiting.code if n % 10 == 0 else wrong),
        )
        won = kinds(ends)["UnderReview"]
        judged = len(await world.events(waiting.registration_id, What.CODE_REFUSED))
        assert won <= 1
        assert judged + won <= world.policy.codes.attempts
        state = (await world.registration(waiting.registration_id)).state
        assert state is (State.IN_REVIEW if won else State.SUBMITTED)

    async def test_one_ticket_signs_in_once(self, world: World) -> None:
        """Fifty right codes at once on one ticket."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member))
        ends = await race(world, 50, lambda _: login.verify(ticket, code=code))
        assert kinds(ends) == {"SignedIn": 1, "CodeRefused": 49}
        assert len(await world.events(member.account_id, What.SIGNED_IN)) == 1

    async def test_one_recovery_issues_one_password(self, world: World) -> None:
        """Twenty right codes at once: one new password is sent, and it is the one that opens."""
        member = await world.member()
        half = await world.run(scenario.recovering(world.inbox, member))
        world.inbox.clear()
        ends = await race(world, 20, lambda _: recovery.complete(half.link, code=half.code))
        assert kinds(ends)["Recovered"] == 1
        assert kinds(ends) == {"Recovered": 1, "CodeRefused": 19}
        assert len(world.inbox.messages) == 2
        password = world.inbox.last_password_to(member.applicant.contacts.mobile)
        await world.run(login.begin(member.identifier, password))

    async def test_two_recovery_links_at_once(self, world: World) -> None:
        """Both codes are right, and one password comes of it."""
        member = await world.member()
        halves = [await world.run(scenario.recovering(world.inbox, member)) for _ in range(2)]
        world.inbox.clear()
        ends = await race(world, 2, lambda n: recovery.complete(halves[n].link, code=halves[n].code))
        assert kinds(ends) == {"Recovered": 1, "LinkRefused": 1}
        password = world.inbox.last_password_to(member.applicant.contacts.mobile)
        await world.run(login.begin(member.identifier, password))

    async def test_resends_at_once_send_one_code(self, world: World) -> None:
        """Twenty clicks: one SMS, one sending of the link's four; nothing lost of the attempts."""
        waiting = await world.submitted()
        world.wait(minutes=1)
        world.inbox.clear()
        ends = await race(world, 20, lambda _: confirmation.resend(waiting.confirm_link))
        assert kinds(ends) == {"CodePage": 1, "Limited": 19}
        (sms,) = world.inbox.messages
        code = world.inbox.last_code_to(sms.to)
        await world.run(confirmation.confirm(waiting.confirm_link, code=code))


class TestPasswords:
    """Guesses at a password."""

    @pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
    async def test_exactly_the_budget_is_hashed(self, known: bool, world: World) -> None:
        """Sixty guesses at once on one identifier: ten hashes, fifty refusals without one."""
        member = await world.member()
        identifier = member.identifier if known else "Zoé"
        faults = Faults()
        hasher = faults.port("hasher", Argon2Hasher(world.policy.credentials.hash))
        watched = world.again(hasher=hasher)
        wrong = scenario.another(member.password)
        ends = await race(watched, 60, lambda _: login.begin(identifier, wrong))
        amount = world.policy.limits.password_attempts_per_identifier.amount
        assert kinds(ends) == {"SignInRefused": amount, "Limited": 60 - amount}
        assert Counter(faults.calls)["hasher.verify"] == amount
        assert len(await world.events(what=What.SIGN_IN_REFUSED)) == amount


def _confirm_or_withdraw(waiting: scenario.Waiting, place: int) -> Flow[Any]:
    if place == 0:
        return confirmation.confirm(waiting.confirm_link, code=waiting.code)
    return registration.withdraw(waiting.resume_link)


class TestRegistrations:
    """Applicants and operators who click twice."""

    async def test_one_submission_wins(self, world: World) -> None:
        """Twenty at once: one challenge, one link, one code; the link that was sent is the one that opens."""
        draft = await world.run(scenario.drafted(scenario.applicant()))
        ends = await race(world, 20, lambda _: registration.submit(draft.link))
        won = [end for end in ends if not isinstance(end, AuthError)]
        assert len(won) == 1
        assert set(kinds(ends)) <= {"Progress", "NotPossibleNow", "Limited"}
        who = scenario.applicant().contacts
        assert [len(world.inbox.to(address)) for address in (who.mobile, who.email)] == [1, 1]
        assert len(await world.events(draft.id, What.REGISTRATION_SUBMITTED)) == 1
        link = scenario.token_in(world.inbox.last_link_to(who.email))
        await world.run(confirmation.confirm(link, code=world.inbox.last_code_to(who.mobile)))

    async def test_one_approval_wins(self, world: World) -> None:
        """Twenty at once: one account, one identifier, one password."""
        waiting = await world.in_review()
        world.inbox.clear()
        ends = await race(world, 20, lambda _: review.approve(scenario.REVIEWER, waiting.registration_id))
        (issued,) = [end for end in ends if isinstance(end, review.Issued)]
        assert kinds(ends) == {"Issued": 1, "NotPossibleNow": 19}
        assert len(world.inbox.messages) == 2
        found = await answer(world.store.find_account(AccountKey("identifier", issued.identifier)))
        assert found is not None
        assert found.id == issued.account_id
        password = world.inbox.last_password_to(waiting.applicant.contacts.mobile)
        await world.run(login.begin(issued.identifier, password))

    async def test_two_registrations_of_one_mailbox(self, world: World) -> None:
        """Approved at the same instant: one account; the operator of the other is told."""
        same_mailbox = builders.contacts(2, email=builders.contacts(1).email)
        waiting = [await world.in_review(1), await world.in_review(2, contacts=same_mailbox)]
        ends = await race(world, 2, lambda n: review.approve(scenario.REVIEWER, waiting[n].registration_id))
        assert kinds(ends) == {"Issued": 1, "Taken": 1}
        states = {(await world.registration(each.registration_id)).state for each in waiting}
        assert states == {State.APPROVED, State.IN_REVIEW}

    async def test_one_decision_wins(self, world: World) -> None:
        """Approvals and rejections at once: the applicant is told one thing."""
        waiting = await world.in_review()
        world.inbox.clear()

        def decide(n: int) -> Flow[Any]:
            if n % 2:
                return review.approve(scenario.REVIEWER, waiting.registration_id)
            return review.reject(scenario.REVIEWER, waiting.registration_id, reason="Illisible.")

        ends = await race(world, 10, decide)
        assert kinds(ends)["NotPossibleNow"] == 9
        state = (await world.registration(waiting.registration_id)).state
        approved = isinstance(next(end for end in ends if not isinstance(end, AuthError)), review.Issued)
        assert state is (State.APPROVED if approved else State.REJECTED)
        assert len(world.inbox.messages) == (2 if approved else 1)

    async def test_confirming_and_withdrawing_at_once(self, world: World) -> None:
        """It is in review, or withdrawn, or first the one and then the other: never in between."""
        for n in range(1, 6):
            waiting = await world.submitted(n)
            ends = await race(world, 2, partial(_confirm_or_withdraw, waiting))
            stored = await world.registration(waiting.registration_id)
            assert isinstance(ends[1], Progress)
            assert (stored.state, stored.documents, stored.challenge_id) == (State.WITHDRAWN, (), None)
            proven = await world.events(waiting.registration_id, What.CONTACTS_PROVEN)
            assert len(proven) == (not isinstance(ends[0], AuthError))

    async def test_uploads_at_once(self, world: World) -> None:
        """Twenty files, room for five: five are named by the record, and no other file is kept."""
        patient = world.again(policy=replace(world.policy, runs=20))
        draft = await patient.run(registration.begin(scenario.applicant().kind))
        ends = await race(patient, 20, lambda _: registration.attach(draft.link, [scenario.PDF]))
        named = (await world.registration(draft.id)).documents
        assert len(named) == world.policy.documents.maximum_count
        assert kinds(ends)["Progress"] == len(named)
        assert isinstance(world.documents, MemoryDocuments)
        assert {document.id: world.documents.read(document.id) for document in named}
        assert len(world.documents) == len(named)


async def test_many_members_sign_in_at_once(world: World) -> None:
    """Nobody gets another's account, ticket or code."""
    members = [await world.member(n) for n in range(1, 11)]
    tickets = [await world.run(scenario.ticketed(world.inbox, member, Channel.EMAIL)) for member in members]
    ends = await race(world, 10, lambda n: login.verify(tickets[n][0], code=tickets[n][1]))
    assert [end.account_id for end in ends] == [member.account_id for member in members]
