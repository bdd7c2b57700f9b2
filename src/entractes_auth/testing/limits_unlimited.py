"""Limits that never refuse, for a host's tests."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from entractes_auth.backends.ports import Exceeded, Granted, Limits
from entractes_auth.policy import Budget

__all__ = ["unlimited"]


def unlimited() -> Limits:
    """`Limits` that count nothing and refuse nothing: `Auth(limits=unlimited())`. For tests only.

    On a site that people reach, guesses and SMS would then cost an attacker nothing: it lives here, and not
    among the adapters, so that nobody deploys it. What a challenge itself holds (its attempts, its sendings,
    the pause before a resend) is the store's, and stays.
    """
    return _UNLIMITED


class _Unlimited:
    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        return Granted(budget.amount - 1)

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        return Granted(budget.amount - 1)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        return


_UNLIMITED: Final = _Unlimited()
