"""The limits contract is worth something: each likely mistake fails the case that names it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import pytest
from typing_extensions import override

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.policy import Budget
from entractes_auth.testing.cases import awaited, run_sync, thread_race
from entractes_auth.testing.limits_cases import LIMITS, LimitsRig


class LengthensTheWait(MemoryLimits):
    """Counts the wait from the refused hit."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        answer = super().hit(name, subject, budget, now)
        return Exceeded(now + budget.per) if isinstance(answer, Exceeded) else answer


class CountsPeeks(MemoryLimits):
    """Counts who only looks."""

    @override
    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        return self.hit(name, subject, budget, now)


class RunsNamesTogether(MemoryLimits):
    """Makes one key of name and subject, without a separator."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        return super().hit(name + subject, "", budget, now)


class LooksBeforeCounting(MemoryLimits):
    """Grants what it saw a moment ago."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        seen = self.peek(name, subject, budget, now)
        time.sleep(0.01)
        super().hit(name, subject, budget, now)
        return seen


class ClearsEverybody(MemoryLimits):
    """Forgets more than it was asked to."""

    @override
    def clear(self, name: str, subject: str, budget: Budget) -> None:
        for everyone in ("+33612345678", "+33612345679"):
            super().clear(name, everyone, budget)


class TrustsTheClock(MemoryLimits):
    """Takes a window that begins in the future for one that is over."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        answer = super().hit(name, subject, budget, now)
        if isinstance(answer, Exceeded) and answer.retry_at > now + budget.per:
            self.clear(name, subject, budget)
            return super().hit(name, subject, budget, now)
        return answer


class WaitsForTheWrongClock(MemoryLimits):
    """Lets nobody in until the year that a wrong clock wrote has come."""

    def __init__(self) -> None:
        super().__init__()
        self.latest: datetime | None = None

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        self.latest = max(now, self.latest or now)
        return super().hit(name, subject, budget, self.latest)


class CountsRefusedHits(MemoryLimits):
    """Counts on, so that a larger budget is used up before it begins."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        told = super().hit(name, subject, Budget(amount=10**6, per=budget.per), now)
        hits = 10**6 - told.remaining if isinstance(told, Granted) else 10**6
        window = self.peek(name, subject, Budget(amount=1, per=budget.per), now)
        if hits > budget.amount and isinstance(window, Exceeded):
            return window
        return Granted(budget.amount - hits)


class CountsInSeconds(MemoryLimits):
    """Rounds the time, as a server that counts in seconds does."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        return super().hit(name, subject, budget, now.replace(microsecond=0))


class RefusesOddText(MemoryLimits):
    """Raises for what UTF-8 cannot write."""

    @override
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        assert subject.encode()
        return super().hit(name, subject, budget, now)


FAULTS: tuple[tuple[Callable[[], MemoryLimits], str], ...] = (
    (LengthensTheWait, "limits-a_refused_hit_does_not_lengthen_the_wait"),
    (CountsPeeks, "limits-a_peek_tells_what_a_hit_would_and_counts_nothing"),
    (RunsNamesTogether, "limits-counters_are_kept_apart-name_and_subject_run_together"),
    (LooksBeforeCounting, "limits-a_crowd_is_granted_exactly_the_amount-when_fresh"),
    (ClearsEverybody, "limits-clear_forgets_one_counter"),
    (TrustsTheClock, "limits-a_clock_that_steps_back_gives_no_hit_back"),
    (WaitsForTheWrongClock, "limits-a_window_of_a_wrong_clock_locks_nobody"),
    (CountsRefusedHits, "limits-a_larger_budget_takes_effect_at_once"),
    (CountsInSeconds, "limits-the_wait_is_exact_to_the_microsecond"),
    (RefusesOddText, "limits-any_text_is_a_subject-half_a_surrogate_pair"),
)


@pytest.mark.parametrize(("broken", "name"), [pytest.param(*fault, id=fault[0].__name__) for fault in FAULTS])
def test_a_mistake_fails_the_case_that_names_it(broken: Callable[[], MemoryLimits], name: str) -> None:
    (case,) = [case for case in LIMITS.cases if case.name == name]
    run_sync(case.run(LimitsRig(awaited(MemoryLimits()), thread_race)))
    with pytest.raises((AssertionError, UnicodeEncodeError)):
        run_sync(case.run(LimitsRig(awaited(broken()), thread_race)))
