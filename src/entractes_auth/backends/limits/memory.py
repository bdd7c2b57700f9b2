"""Budgets counted in memory, for one process.

Why not the memory of the library `limits`: it reads `time.time` wherever it counts, so a fake
clock cannot move it, while our port hands over the time; and it starts a thread to forget.
Counting from the first hit of a window takes the forty lines below.

Windows of one budget begin in the order of the dictionary, so the ones that are over are found at
its front, and each hit forgets some. An `OrderedDict`, whose front is at hand: a plain one looks over
all that was deleted before it, and took three seconds for the first hit after a flood of 100,000 subjects.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from entractes_auth.backends.limits.windows import SWEPT_AT_ONCE, Window, foretell, judge
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.policy import Budget

__all__ = ["MemoryLimits"]


class MemoryLimits:
    """A `Limits` in one process; thread-safe. A restart forgets all counters."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._budgets: dict[str, OrderedDict[bytes, Window]] = {}

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = _digest(subject)
        with self._lock:
            windows = self._budgets.setdefault(name, OrderedDict())
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
            windows = self._budgets.get(name)
            window = None if windows is None else windows.get(_digest(subject))
            return foretell(_running(window, budget, now), budget)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        with self._lock:
            windows = self._budgets.get(name)
            if windows is not None:
                windows.pop(_digest(subject), None)


def _digest(subject: str) -> bytes:
    # Who asks chooses the text, and its length: ten megabytes of "identifier" cost 16 bytes here.
    return hashlib.blake2b(subject.encode(errors="surrogatepass"), digest_size=16).digest()


def _running(window: Window | None, budget: Budget, now: datetime) -> Window | None:
    return window if window is not None and window.runs(budget, now) else None


def _forget(windows: OrderedDict[bytes, Window], budget: Budget, now: datetime) -> None:
    # Not all at once: after a flood there may be a million, and who comes next would wait for the end of it.
    for _ in range(SWEPT_AT_ONCE):
        oldest = next(iter(windows), None)
        if oldest is None or windows[oldest].runs(budget, now):
            return
        del windows[oldest]
