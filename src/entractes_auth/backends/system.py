"""The machine's own clock and random source."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

__all__ = ["SystemClock", "SystemEntropy"]


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
