"""A clock that moves only when a test says so."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["FrozenClock"]

_START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FrozenClock:
    """Stands at `start` until `advance`. Thread-safe."""

    def __init__(self, start: datetime = _START) -> None:
        """Start at an aware datetime, in any zone.

        Raises:
            ValueError: `start` has no zone; a deadline computed from it would end at the wrong hour.
        """
        if start.utcoffset() is None:
            raise ValueError("start must be an aware datetime, for instance with tzinfo=UTC")
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        with self._lock:
            return self._now

    def advance(self, by: timedelta) -> datetime:
        """Let time pass, and give the new time.

        Raises:
            ValueError: `by` is negative; what was issued at a later time would come from the future.
        """
        if by < timedelta(0):
            raise ValueError("time does not go back: make a new clock")
        with self._lock:
            self._now += by
            return self._now
