"""Budgets counted in memory, for one process.

Why not the memory of the library `limits`: it reads `time.time` wherever it counts, so a fake
clock cannot move it, while our port hands over the time; and it starts a thread to forget.
Counting from the first hit of a window takes the forty lines below.

Nothing is kept longer than its window: windows of one budget begin in the order of the
dictionary, so the ones that are over are always found at its front.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.policy import Budget

__all__ = ["MemoryLimits"]


@dataclass(slots=True)
class _Window:
    started_at: datetime
    hits: int


class MemoryLimits:
    """A `Limits` in one process; thread-safe. A restart forgets all counters."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._budgets: dict[str, dict[bytes, _Window]] = {}

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = _digest(subject)
        with self._lock:
            windows = self._budgets.setdefault(name, {})
            _forget(windows, now - budget.per)
            window = _current(windows, key, now - budget.per)
            answer = _answer(window, budget)
            if isinstance(answer, Granted):
                if window is None:
                    windows.pop(key, None)  # put at the end again: that is where the youngest are
                    windows[key] = _Window(now, 1)
                else:
                    window.hits += 1
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        with self._lock:
            windows = self._budgets.get(name, {})
            return _answer(_current(windows, _digest(subject), now - budget.per), budget)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        with self._lock:
            self._budgets.get(name, {}).pop(_digest(subject), None)


def _digest(subject: str) -> bytes:
    # Who asks chooses the text, and its length: ten megabytes of "identifier" cost 16 bytes here.
    return hashlib.blake2b(subject.encode(errors="surrogatepass"), digest_size=16).digest()


def _current(windows: dict[bytes, _Window], key: bytes, over_at: datetime) -> _Window | None:
    window = windows.get(key)
    return window if window is not None and window.started_at > over_at else None


def _answer(window: _Window | None, budget: Budget) -> Granted | Exceeded:
    hits = 0 if window is None else window.hits
    if window is not None and hits >= budget.amount:
        return Exceeded(window.started_at + budget.per)
    return Granted(budget.amount - hits - 1)


def _forget(windows: dict[bytes, _Window], over_at: datetime) -> None:
    while windows:
        oldest = next(iter(windows))
        if windows[oldest].started_at > over_at:
            return
        del windows[oldest]
