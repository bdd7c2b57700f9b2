"""A bound on how many hashes run at once: a burst of sign-ins must not take all the memory."""

from __future__ import annotations

import threading

from entractes_auth.backends.ports import Hasher, Matched
from entractes_auth.errors import ConfigurationError

__all__ = ["BoundedHasher"]


class BoundedHasher:
    """A `Hasher` that lets `at_once` calls of another one run, in this process; the others wait in turn.

    The most memory that hashing takes is then `at_once * memory_kib`, whatever the number of threads.
    The processor's number of cores divided by the policy's `parallelism` is a good value, and 1 the least.
    """

    __slots__ = ("_hasher", "_turns")

    def __init__(self, hasher: Hasher, at_once: int) -> None:
        """Wrap `hasher`.

        Raises:
            ConfigurationError: `at_once` is below 1, so that no hash could ever run.
        """
        if at_once < 1:
            raise ConfigurationError("at_once must be at least 1")
        self._hasher = hasher
        self._turns = threading.BoundedSemaphore(at_once)

    def hash(self, secret: bytes) -> str:
        """See `Hasher.hash`; waits for a turn."""
        with self._turns:
            return self._hasher.hash(secret)

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        """See `Hasher.verify`; waits for a turn."""
        with self._turns:
            return self._hasher.verify(hashed, secret)

    def decoy(self) -> str:
        """See `Hasher.decoy`."""
        return self._hasher.decoy()
