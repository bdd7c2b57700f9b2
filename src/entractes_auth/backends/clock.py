"""The ports of time and randomness, the two things that rules never take for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

__all__ = ["Clock", "Entropy"]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...


class Entropy(Protocol):
    """Draws random bytes."""

    def draw(self, count: int) -> bytes:
        """`count` unpredictable bytes, fit for keys."""
        ...
