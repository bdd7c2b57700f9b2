"""No more hashes run at once than was said, and each caller still gets its own answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.hashing.bounded import BoundedHasher
from entractes_auth.backends.ports import Hasher, Matched
from entractes_auth.errors import ConfigurationError
from entractes_auth.policy import HashPolicy


class Gate:
    """A hasher that notes how many callers are inside it, and lets them out once `open` is set."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def hash(self, secret: bytes) -> str:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self.entered.release()
        assert self.open.wait(timeout=30)
        with self._lock:
            self._inside -= 1
        return secret.decode()

    def verify(self, hashed: str, secret: bytes) -> Matched | None:
        return Matched(outdated=False) if self.hash(secret) == hashed else None

    def decoy(self) -> str:
        return "decoy"


def test_two_at_once_means_that_a_third_waits() -> None:
    gate = Gate()
    hasher: Hasher = BoundedHasher(gate, at_once=2)
    with ThreadPoolExecutor(8) as pool:
        hashes = [pool.submit(hasher.hash, str(number).encode()) for number in range(4)]
        checks = [pool.submit(hasher.verify, "1", str(number).encode()) for number in range(4)]
        assert gate.entered.acquire(timeout=30)
        assert gate.entered.acquire(timeout=30)
        # Both turns are taken: were there a third, it would come in now.
        assert not gate.entered.acquire(timeout=0.1)
        gate.open.set()
        assert [done.result(timeout=30) for done in hashes] == ["0", "1", "2", "3"]
        assert [done.result(timeout=30) is not None for done in checks] == [False, True, False, False]
    assert gate.most == 2


def test_a_turn_is_given_back_when_the_check_fails() -> None:
    hasher = BoundedHasher(Argon2Hasher(HashPolicy(time_cost=1, memory_kib=64, parallelism=1)), at_once=1)
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            hasher.verify("damaged", b"1")
    assert hasher.verify(hasher.hash(b"1"), b"1") is not None
    assert hasher.verify(hasher.decoy(), b"1") is None


def test_a_bound_that_lets_nobody_in_is_refused() -> None:
    gate = Gate()
    with pytest.raises(ConfigurationError, match="at_once"):
        BoundedHasher(gate, at_once=0)
