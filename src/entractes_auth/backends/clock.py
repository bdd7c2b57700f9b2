"""Time and randomness, the two things that rules never take for themselves."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "Entropy", "SystemClock", "SystemEntropy"]


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


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's random source."""

    def draw(self, count: int) -> bytes:
        """`count` bytes of `secrets.token_bytes`."""
        return secrets.token_bytes(count)
