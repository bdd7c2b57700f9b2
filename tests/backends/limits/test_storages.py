"""Budgets on a storage of the library `limits` that is not Redis."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from limits.storage import MemcachedStorage, MemoryStorage
from typing_extensions import override

from entractes_auth import Keyring
from entractes_auth.backends.limits.storages import StorageLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.policy import Budget

PHONE = "+33612345678"
THREE = Budget(amount=3, per=timedelta(hours=1))


@pytest.fixture
def storage() -> MemoryStorage:
    """The library's own memory."""
    return MemoryStorage()


@pytest.fixture
def limits(storage: MemoryStorage) -> StorageLimits:
    """The adapter on it."""
    return StorageLimits(storage, Keyring.generate())


def _now() -> datetime:
    return datetime.now(UTC)


def test_a_budget_of_three_is_three(limits: StorageLimits) -> None:
    """Three hits are granted, with what is left; the fourth says when the window ends, at most a second late."""
    hits = [limits.hit("sms_per_phone", PHONE, THREE, _now()) for _ in range(4)]
    assert hits[:3] == [Granted(2), Granted(1), Granted(0)]
    assert isinstance(hits[3], Exceeded)
    wait = hits[3].retry_at - _now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1, seconds=1)


def test_a_look_counts_nothing(limits: StorageLimits) -> None:
    """`peek` says what `hit` would, and leaves the budget as it was."""
    assert limits.peek("sms_per_phone", PHONE, THREE, _now()) == Granted(2)
    assert limits.hit("sms_per_phone", PHONE, THREE, _now()) == Granted(2)
    for _ in range(2):
        limits.hit("sms_per_phone", PHONE, THREE, _now())
    assert isinstance(limits.peek("sms_per_phone", PHONE, THREE, _now()), Exceeded)


def test_names_and_subjects_are_counted_apart(limits: StorageLimits) -> None:
    """One subject's hits cost no other, nor the same subject under another name."""
    limits.hit("sms_per_phone", PHONE, THREE, _now())
    assert limits.peek("sms_per_phone", "+33612345679", THREE, _now()) == Granted(2)
    assert limits.peek("codes_per_network", PHONE, THREE, _now()) == Granted(2)


def test_clearing_gives_the_budget_back(limits: StorageLimits) -> None:
    """After `clear` the subject is as new."""
    limits.hit("sms_per_phone", PHONE, THREE, _now())
    limits.clear("sms_per_phone", PHONE, THREE)
    assert limits.peek("sms_per_phone", PHONE, THREE, _now()) == Granted(2)


def test_parallel_hits_never_exceed_the_budget(limits: StorageLimits) -> None:
    """Of 40 threads behind a barrier, at most three are let in."""
    barrier, granted = threading.Barrier(40), list[Granted]()

    def hit() -> None:
        barrier.wait(timeout=30)
        answer = limits.hit("sms_per_phone", PHONE, THREE, _now())
        if isinstance(answer, Granted):
            granted.append(answer)

    threads = [threading.Thread(target=hit) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(granted) <= 3


def test_who_comes_back_when_told_is_let_in(limits: StorageLimits) -> None:
    """`retry_at` is never early: at that second a whole new budget is there. A window is never cut short, either."""
    once = Budget(amount=1, per=timedelta(seconds=0.5))
    begun = _now()
    limits.hit("sms_per_phone", PHONE, once, begun)
    refused = limits.hit("sms_per_phone", PHONE, once, _now())
    assert isinstance(refused, Exceeded)
    assert refused.retry_at >= begun + once.per
    time.sleep(max(0.0, (refused.retry_at - _now()).total_seconds()))
    assert limits.hit("sms_per_phone", PHONE, once, _now()) == Granted(0)


def test_the_storage_holds_no_phone(limits: StorageLimits, storage: MemoryStorage) -> None:
    """What is kept names the budget and a MAC, never the subject."""
    limits.hit("sms_per_phone", PHONE, THREE, _now())
    keys = " ".join(storage.storage)
    assert "sms_per_phone" in keys
    assert PHONE not in keys


@pytest.mark.parametrize("known", [ConnectionError, KeyError], ids=["that it tells of", "that it does not"])
def test_an_absent_storage_fails_closed(known: type[Exception]) -> None:
    """No connection is `StoreUnavailable`, without the driver's error, which may hold a password.

    Memcached's client lets the system's error through, and the storage does not name it among its own.
    """

    class Gone(MemoryStorage):
        @property
        @override
        def base_exceptions(self) -> type[Exception]:
            return known

        @override
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise ConnectionRefusedError("redis://:password@host")

    with pytest.raises(StoreUnavailable) as caught:
        StorageLimits(Gone(), Keyring.generate()).hit("sms_per_phone", PHONE, THREE, _now())
    assert caught.value.__context__ is None


def test_a_window_that_memcached_would_forget_is_refused() -> None:
    """Beyond 30 days Memcached reads a date in 1970, and forgets at once: no hit would ever be one too many."""

    class Memcached(MemcachedStorage):
        """Without a server, which is not asked."""

        def __init__(self) -> None:
            """No client of Memcached is needed either."""

    limits, month = StorageLimits(Memcached(), Keyring.generate()), Budget(amount=3, per=timedelta(days=31))
    with pytest.raises(ConfigurationError, match=r"limits\.sms_per_phone"):
        limits.hit("sms_per_phone", PHONE, month, _now())
