"""Budgets kept in one process."""

from __future__ import annotations

import threading
from datetime import datetime

from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.policy import Budget

__all__ = ["MemoryLimits"]


class MemoryLimits:
    """Fixed windows, counted from the first hit, under one lock; nothing outlives the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[datetime, int]] = {}

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        with self._lock:
            end, hits = self._window(name, subject, budget, now)
            if hits >= budget.amount:
                return Exceeded(end)
            self._windows[name, subject] = (end, hits + 1)
            return Granted(budget.amount - hits - 1)

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        with self._lock:
            end, hits = self._window(name, subject, budget, now)
            return Exceeded(end) if hits >= budget.amount else Granted(budget.amount - hits)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        with self._lock:
            self._windows.pop((name, subject), None)

    def _window(self, name: str, subject: str, budget: Budget, now: datetime) -> tuple[datetime, int]:
        end, hits = self._windows.get((name, subject), (now, 0))
        return (now + budget.per, 0) if end <= now else (end, hits)
