"""The lock-out simulation holds for the library, and finds each way of locking a member out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from benchmarks.lockout import EVERYBODY, Outcome, Town, attack
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.env import Env
from entractes_auth.flows import login
from entractes_auth.links import LinkText
from entractes_auth.policy import Budget

SIZE = 5
HOUR = timedelta(hours=1)


def attacked(limits: MemoryLimits | None = None) -> tuple[Outcome, Town]:
    """Five members, each guessed at 40 times an hour."""
    town = Town(SIZE, limits or MemoryLimits())
    return attack(town, 2400, [member.identifier for member, _ in town.members], 12 * HOUR), town


def test_nobody_is_locked_out() -> None:
    """Known devices never wait; new ones do, for no longer than the policy says, and then sign in."""
    outcome, town = attacked()
    assert not outcome.broken(town.allowed)
    assert (outcome.late, outcome.known) == (0, 2400 // 200 + SIZE)
    assert len(outcome.waits) == SIZE, "the attack was worth the name"
    assert outcome.judged < 2400


def test_the_whole_space_is_guessed_at() -> None:
    """Of every identifier that there can be, nearly all guesses are judged, and no member waits."""
    town = Town(SIZE)
    outcome = attack(town, 1000, EVERYBODY, 12 * HOUR)
    assert len(EVERYBODY) == 100_000
    assert outcome.judged == 1000
    assert outcome.waits == []


def test_devices_that_are_not_known_again_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """If what strangers use up were a known device's too, members would wait: the simulation says so."""

    def unknown(env: Env, jar: LinkText, identifier: str) -> None:
        return None

    monkeypatch.setattr(login, "_device", unknown)
    outcome, town = attacked()
    assert outcome.late > 0
    assert outcome.broken(town.allowed)


class _Other(MemoryLimits):
    """Tells another end of the wait than the budget has."""

    def __init__(self, by: timedelta) -> None:
        super().__init__()
        self._by = by

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        answer = super().hit(name, subject, budget, now)
        return (
            replace(answer, retry_at=answer.retry_at + self._by) if isinstance(answer, Exceeded) else answer
        )


def test_a_wait_that_is_too_long_is_found() -> None:
    """A refusal that sends a new device away for longer than the policy says."""
    outcome, town = attacked(_Other(4 * HOUR))
    assert max(outcome.waits) > town.allowed
    assert outcome.broken(town.allowed)


def test_a_wait_that_is_not_over_when_it_was_said_to_be_is_found() -> None:
    """A refusal that names an instant at which the member is refused again."""
    outcome, town = attacked(_Other(-timedelta(minutes=30)))
    assert outcome.refused_again > 0
    assert outcome.broken(town.allowed)
