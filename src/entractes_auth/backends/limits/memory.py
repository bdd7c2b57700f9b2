"""Budgets counted in memory, for one process.

Why not the memory of the library `limits`: it reads `time.time` wherever it counts, so a fake
clock cannot move it, while our port hands over the time; and it starts a thread to forget.
Counting from the first hit of a window takes the forty lines below.

Nothing is kept longer than its window: windows of one budget begin in the order of the
dictionary, so the ones that are over are always found at its front.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from threading import Lock

from entractes_auth.backends.limits.windows import Window, foretell, judge
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.policy import Budget

__all__ = ["MemoryLimits"]


class MemoryLimits:
    """A `Limits` in one process; thread-safe. A restart forgets all counters."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._budgets: dict[str, dict[bytes, Window]] = {}

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = _digest(subject)
        with self._lock:
            windows = self._budgets.setdefault(name, {})
            _forget(windows, budget, now)
            window = _running(windows.get(key), budget, now)
            if window is None:
                windows.pop(key, None)  # put at the end again: that is where the youngest are
                counted = Window(now, 1)
            else:
                counted = Window(window.started_at, window.hits + 1)
            answer = judge(counted, budget)
            if isinstance(answer, Granted):
                windows[key] = counted
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        with self._lock:
            window = self._budgets.get(name, {}).get(_digest(subject))
            return foretell(_running(window, budget, now), budget)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        with self._lock:
            self._budgets.get(name, {}).pop(_digest(subject), None)


def _digest(subject: str) -> bytes:
    # Who asks chooses the text, and its length: ten megabytes of "identifier" cost 16 bytes here.
    return hashlib.blake2b(subject.encode(errors="surrogatepass"), digest_size=16).digest()


def _running(window: Window | None, budget: Budget, now: datetime) -> Window | None:
    return window if window is not None and window.runs(budget, now) else None


def _forget(windows: dict[bytes, Window], budget: Budget, now: datetime) -> None:
    while windows:
        oldest = next(iter(windows))
        if windows[oldest].runs(budget, now):
            return
        del windows[oldest]
