"""Messages kept in memory instead of being sent: for tests, and for a demonstration that shows them."""

from __future__ import annotations

import threading
from collections import deque

from typing_extensions import override

from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import ConfigurationError

__all__ = ["Mailbox"]


class Mailbox:
    """A `Messenger` that keeps the newest `capacity` messages, secrets included. Thread-safe.

    Never use it where real people sign up: whoever reaches it can sign in as them. `repr` shows how
    many messages there are, and none of them.
    """

    def __init__(self, capacity: int = 1000) -> None:
        """Keep at most `capacity` messages; older ones are dropped.

        Raises:
            ConfigurationError: `capacity` is below 1.
        """
        if capacity < 1:
            raise ConfigurationError("capacity must be at least 1")
        self._kept: deque[Outgoing] = deque(maxlen=capacity)
        # A deque may not be read while another thread appends to it.
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> Receipt:
        """Keep the message. A retried one is kept twice, so that a test sees the retry."""
        with self._lock:
            self._kept.append(outgoing)
        return Receipt(reference=outgoing.id)

    @property
    def messages(self) -> tuple[Outgoing, ...]:
        """All that is kept, newest last."""
        with self._lock:
            return tuple(self._kept)

    def to(self, address: str) -> tuple[Outgoing, ...]:
        """What was sent to exactly this address, newest last."""
        return tuple(outgoing for outgoing in self.messages if outgoing.to == address)

    def clear(self) -> None:
        """Forget every message."""
        with self._lock:
            self._kept.clear()

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.messages)} messages)"
