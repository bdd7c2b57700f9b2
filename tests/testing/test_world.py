"""A `World` is one platform: its ports are shared by both runners, and any of them can be another."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.errors import ConfigurationError, Limited
from entractes_auth.testing import World, scenario


def test_what_one_runner_wrote_the_other_reads() -> None:
    world = World()
    member = world.auth.run(scenario.approved(world.messenger, scenario.nurse()))
    entered = anyio.run(world.async_auth.run, scenario.signed_in(world.messenger, member))
    assert entered.account_id == member.account_id


def test_each_runner_is_made_once() -> None:
    world = World()
    assert world.auth is world.auth
    assert world.async_auth is world.async_auth


def test_two_worlds_share_nothing() -> None:
    one, other = World(), World()
    one.auth.run(scenario.approved(one.messenger, scenario.nurse()))
    assert other.messenger.messages == ()
    other.auth.run(scenario.approved(other.messenger, scenario.nurse()))


def test_a_port_can_be_another_and_the_rest_stays() -> None:
    world = World()
    limited = replace(world, limits=MemoryLimits())
    assert limited.store is world.store
    for _ in range(world.policy.limits.sms_per_phone.amount):
        limited.auth.run(scenario.submitted(limited.messenger, scenario.nurse()))
    with pytest.raises(Limited):
        limited.auth.run(scenario.submitted(limited.messenger, scenario.nurse()))


def test_an_async_port_serves_the_async_runner_alone() -> None:
    class AsyncCaptcha:
        async def verify(self, answer: str, network: str) -> None:
            return None

    world = World(captcha=AsyncCaptcha())
    assert world.async_auth.policy.captcha is False
    with pytest.raises(ConfigurationError, match="use AsyncAuth"):
        _ = world.auth


def test_its_repr_shows_no_message_and_no_key() -> None:
    world = World()
    world.auth.run(scenario.approved(world.messenger, scenario.nurse()))
    assert "World object" in repr(world)
