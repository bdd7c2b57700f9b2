"""The frozen clock moves when it is told to, forward."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from entractes_auth.testing import FrozenClock


def test_time_stands_still_until_it_is_advanced() -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    clock = FrozenClock(start)
    assert (clock.now(), clock.now()) == (start, start)
    assert clock.advance(timedelta(minutes=10)) == clock.now() == start + timedelta(minutes=10)


def test_the_time_is_in_utc_whatever_zone_it_started_in() -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    assert FrozenClock(start).now().isoformat() == "2026-03-02T10:00:00+00:00"
    assert FrozenClock().now().tzinfo is UTC


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        FrozenClock(datetime(2026, 3, 2, 12))  # noqa: DTZ001 - the mistake that is refused


def test_time_does_not_go_back() -> None:
    clock = FrozenClock()
    before = clock.now()
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == before


def test_no_step_is_lost_between_threads() -> None:
    clock = FrozenClock()
    before = clock.now()
    together = threading.Barrier(4)

    def step() -> None:
        together.wait()
        for _ in range(500):
            clock.advance(timedelta(seconds=1))

    threads = [threading.Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() - before == timedelta(seconds=2000)
