"""What an operator sees of the budgets, and gives back of them."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from entractes_auth import Kind
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.env import Env
from entractes_auth.errors import InvalidInput, Limited, Problem, SignInRefused, StoreUnavailable
from entractes_auth.flow import flow
from entractes_auth.flows import limits, login, recovery, registration
from entractes_auth.flows.limits_subjects import PLACES, counters, resolve
from entractes_auth.policy import Budget, LimitPolicy
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import Purpose
from entractes_auth.testing import scenario
from entractes_auth.testing.faults import Crash, Faults, Moment
from tests.flows.world import World, with_budgets

pytestmark = pytest.mark.anyio

OPERATOR = scenario.REVIEWER
HERE = "192.0.2.7"


class Noted(MemoryLimits):
    """Limits that write down every counter that was hit."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: set[tuple[str, str]] = set()

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        self.counted.add((name, subject))
        return super().hit(name, subject, budget, now)


async def _guess(world: World, identifier: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await world.run(login.begin(identifier, "000000", network=HERE))


@flow
async def _keys(env: Env, subject: str) -> frozenset[tuple[str, str]]:
    """The counters that a subject stands for."""
    return frozenset((counter.budget, counter.key) for counter in counters(await resolve(env, subject)))


async def _used(world: World, subject: str) -> dict[str, int]:
    """What is used, by "budget" or "budget/purpose"."""
    standings = await world.run(limits.show(OPERATOR, subject))
    return {
        f"{one.budget}/{one.purpose.value}" if one.purpose else one.budget: one.used
        for one in standings
        if one.used
    }


class TestTable:
    """Which budget is about whom."""

    async def test_every_budget_of_the_policy_has_its_place(self) -> None:
        """A budget that is added to the policy must be shown to operators too."""
        assert list(PLACES) == [field.name for field in fields(LimitPolicy)]

    async def test_codes_are_shown_for_each_purpose_apart(self) -> None:
        """A thief who used up sign-in's codes is not shown as having used up recovery's."""
        purposes = [purpose for _, purpose in PLACES["codes_per_subject"]]
        assert purposes == [Purpose.CONFIRM, Purpose.LOGIN, Purpose.RECOVERY]

    async def test_whatever_the_flows_count_is_shown_to_who_names_the_subject(self, memory: World) -> None:
        """After a life of an account, no counter runs that none of its subjects would show."""
        noted = Noted()
        world = memory.again(limits=noted)
        await world.run(registration.begin(Kind.PROFESSIONAL, network=HERE))
        member = await world.member()
        signed_in = await world.run(scenario.signed_in(world.inbox, member))
        await world.run(scenario.recovered(world.inbox, member))
        contacts, jar = member.applicant.contacts, signed_in.devices
        await world.run(recovery.begin("stranger@example.fr", network=HERE))
        await world.run(recovery.begin(contacts.email, devices=jar))
        await _guess(world, member.identifier, 1)
        with pytest.raises(SignInRefused):
            await world.run(login.begin(member.identifier, "000000", devices=jar))
        device = jar.reveal().split(".")[1]
        named = (member.identifier, member.registration_id, contacts.mobile, HERE, device, "everybody")
        shown = set[tuple[str, str]]()
        for subject in (*named, "stranger@example.fr"):
            shown |= await world.run(_keys(subject))
        assert len({name for name, _ in noted.counted}) > 10
        assert noted.counted - shown == set()


class TestShow:
    """`show`"""

    async def test_a_sign_up_is_seen_from_each_side(self, world: World) -> None:
        """The phone, the mailbox, the registration, the network and everybody each show what was counted for them."""
        await world.run(registration.begin(Kind.PROFESSIONAL, network=HERE))
        waiting = await world.submitted()
        contacts = waiting.applicant.contacts
        assert await _used(world, contacts.mobile) == {"sms_per_phone": 1, "sms_per_prefix": 1}
        assert await _used(world, contacts.email) == {"emails_per_address": 1}
        assert await _used(world, waiting.registration_id) == {
            "sms_per_phone": 1,
            "emails_per_address": 1,
            "codes_per_subject/confirm": 1,
            "documents_per_registration": 1,
        }
        assert await _used(world, HERE) == {"registrations_per_network": 1}
        assert await _used(world, "everybody") == {"sms_in_all": 1, "sms_in_all_an_hour": 1}

    async def test_a_member_who_waits_is_told_until_when(self, world: World) -> None:
        """Whether named by identifier, by e-mail or by account: what is used up, since when, and when it is back."""
        member = await world.member()
        begun, budget = world.clock.now(), world.policy.limits.password_attempts_per_identifier
        await _guess(world, member.identifier, budget.amount)
        world.wait(minutes=10)
        for subject in (member.identifier, member.applicant.contacts.email.upper(), member.account_id):
            standings = await world.run(limits.show(OPERATOR, subject))
            (told,) = [one for one in standings if one.retry_at is not None]
            assert told.budget == "password_attempts_per_identifier"
            assert (told.used, told.amount, told.remaining) == (budget.amount, budget.amount, 0)
            assert (told.per, told.retry_at) == (budget.per, begun + budget.per)

    async def test_looking_counts_nothing(self, memory: World) -> None:
        """It may be repeated at will: no hit, no event, no window begun."""
        member = await memory.member()
        before = await memory.events()
        told = [await memory.run(limits.show(OPERATOR, member.identifier)) for _ in range(20)]
        assert {one.used for one in told[-1] if one.budget.startswith("password")} == {0}
        assert await memory.events() == before

    async def test_a_standing_says_nothing_about_a_person(self, memory: World) -> None:
        """It can be logged: neither the phone, nor the address, nor the identifier is in it."""
        member = await memory.member()
        contacts = member.applicant.contacts
        told = repr(
            [await memory.run(limits.show(OPERATOR, s)) for s in (member.account_id, contacts.mobile)]
        )
        for secret in (contacts.mobile[3:], contacts.email, member.identifier, member.account_id):
            assert secret not in told

    @pytest.mark.parametrize(
        ("typed", "same"),
        [
            ("06 12 34 56 78", "+33612345678"),
            (" +33 6.12.34.56.78 ", "+33612345678"),
            ("Zoe@Example.FR", "zoe@example.fr"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            (" 123 45 ", "12345"),
        ],
    )
    async def test_spellings_of_one_subject_are_one(self, memory: World, typed: str, same: str) -> None:
        """What a caller says is found under what the flows count."""
        assert await memory.run(_keys(typed)) == await memory.run(_keys(same)) != frozenset()

    @pytest.mark.parametrize(
        ("subject", "budgets"),
        [
            ("+33612345678", {"sms_per_phone", "sms_per_prefix"}),
            ("zoe@example.fr", {"emails_per_address", "recoveries_per_address"}),
            ("99999", {"password_attempts_per_identifier"}),
            (
                "2001:db8:1:2::/64",
                {"codes_per_network", "password_attempts_per_network", "registrations_per_network"},
            ),
            ("everybody", {"sms_in_all", "sms_in_all_an_hour"}),
            ("\ud800 no such member", {"password_attempts_per_identifier"}),
        ],
    )
    async def test_a_subject_that_nobody_knows_has_budgets_too(
        self, memory: World, subject: str, budgets: set[str]
    ) -> None:
        """Strangers are counted as members are, and an operator may ask about anybody."""
        told = await memory.run(limits.show(OPERATOR, subject))
        assert {one.budget for one in told} == budgets
        assert {one.used for one in told} == {0}

    @pytest.mark.parametrize(
        ("subject", "code"),
        [("", "missing"), ("  ", "missing"), ("x" * 255, "too_long"), ("@", "not_an_email")],
    )
    async def test_what_names_nobody_is_refused(self, memory: World, subject: str, code: str) -> None:
        """Empty, endless, or an e-mail address that is not one: the field and the reason, nothing else."""
        with pytest.raises(InvalidInput) as refused:
            await memory.run(limits.show(OPERATOR, subject))
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("subject", code)]


class TestReset:
    """`reset`"""

    async def test_a_member_signs_in_again_at_once(self, world: World) -> None:
        """The budgets are given back, the operator is told how they stood, and the trail says who did it."""
        member = await world.member()
        await _guess(world, member.identifier, world.policy.limits.password_attempts_per_identifier.amount)
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password))
        before = await world.run(limits.reset(OPERATOR, member.identifier))
        assert [one.budget for one in before if one.retry_at] == ["password_attempts_per_identifier"]
        await world.run(login.begin(member.identifier, member.password))
        (done,) = await world.events(member.account_id, What.LIMITS_RESET)
        assert (done.actor, done.actor_id) == (Actor.REVIEWER, OPERATOR.id)
        assert done.details["budgets"].split() == list(dict.fromkeys(one.budget for one in before))

    async def test_only_what_is_named_is_reset(self, world: World) -> None:
        """Other budgets of the same subject, and other subjects, stay as they are."""
        waiting = await world.submitted()
        await world.submitted(2)
        await world.run(
            limits.reset(OPERATOR, waiting.registration_id, budgets=["documents_per_registration"])
        )
        assert set(await _used(world, waiting.registration_id)) == {
            "sms_per_phone",
            "emails_per_address",
            "codes_per_subject/confirm",
        }
        assert await _used(world, scenario.applicant(2).contacts.mobile) == {
            "sms_per_phone": 1,
            "sms_per_prefix": 2,
        }
        (done,) = await world.events(waiting.registration_id, What.LIMITS_RESET)
        assert done.details == {"budgets": "documents_per_registration"}

    async def test_what_strangers_share_is_reset_by_name_only(self, memory: World) -> None:
        """A caller's phone gives no pumper of its neighbours' numbers a new budget, unless the operator says so."""
        waiting = await memory.submitted()
        phone = waiting.applicant.contacts.mobile
        await memory.run(limits.reset(OPERATOR, phone))
        assert await _used(memory, phone) == {"sms_per_prefix": 1}
        await memory.run(limits.reset(OPERATOR, phone, budgets=("sms_per_prefix",)))
        assert await _used(memory, phone) == {}

    async def test_the_trail_tells_subjects_apart_and_names_none(self, memory: World) -> None:
        """Two resets of one phone are seen to be of one, of another to be of another; no phone is in the trail."""
        for typed in ("+33612345678", "06 12 34 56 78", "+33612345679", HERE):
            await memory.run(limits.reset(OPERATOR, typed))
            memory.wait(seconds=1)
        network, other, again, first = await memory.events(what=What.LIMITS_RESET)
        assert first.details["reference"] == again.details["reference"]
        assert (
            len({first.details["reference"], other.details["reference"], network.details["reference"]}) == 3
        )
        assert {one.subject_id for one in (first, again, other, network)} == {""}
        assert "612345" not in repr((first, again, other))
        assert HERE not in repr(network)

    async def test_a_budget_of_others_is_refused_whole(self, memory: World) -> None:
        """A budget that is not about this subject, or none at all: nothing is reset, and nothing written."""
        waiting = await memory.submitted()
        phone = waiting.applicant.contacts.mobile
        for wrong in ("password_attempts_per_identifier", "sms_per_fone"):
            with pytest.raises(InvalidInput) as refused:
                await memory.run(limits.reset(OPERATOR, phone, budgets=("sms_per_phone", wrong)))
            assert refused.value.problems == (Problem("budgets", "not_offered"),)
        assert (await _used(memory, phone))["sms_per_phone"] == 1
        assert await memory.events(what=What.LIMITS_RESET) == ()

    @pytest.mark.parametrize("moment", Moment)
    async def test_no_reset_without_its_line_in_the_trail(self, moment: Moment) -> None:
        """Wherever the process ends, a budget that was given back is in the trail with who gave it."""
        ends = set[tuple[int, int]]()
        for number in range(1, 7):  # find_account, two peeks, commit, two clears
            faults, store, kept = Faults(), MemoryStore(), MemoryLimits()
            world = World(store=store, limits=kept)
            waiting = await world.submitted()
            phone, both = waiting.applicant.contacts.mobile, ("sms_per_phone", "sms_per_prefix")
            crashing = world.again(store=faults.port("store", store), limits=faults.port("limits", kept))
            faults.crash_at(number, moment)
            with pytest.raises(Crash):
                await crashing.run(limits.reset(OPERATOR, phone, budgets=both))
            assert len(faults.calls) == number
            ends.add((len(await world.events(what=What.LIMITS_RESET)), len(await _used(world, phone))))
        assert (0, 0) not in ends
        assert (0, 1) not in ends
        assert {(0, 2), (1, 2), (1, 1)} <= ends

    async def test_limits_that_cannot_be_reached_are_an_error(self, memory: World) -> None:
        """The operator is not told that it was done."""

        class Gone(MemoryLimits):
            @override
            def clear(self, name: str, subject: str, budget: Budget) -> None:
                raise StoreUnavailable("gone")

        with pytest.raises(StoreUnavailable):
            await memory.again(limits=Gone()).run(limits.reset(OPERATOR, "+33612345678"))

    async def test_a_window_that_begins_again_is_whole(self, memory: World) -> None:
        """After a reset the next window is counted from its own first hit."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_identifier=2))
        await _guess(world, "99999", 2)
        world.wait(hours=20)
        await world.run(limits.reset(OPERATOR, "99999"))
        begun = world.clock.now()
        await _guess(world, "99999", 2)
        (told,) = await world.run(limits.show(OPERATOR, "99999"))
        assert told.retry_at == begun + timedelta(days=1)
        assert told.purpose is None
