"""What is particular to Redis Cluster: which master keeps what, one of them silent, and slots that move."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import closing
from datetime import timedelta

import pytest

from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
from entractes_auth.backends.limits.redis import RedisLimits
from entractes_auth.backends.limits.redis_script import key_of
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing.builders import NOW
from tests.servers.redis import Cluster, Server, slot_of

HOUR = timedelta(hours=1)
THREE = Budget(amount=3, per=HOUR)
SUBJECTS = [f"+336123456{n:02}" for n in range(30)]


@pytest.fixture
def limits(cluster: Cluster, keys: Keyring) -> Generator[RedisLimits]:
    """The budgets on the cluster, which is empty; an answer is waited for 0.3 seconds."""
    cluster.clear()
    with closing(RedisLimits.from_uri(cluster.uri, keys, timeout=timedelta(milliseconds=300))) as limits:
        yield limits


def _on(server: Server, cluster: Cluster, keys: Keyring) -> list[str]:
    """The subjects whose window this master keeps."""
    return [s for s in SUBJECTS if cluster.master_of(key_of(keys, "sms", s)) is server]


def test_subjects_are_spread_and_a_budget_is_one_key(
    limits: RedisLimits, cluster: Cluster, keys: Keyring
) -> None:
    """Each subject's window is one key, where its slot is; and each master has its share of them."""
    for subject in SUBJECTS:
        limits.hit("sms", subject, THREE, NOW)
    kept = cluster.keys()
    assert set(kept) == {key_of(keys, "sms", subject) for subject in SUBJECTS}
    assert all(cluster.master_of(key) is server for key, server in kept.items())
    assert {server.port for server in kept.values()} == {server.port for server in cluster.servers}


def test_a_silent_master_refuses_its_own_subjects_alone(
    limits: RedisLimits, cluster: Cluster, keys: Keyring
) -> None:
    """Whose window cannot be counted is refused; everybody else's goes on, and after it all of them."""
    silent = cluster.servers[1]
    refused, *_ = _on(silent, cluster, keys)
    others = [_on(server, cluster, keys)[0] for server in cluster.servers if server is not silent]
    with silent.paused():
        with pytest.raises(StoreUnavailable):
            limits.hit("sms", refused, THREE, NOW)
        assert [limits.hit("sms", other, THREE, NOW) for other in others] == [Granted(2)] * 2
    told = limits.hit("sms", refused, THREE, NOW)
    assert isinstance(told, Granted)
    assert told.remaining <= 2, "what was sent and not answered may count, and is never given back"


@pytest.mark.parametrize("number", range(3))
def test_a_silent_master_does_not_keep_the_script_from_the_others(
    cluster: Cluster, keys: Keyring, number: int
) -> None:
    """Masters that were just restarted do not know it yet: they are sent it, whichever one is not there."""
    silent = cluster.servers[number]
    others = [server for server in cluster.servers if server is not silent]
    first, second = (_on(server, cluster, keys)[0] for server in others)
    wait = timedelta(milliseconds=300)
    with closing(RedisLimits.from_uri(cluster.uri, keys, timeout=wait)) as limits:
        for server in others:
            with server.client() as client:
                client.script_flush()
        with silent.paused():
            assert limits.hit("sms", first, THREE, NOW) == Granted(2)
            assert limits.hit("sms", second, THREE, NOW) == Granted(2)

    async def hits() -> list[Granted | Exceeded]:
        limits = AsyncRedisLimits.from_uri(cluster.uri, keys, timeout=wait)
        try:
            await limits.peek("sms", first, THREE, NOW)
            for server in others:
                with server.client() as client:
                    client.script_flush()
            with silent.paused():
                return [await limits.hit("sms", subject, THREE, NOW) for subject in (first, second)]
        finally:
            await limits.close()

    assert asyncio.run(hits()) == [Granted(1), Granted(1)]


def _move(slot: int, source: Server, target: Server) -> None:
    """Move a slot with its keys, as an operator's tool does, in the steps of the cluster's documentation."""
    with source.client() as giving, target.client() as taking:
        giver, taker = giving.execute_command("CLUSTER MYID"), taking.execute_command("CLUSTER MYID")
        taking.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", giver)
        giving.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", taker)
        for key in giving.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
            giving.migrate("127.0.0.1", target.port, key, 0, 1000)
        for client in (taking, giving):
            client.execute_command("CLUSTER SETSLOT", slot, "NODE", taker)


def test_a_slot_that_moves_keeps_its_count(limits: RedisLimits, cluster: Cluster, keys: Keyring) -> None:
    """Threads that hit on while the slot goes to another master, and back, are granted exactly the amount."""
    budget, subject = Budget(amount=100, per=HOUR), SUBJECTS[0]
    key = key_of(keys, "sms", subject)
    home = cluster.master_of(key)
    away = next(server for server in cluster.servers if server is not home)
    answers, failed, moved = list[Granted | Exceeded](), list[StoreUnavailable](), threading.Event()

    def hit_on() -> None:
        left = 50
        while left or not moved.is_set():
            left -= left > 0
            try:
                answers.append(limits.hit("sms", subject, budget, NOW))
            except StoreUnavailable as error:
                failed.append(error)

    threads = [threading.Thread(target=hit_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        _move(slot_of(key), home, away)
        assert cluster.keys()[key] is away
    finally:
        _move(slot_of(key), away, home)
        moved.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert sum(isinstance(answer, Granted) for answer in answers) == budget.amount
    assert cluster.keys()[key] is home


def test_a_crowd_that_comes_first_is_counted(cluster: Cluster, keys: Keyring) -> None:
    """An async client that knows nothing of the cluster yet is used by 200 at once: no error, exactly the amount."""

    async def crowd() -> list[Granted | Exceeded]:
        limits = AsyncRedisLimits.from_uri(cluster.uri, keys)
        try:
            hits = (limits.hit("sms", SUBJECTS[n % 10], THREE, NOW) for n in range(200))
            return await asyncio.gather(*hits)
        finally:
            await limits.close()

    answers = asyncio.run(crowd())
    assert sum(isinstance(answer, Granted) for answer in answers) == 30
