"""Approval: the only door to an account, and all that follows from it in one commit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
from typing_extensions import override

from entractes_auth import Channel, Policy, State
from entractes_auth.backends.batch import AccountKey
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.backends.system import SystemEntropy
from entractes_auth.errors import NotPossibleNow, SignInRefused, Taken
from entractes_auth.flows import login, outbox, registration, review
from entractes_auth.policy import CredentialPolicy
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Template
from entractes_auth.testing import builders, scenario
from entractes_auth.testing.faults import Crash, Faults, Moment
from tests.flows.world import World, answer, with_codes

pytestmark = pytest.mark.anyio


class Crowded:
    """Random ids, but identifiers whose last digits come from a short list, over and over."""

    def __init__(self, *endings: str) -> None:
        self._modulus = 10 ** len(endings[0])
        self._endings = itertools.cycle([int(ending) for ending in endings])

    def draw(self, count: int) -> bytes:
        """Random bytes; those that an id or an identifier is made of end as the list says."""
        drawn = int.from_bytes(SystemEntropy().draw(count), "big")
        if count == 16:
            # Kept below 2**128: the remainder is replaced by one that is not larger than the modulus.
            drawn = max(drawn - self._modulus, 0)
            drawn += -drawn % self._modulus + next(self._endings)
        return drawn.to_bytes(count, "big")


def when_full(policy: Policy, rule: Literal["widen", "refuse"]) -> Policy:
    """The policy with this rule for the day on which no identifier is left."""
    return replace(policy, credentials=replace(policy.credentials, identifier_when_full=rule))


async def approve(world: World, n: int) -> review.Issued:
    """Applicant `n`, approved."""
    waiting = await world.in_review(n)
    return await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))


class TestTheAccount:
    """What one approval makes."""

    async def test_nothing_exists_before(self, world: World) -> None:
        """However far a registration came, there is no account, and so nothing to sign in to."""
        waiting = await world.in_review()
        await world.run(review.claim(scenario.REVIEWER, waiting.registration_id))
        for key in (
            AccountKey("registration_id", waiting.registration_id),
            AccountKey("email", waiting.applicant.contacts.email.lower()),
        ):
            assert await answer(world.store.find_account(key)) is None
        assert (await world.registration(waiting.registration_id)).account_id is None

    async def test_it_holds_what_was_checked(self, world: World) -> None:
        """The names, the contacts as proved, the numbers; a hash, and no password."""
        member = await world.member()
        account, who = await world.account(member.account_id), member.applicant
        assert (account.first_name, account.last_name) == (who.identity.first_name, who.identity.last_name)
        assert (account.email, account.mobile) == (who.contacts.email, who.contacts.mobile)
        assert account.professional_number == str(who.practice.professional_number)
        assert account.structure_number == str(who.practice.structure_number)
        assert (account.kind, account.locale) == (who.kind, who.locale)
        assert account.credential.hash.startswith("$argon2id$")
        assert account.credential.key_id == world.keys.active
        stored = await world.registration(member.registration_id)
        assert (stored.state, stored.account_id) == (State.APPROVED, member.account_id)
        (event,) = await world.events(member.registration_id, What.APPROVED)
        assert (event.actor, event.actor_id) == (Actor.REVIEWER, scenario.REVIEWER.id)
        assert event.details == {"account_id": member.account_id}
        await world.run(scenario.signed_in(world.inbox, member))

    async def test_identifier_and_password_have_the_policys_digits(self, world: World) -> None:
        """Five and six in the tutorial's policy; other figures elsewhere."""
        member = await world.member(1)
        assert (len(member.identifier), len(member.password)) == (5, 6)
        wider = world.again(policy=scenario.quick_policy(Policy.hardened()))
        member = await wider.member(2)
        assert (len(member.identifier), len(member.password)) == (8, 12)

    @pytest.mark.parametrize(
        ("identifier_by", "password_by"), [(Channel.EMAIL, Channel.SMS), (Channel.SMS, Channel.EMAIL)]
    )
    async def test_each_travels_by_the_policys_channel(
        self, identifier_by: Channel, password_by: Channel, memory: World
    ) -> None:
        """In two messages, neither of which holds both."""
        rules = replace(memory.policy.credentials, identifier_by=identifier_by, password_by=password_by)
        world = memory.again(policy=with_codes(replace(memory.policy, credentials=rules)))
        waiting = await world.in_review()
        world.inbox.clear()
        issued = await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        who = waiting.applicant
        password = world.inbox.last_password_to(who.address(password_by))
        assert world.inbox.last_identifier_to(who.address(identifier_by)) == issued.identifier
        assert sorted(sent.channel for sent in world.inbox.messages) == sorted([identifier_by, password_by])
        assert not any(
            password in sent.text and issued.identifier in sent.text for sent in world.inbox.messages
        )

    async def test_leading_zeros_count(self, memory: World) -> None:
        """00007 is an identifier of five digits, and 7 is not it."""
        world = memory.again(entropy=Crowded("00007"))
        member = await world.member()
        assert member.identifier == "00007"
        with pytest.raises(SignInRefused):
            await world.run(login.begin("7", member.password))
        await world.run(login.begin("00007", member.password))

    async def test_nothing_shows_in_a_repr(self, memory: World) -> None:
        """The operator's program may log what it got."""
        issued = await approve(memory, 1)
        assert issued.identifier not in repr(issued)

    async def test_no_password_is_at_rest(self, sqlite: World, dump: Callable[[], str]) -> None:
        """Neither while its message waits, nor when it was sent; its nonce is gone then."""
        world = sqlite.again(policy=with_codes(sqlite.policy))
        waiting = await world.in_review()
        slow = world.again(deliver="relay")
        await slow.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        queued = dump()
        await world.run(outbox.deliver())
        password = world.inbox.last_password_to(waiting.applicant.contacts.mobile)
        assert len(password) == 12
        assert password not in queued
        assert password not in dump()


class TestTheIdentifier:
    """Identifiers are few, and none is given twice."""

    async def test_a_taken_one_is_passed_over(self, world: World) -> None:
        """The next draw is taken; the first owner keeps what is theirs."""
        world = world.again(entropy=Crowded("00007", "00007", "00007", "00008"))
        identifiers = {(await approve(world, n)).identifier for n in (1, 2)}
        assert identifiers == {"00007", "00008"}

    async def test_one_that_is_taken_at_the_last_moment_is_passed_over(self, memory: World) -> None:
        """Between looking and writing another operator may come first: the unique key decides."""
        store = BlindStore()
        world = memory.again(store=store, entropy=Crowded("00007", "00008", "00009"))
        identifiers = {(await approve(world, n)).identifier for n in (1, 2, 3)}
        assert identifiers == {"00007", "00008", "00009"}

    async def test_when_all_are_taken_they_get_longer(self, world: World) -> None:
        """One digit more, where the policy says so."""
        world = world.again(entropy=Crowded("00007"), policy=when_full(world.policy, "widen"))
        first, second = [(await approve(world, n)).identifier for n in (1, 2)]
        assert (first, len(second), second[1:]) == ("00007", 6, "00007")

    async def test_when_all_are_taken_approval_is_refused(self, world: World) -> None:
        """Where the policy says so: nothing changed, nothing was sent, and it works once one is free."""
        world = world.again(entropy=Crowded("00007"), policy=when_full(world.policy, "refuse"))
        await approve(world, 1)
        waiting = await world.in_review(2)
        before, sent = await world.registration(waiting.registration_id), world.inbox.messages
        with pytest.raises(NotPossibleNow) as refused:
            await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        assert refused.value.step == "allocate an identifier"
        assert await world.registration(waiting.registration_id) == before
        assert world.inbox.messages == sent
        assert len(await world.events(what=What.APPROVED)) == 1
        free = world.again(entropy=Crowded("00008"))
        await free.run(review.approve(scenario.REVIEWER, waiting.registration_id))

    async def test_one_is_found_when_hardly_any_is_left(self, memory: World) -> None:
        """Of a hundred endings 99 are taken: it is neither refused nor widened."""
        endings = [f"{n:05d}" for n in range(100)]
        world = memory.again(policy=when_full(memory.policy, "refuse"))
        waiting = await world.in_review(1)
        await fill(world, endings[:-1])
        crowded = world.again(entropy=Crowded(*endings))
        issued = await crowded.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        assert issued.identifier == endings[-1]


async def fill(world: World, identifiers: list[str]) -> None:
    """Other members with these identifiers."""
    accounts = [builders.account(1000 + n, identifier=identifier) for n, identifier in enumerate(identifiers)]
    await answer(world.store.commit(builders.batch(*accounts, at=world.clock.now())))


class BlindStore(MemoryStore):
    """As if every identifier were still free when it is looked for, and another came first afterwards."""

    @override
    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """All of them, still."""
        return candidates


class TestTwice:
    """One registration, one account; one e-mail, one account."""

    async def test_the_second_approval_is_refused(self, world: World) -> None:
        """One account, one pair of messages."""
        waiting = await world.in_review()
        issued = await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        sent = world.inbox.messages
        with pytest.raises(NotPossibleNow):
            await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        key = AccountKey("registration_id", waiting.registration_id)
        found = await answer(world.store.find_account(key))
        assert found is not None
        assert found.id == issued.account_id
        assert world.inbox.messages == sent
        assert len(await world.events(what=What.APPROVED)) == 1

    async def test_an_email_that_has_an_account(self, world: World) -> None:
        """The operator is told which field; the applicant sees nothing of it; the operator decides."""
        await world.member(1)
        contacts = builders.contacts(2, email=builders.contacts(1).email.upper())
        waiting = await world.in_review(2, contacts=contacts)
        before, sent = await world.registration(waiting.registration_id), world.inbox.messages
        with pytest.raises(Taken) as taken:
            await world.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        assert (taken.value.field, str(taken.value)) == ("email", "email")
        assert await world.registration(waiting.registration_id) == before
        assert world.inbox.messages == sent
        seen = await world.run(registration.resume(waiting.resume_link))
        assert (seen.state, seen.question) == (State.IN_REVIEW, "")
        await world.run(review.reject(scenario.REVIEWER, waiting.registration_id, reason="Déjà inscrite."))


class TestAllOrNothing:
    """Whatever ends the process in the middle."""

    async def test_a_crash_at_any_call(self, fresh_sqlite: Callable[[], World]) -> None:
        """Account, state, audit line and both messages are there together, or not at all."""
        outcomes: set[bool] = set()
        crashed = True
        for number in itertools.count(1):
            for moment in Moment:
                faults = Faults()
                world = fresh_sqlite()
                waiting = await world.in_review()
                faults.crash_at(number, moment)
                crashing = world.again(
                    store=faults.port("store", world.store),
                    limits=faults.port("limits", world.limits),
                    deliver="relay",
                )
                crashed = False
                try:
                    await crashing.run(review.approve(scenario.REVIEWER, waiting.registration_id))
                except Crash:
                    crashed = True
                outcomes.add(await whole(world, waiting))
            if not crashed:
                break
        assert outcomes == {True, False}


async def whole(world: World, waiting: scenario.Waiting) -> bool:
    """Whether it was approved; fails when it was half approved."""
    state = (await world.registration(waiting.registration_id)).state
    key = AccountKey("registration_id", waiting.registration_id)
    account = await answer(world.store.find_account(key))
    queued = {stored.message.template for stored in await world.outbox(MessageState.QUEUED)}
    events = await world.events(what=What.APPROVED)
    approved = state is State.APPROVED
    assert (account is not None) == approved
    assert queued == ({Template.IDENTIFIER_ISSUED, Template.PASSWORD_ISSUED} if approved else set())
    assert len(events) == approved
    return approved


def test_the_presets_say_what_happens_when_full() -> None:
    """Both widen: an applicant who was accepted is not turned away."""
    assert Policy.tutorial().credentials.identifier_when_full == "widen"
    assert Policy.hardened().credentials.identifier_when_full == "widen"
    assert CredentialPolicy().identifier_when_full == "widen"
