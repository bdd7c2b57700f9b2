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


FAULTS: tuple[tuple[Callable[[], MemoryLimits], str], ...] = (
    (LengthensTheWait, "limits-a_refused_hit_does_not_lengthen_the_wait"),
    (CountsPeeks, "limits-a_peek_tells_what_a_hit_would_and_counts_nothing"),
    (RunsNamesTogether, "limits-counters_are_kept_apart-name_and_subject_run_together"),
    (LooksBeforeCounting, "limits-a_crowd_is_granted_exactly_the_amount-when_fresh"),
    (ClearsEverybody, "limits-clear_forgets_one_counter"),
)


@pytest.mark.parametrize(("broken", "name"), [pytest.param(*fault, id=fault[0].__name__) for fault in FAULTS])
def test_a_mistake_fails_the_case_that_names_it(broken: Callable[[], MemoryLimits], name: str) -> None:
    (case,) = [case for case in LIMITS.cases if case.name == name]
    run_sync(case.run(LimitsRig(awaited(MemoryLimits()), thread_race)))
    with pytest.raises(AssertionError):
        run_sync(case.run(LimitsRig(awaited(broken()), thread_race)))
