"""Sign-in: a right password gives a ticket and nothing more; a right code on it signs in, once."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from entractes_auth import Channel
from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha, RefusingCaptcha
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.errors import (
    CaptchaRefused,
    InvalidInput,
    Limited,
    Problem,
    SignInRefused,
    StoreUnavailable,
)
from entractes_auth.flows import login
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from entractes_auth.testing.faults import Faults
from tests.flows.situations import hashes, ticket_of
from tests.flows.world import World, with_budgets

pytestmark = pytest.mark.anyio


def _in_two(digits: str) -> str:
    return f" {digits[:2]} {digits[2:]}\n"


class Cut:
    """A store that reads, and is gone when something is to be written."""

    def __init__(self, store: Store | AsyncStore) -> None:
        self._store = store

    def commit(self, batch: Batch) -> Committed:
        raise StoreUnavailable("gone")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class TestBegin:
    """`begin`"""

    async def test_a_right_password_opens_nothing(self, world: World) -> None:
        """It gives a ticket and the masked choices, sends nothing, and signs nobody in."""
        member = await world.member()
        world.inbox.clear()
        page = await world.run(login.begin(member.identifier, member.password))
        assert [(choice.channel, choice.masked) for choice in page.choices] == [
            (Channel.SMS, "06 •• •• •• 01"),
            (Channel.EMAIL, "Z•••@example.fr"),
        ]
        assert page.expires_at == world.clock.now() + world.policy.links.login_lifetime
        assert world.inbox.messages == ()
        assert await world.events(what=What.SIGNED_IN) == ()
        assert len(await world.events(member.account_id, What.PASSWORD_ACCEPTED)) == 1

    async def test_nothing_shows_in_a_repr(self, memory: World) -> None:
        """Neither the ticket, nor where a code may go, nor what was typed."""
        member = await memory.member()
        flow = login.begin(member.identifier, member.password)
        shown = f"{flow!r} {await memory.run(flow)!r}"
        assert member.password not in shown
        assert member.identifier not in shown
        assert "@" not in shown

    async def test_a_database_that_goes_away_leaves_the_password_in_no_frame(self, memory: World) -> None:
        """A host that hands it over as a `Secret` may let a crash reporter keep the variables of each frame."""
        member = await memory.member()
        world = memory.again(store=cast("Store", Cut(memory.store)))
        with pytest.raises(StoreUnavailable) as refused:
            await world.run(login.begin(member.identifier, Secret(member.password)))
        frames = [frame for frame, _ in traceback.walk_tb(refused.value.__traceback__)]
        ours = [frame for frame in frames if frame.f_globals["__name__"].startswith("entractes_auth.flows")]
        assert ours
        assert member.password not in str([frame.f_locals for frame in ours])

    @pytest.mark.parametrize("grouped", [_in_two, "\u00a0".join], ids=["in two", "one by one"])
    async def test_spaces_between_the_digits_are_accepted(
        self, grouped: Callable[[str], str], memory: World
    ) -> None:
        """People group digits as they read them."""
        member = await memory.member()
        page = await memory.run(login.begin(grouped(member.identifier), Secret(grouped(member.password))))
        assert page.choices

    @pytest.mark.parametrize(
        ("identifier", "password", "problem"),
        [
            ("", "123456", Problem("identifier", "missing")),
            (" \t\n", "123456", Problem("identifier", "missing")),
            ("1" * 129, "123456", Problem("identifier", "too_long", {"maximum": 128})),
            ("12345", "", Problem("password", "missing")),
            ("12345", "\u00a0", Problem("password", "missing")),
            ("12345", "1" * 3_000_000, Problem("password", "too_long", {"maximum": 128})),
        ],
        ids=[
            "no identifier",
            "blank identifier",
            "long identifier",
            "no password",
            "blank password",
            "megabytes",
        ],
    )
    async def test_what_could_never_be_right_is_named(
        self, identifier: str, password: str, problem: Problem, memory: World
    ) -> None:
        """Before anything is counted or hashed."""
        faults = Faults()
        world = memory.again(hasher=faults.port("hasher", Argon2Hasher(memory.policy.credentials.hash)))
        with pytest.raises(InvalidInput) as refused:
            await world.run(login.begin(identifier, password))
        assert refused.value.problems == (problem,)
        assert faults.calls == ()

    @pytest.mark.parametrize(
        "typed", ["1\0", "\ud800", "🦆🦆🦆", "%", "'; DROP TABLE accounts; --", "Ⅷ", "٠١٢٣٤"]
    )
    async def test_whatever_is_typed_is_answered_like_a_stranger(self, typed: str, world: World) -> None:
        """Characters that a database refuses, or that look like digits, open and break nothing."""
        member = await world.member()
        for pair in ((typed, member.password), (member.identifier, typed)):
            with pytest.raises(SignInRefused) as refused:
                await world.run(login.begin(*pair))
            assert refused.value.args == ()

    async def test_a_robot_check_comes_first(self, memory: World) -> None:
        """Where the policy asks for one: not passed, and not even a right password is looked at."""
        member = await memory.member()
        faults = Faults()
        world = memory.again(
            policy=replace(memory.policy, captcha=True),
            captcha=RefusingCaptcha(),
            hasher=faults.port("hasher", Argon2Hasher(memory.policy.credentials.hash)),
        )
        with pytest.raises(CaptchaRefused):
            await world.run(login.begin(member.identifier, member.password, captcha="?"))
        assert faults.calls == ()
        await world.again(captcha=AcceptingCaptcha()).run(login.begin(member.identifier, member.password))
        assert hashes(faults) == ["verify"]


class TestPasswordBudgets:
    """Guesses at a password."""

    async def test_ten_in_a_window_and_then_not_even_the_right_one(self, world: World) -> None:
        """The eleventh is not judged; when the window ends the whole budget is back."""
        member = await world.member()
        began = world.clock.now()
        budget = world.policy.limits.password_attempts_per_identifier
        for _ in range(budget.amount):
            with pytest.raises(SignInRefused):
                await world.run(login.begin(member.identifier, scenario.another(member.password)))
            world.wait(minutes=1)
        with pytest.raises(Limited) as limited:
            await world.run(login.begin(member.identifier, member.password))
        assert limited.value.retry_at == began + budget.per
        assert len(await world.events(member.account_id, What.SIGN_IN_REFUSED)) == budget.amount
        world.clock.advance(began + budget.per - world.clock.now())
        await ticket_of(world, member)

    async def test_an_unknown_identifier_runs_dry_alike(self, world: World) -> None:
        """The same number of tries, and the same answer: the budget does not tell who exists."""
        budget = world.policy.limits.password_attempts_per_identifier
        for _ in range(budget.amount):
            with pytest.raises(SignInRefused):
                await world.run(login.begin("00000", "123456"))
        with pytest.raises(Limited) as limited:
            await world.run(login.begin("0 0 0 0 0", "123456"))
        assert limited.value.retry_at == world.clock.now() + budget.per

    async def test_a_success_gives_the_identifiers_budget_back(self, memory: World) -> None:
        """Who mistypes nine times and then gets it right starts afresh."""
        member = await memory.member()
        amount = memory.policy.limits.password_attempts_per_identifier.amount
        for _ in range(3):
            for _ in range(amount - 1):
                with pytest.raises(SignInRefused):
                    await memory.run(login.begin(member.identifier, scenario.another(member.password)))
            await ticket_of(memory, member)

    async def test_a_success_does_not_give_the_networks_budget_back(self, memory: World) -> None:
        """A guesser with one account of his own must not refill what he uses on the others'."""
        world = memory.again(policy=with_budgets(memory.policy, password_attempts_per_network=4))
        member = await world.member()
        for _ in range(2):
            with pytest.raises(SignInRefused):
                await world.run(login.begin("00000", "123456", network="192.0.2.1"))
            await world.run(login.begin(member.identifier, member.password, network="192.0.2.1"))
        with pytest.raises(Limited):
            await world.run(login.begin(member.identifier, member.password, network="192.0.2.1"))
        await world.run(login.begin(member.identifier, member.password, network="192.0.2.2"))
