"""What is particular to Redis: what it keeps of a person and for how long, and a hit that cannot be counted."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.aio.storage.redis.coredis import CoredisBridge
from limits.storage import RedisStorage, storage_from_string
from redis import Redis
from redis.exceptions import NoPermissionError

from entractes_auth import Auth, Channel, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
from entractes_auth.backends.limits.redis import RedisLimits
from entractes_auth.backends.limits.redis_connection import require_redis
from entractes_auth.backends.limits.storages import StorageLimits
from entractes_auth.backends.ports import Exceeded, Granted, Matched
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import ConfigurationError, StoreUnavailable
from entractes_auth.flows import login
from entractes_auth.policy import Budget, Policy
from entractes_auth.testing import RecordingMessenger
from entractes_auth.testing.builders import NOW
from tests.flows.world import SITE
from tests.servers.redis import Server, redis_server

HOUR = timedelta(hours=1)
THREE = Budget(amount=3, per=HOUR)
PHONE = "+33612345678"
SHORT = timedelta(milliseconds=200)
LIMITS_PAGE = Path(__file__).resolve().parents[3] / "docs" / "limits.md"


@pytest.fixture
def own(tmp_path: Path) -> Generator[Server]:
    """A Redis of this test alone, which it may stop, fill and turn into a replica."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def limits(own: Server, keys: Keyring) -> Generator[RedisLimits]:
    """The budgets on it; an answer is waited for 0.2 seconds."""
    with closing(RedisLimits.from_uri(own.uri, keys, timeout=SHORT)) as limits:
        yield limits


def _async_hit(uri: str, keys: Keyring) -> Granted | Exceeded:
    """One hit by the async adapter, on an event loop of its own."""

    async def hit() -> Granted | Exceeded:
        limits = AsyncRedisLimits.from_uri(uri, keys, timeout=SHORT)
        try:
            return await limits.hit("sms", PHONE, THREE, NOW)
        finally:
            await limits.close()

    return asyncio.run(hit())


def _use_up(limits: RedisLimits) -> None:
    for _ in range(3):
        assert isinstance(limits.hit("sms", PHONE, THREE, NOW), Granted)


# What is kept


def test_redis_is_told_of_no_person(limits: RedisLimits, own: Server) -> None:
    """Neither what is stored nor what `monitor` shows of the commands holds a phone, an address or a network."""
    subjects = (PHONE, "zoe@example.fr", "192.0.2.7")
    with own.client() as client, client.monitor() as monitor:
        for subject in subjects:
            limits.hit("sms", subject, THREE, NOW)
            limits.peek("sms", subject, THREE, NOW)
            limits.clear("sms", subject, THREE)
            limits.hit("sms", subject, THREE, NOW)
        client.echo("the end")
        seen = list[str]()
        while not seen or "the end" not in seen[-1]:
            seen.append(monitor.next_command()["command"])
        stored = [f"{key} {client.hgetall(key)}" for key in client.keys("*")]
    assert len(stored) == 3
    assert sum("EVALSHA" in line for line in seen) >= 6
    told = "\n".join([*seen, *stored])
    assert not [subject for subject in ("612345678", "zoe", "192.0.2") if subject in told]


def test_a_subject_has_another_key_in_each_budget(limits: RedisLimits, own: Server) -> None:
    """Keys name the budget, for the operator who looks; two of one person cannot be told to be that."""
    limits.hit("sms_per_phone", PHONE, THREE, NOW)
    limits.hit("codes_per_subject", PHONE, THREE, NOW)
    with own.client() as client:
        keys = sorted(client.keys("*"))
    assert [key.rpartition(":")[0] for key in keys] == [
        "entractes_auth:codes_per_subject",
        "entractes_auth:sms_per_phone",
    ]
    assert len({key.rpartition(":")[2] for key in keys}) == 2
    assert {len(key.rpartition(":")[2]) for key in keys} == {32}


def test_no_key_is_kept_for_ever(limits: RedisLimits, own: Server) -> None:
    """A key ends by itself, after its window: at twice its length and a minute. Refused hits prolong nothing."""
    _use_up(limits)
    with own.client() as client:
        (key,) = client.keys("*")
        client.pexpire(key, 90_000)
        assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
        assert client.pttl(key) <= 90_000
        assert limits.hit("sms", PHONE, THREE, NOW + HOUR) == Granted(2)
        assert 7_259_000 < client.pttl(key) <= 7_260_000


def test_a_refused_hit_writes_nothing(limits: RedisLimits, own: Server) -> None:
    """A flood of refused hits costs a replica, and a log on disk, nothing."""
    _use_up(limits)
    with own.client() as client:
        before = client.info("persistence")["rdb_changes_since_last_save"]
        for _ in range(20):
            assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
        assert client.info("persistence")["rdb_changes_since_last_save"] == before


def test_both_colours_count_in_one_place(own: Server, keys: Keyring, limits: RedisLimits) -> None:
    """A site whose web pages are async, and whose jobs are not, has one budget."""
    assert _async_hit(own.uri, keys) == Granted(2)
    assert limits.hit("sms", PHONE, THREE, NOW) == Granted(1)


def test_the_real_clock_ends_a_window(limits: RedisLimits) -> None:
    """With the machine's own clock, who comes back at `retry_at` is let in, and not an instant before."""
    once = Budget(amount=1, per=timedelta(seconds=1))
    limits.hit("sms", PHONE, once, datetime.now(UTC))
    refused = limits.hit("sms", PHONE, once, datetime.now(UTC))
    assert isinstance(refused, Exceeded)
    while (now := datetime.now(UTC)) < refused.retry_at:
        assert limits.peek("sms", PHONE, once, now) == refused
        time.sleep(0.05)
    assert limits.hit("sms", PHONE, once, datetime.now(UTC)) == Granted(0)


# Restarts


def test_a_forgotten_script_is_sent_again(limits: RedisLimits, own: Server) -> None:
    """Redis forgets scripts when it restarts or is told to; nobody sees an error, and no hit is lost."""
    limits.hit("sms", PHONE, THREE, NOW)
    with own.client() as client:
        client.script_flush()
    assert limits.hit("sms", PHONE, THREE, NOW) == Granted(1)


def test_a_restart_without_a_log_gives_the_budget_back(limits: RedisLimits, own: Server) -> None:
    """Accepted, and said in the documentation: what Redis does not write down is lost. No error is seen."""
    _use_up(limits)
    own.stop()
    own.start()
    assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)


def test_a_log_keeps_the_hits(tmp_path: Path, keys: Keyring) -> None:
    """With `appendonly yes` and `appendfsync always`, a server that was killed still knows every hit."""
    settings = ("--appendonly", "yes", "--appendfsync", "always")
    with (
        redis_server(tmp_path, *settings) as server,
        closing(RedisLimits.from_uri(server.uri, keys)) as limits,
    ):
        _use_up(limits)
        server.stop()
        server.start()
        assert limits.hit("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)


# A hit that cannot be counted is not granted


def _absent(server: Server) -> None:
    server.stop()


def _full(server: Server) -> None:
    with server.client() as client:
        client.config_set("maxmemory", 1)


def _a_replica(server: Server) -> None:
    with server.client() as client:
        client.replicaof("127.0.0.1", "1")


def _locked(server: Server) -> None:
    with server.client() as client:
        client.config_set("requirepass", "a-new-password")
        client.execute_command("AUTH", "a-new-password")
        client.client_kill_filter(_type="normal", skipme=True)


@pytest.mark.parametrize("become", [_absent, _full, _a_replica, _locked])
def test_a_server_that_cannot_count_refuses(
    become: Callable[[Server], None], limits: RedisLimits, own: Server, keys: Keyring
) -> None:
    """Gone, full, only a replica, or under another password: the hit is an error in both colours, at once."""
    limits.hit("sms", "somebody", THREE, NOW)
    become(own)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        limits.hit("sms", PHONE, THREE, NOW)
    with pytest.raises(StoreUnavailable):
        _async_hit(own.uri, keys)
    assert time.monotonic() - began < 2
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "127.0.0.1" not in str(caught.value)


def test_a_server_that_says_nothing_is_not_waited_for(
    limits: RedisLimits, own: Server, keys: Keyring
) -> None:
    """A hit ends with an error soon after the timeout; and when the server is back, hits count again."""
    limits.hit("sms", "somebody", THREE, NOW)
    began = time.monotonic()
    with own.paused():
        with pytest.raises(StoreUnavailable):
            limits.hit("sms", PHONE, THREE, NOW)
        with pytest.raises(StoreUnavailable):
            _async_hit(own.uri, keys)
        assert time.monotonic() - began < 3
    # Both were received and counted, unanswered: refused too early, never too late.
    told = limits.hit("sms", PHONE, THREE, NOW)
    assert isinstance(told, Granted)
    assert told.remaining <= 2


def test_peek_and_clear_fail_closed(limits: RedisLimits, own: Server) -> None:
    """A budget that cannot be read does not pass for one that is not used up."""
    own.stop()
    with pytest.raises(StoreUnavailable):
        limits.peek("sms", PHONE, THREE, NOW)
    with pytest.raises(StoreUnavailable):
        limits.clear("sms", PHONE, THREE)


def test_without_budgets_no_password_is_looked_at(own: Server, limits: RedisLimits, keys: Keyring) -> None:
    """A sign-in whose budgets cannot be counted ends before a hash is compared: Redis down is no open door."""

    class NeverAsked:
        """A hasher that fails the test when it is used."""

        def hash(self, secret: bytes) -> str:
            raise AssertionError("hashed")

        def verify(self, hashed: str, secret: bytes) -> Matched | None:
            raise AssertionError("compared")

        def decoy(self) -> str:
            raise AssertionError("prepared")

    inbox = RecordingMessenger()
    auth = Auth(
        store=MemoryStore(),
        keys=keys,
        site=SITE,
        messengers={Channel.SMS: inbox, Channel.EMAIL: inbox},
        documents=MemoryDocuments(),
        policy=replace(Policy.tutorial(), captcha=False),
        limits=limits,
        hasher=NeverAsked(),
    )
    own.stop()
    with pytest.raises(StoreUnavailable):
        auth.run(login.begin("12345", "123456", network="192.0.2.7"))


# Settings


def test_the_password_of_the_address_is_used_and_not_shown(tmp_path: Path, keys: Keyring) -> None:
    """The right one opens; the wrong one is an error that repeats neither it nor the address."""
    with redis_server(tmp_path, "--requirepass", "right") as server:
        place = server.uri.removeprefix("redis://")
        with closing(RedisLimits.from_uri(f"redis://:right@{place}", keys)) as limits:
            assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)
        with closing(RedisLimits.from_uri(f"redis://:wr0ng@{place}", keys)) as limits:
            with pytest.raises(StoreUnavailable) as caught:
                limits.hit("sms", PHONE, THREE, NOW)
            assert "wr0ng" not in f"{caught.value!r} {limits!r}"


def test_the_user_of_the_documentation_may_count_and_no_more(own: Server, keys: Keyring) -> None:
    """The rights that the page on limits gives are enough for all that the adapter does, on its own keys alone."""
    (line,) = re.findall(r"^ACL SETUSER .*$", LIMITS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    with own.client() as client:
        client.execute_command(*line.split())
    with closing(RedisLimits.from_uri(own.uri.replace("//", "//accounts:password@"), keys)) as limits:
        _use_up(limits)
        assert limits.peek("sms", PHONE, THREE, NOW) == Exceeded(NOW + HOUR)
        limits.clear("sms", PHONE, THREE)
        assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)
    user: Any = Redis(port=own.port, username="accounts", password="password")
    with closing(user):
        for forbidden in (("GET", "other"), ("DEL", "other"), ("FLUSHALL",), ("KEYS", "*")):
            with pytest.raises(NoPermissionError):
                user.execute_command(*forbidden)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "localhost:6379",
        "memcached://localhost:11211",
        "async+redis://:pa55word@localhost:6379",
        "redis://:pa55word@localhost:port",
        "redis+cluster://:pa55word@localhost",
        "redis+cluster://:pa55word@localhost:port",
    ],
)
@pytest.mark.parametrize("adapter", [RedisLimits, AsyncRedisLimits])
def test_an_address_that_cannot_be_read_is_not_repeated(
    adapter: type[RedisLimits | AsyncRedisLimits], uri: str, keys: Keyring
) -> None:
    """The error says what an address looks like, and not what was given: it may hold a password."""
    with pytest.raises(ConfigurationError, match="redis://host:6379") as caught:
        adapter.from_uri(uri, keys)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "pa55word" not in str(caught.value)


def test_a_cluster_that_is_not_there_is_unavailable(keys: Keyring) -> None:
    """The sync client looks at a cluster when it is made; nobody there is an error without the address."""
    with pytest.raises(StoreUnavailable) as caught:
        RedisLimits.from_uri("redis+cluster://:pa55word@127.0.0.1:1", keys, timeout=SHORT)
    assert "pa55word" not in str(caught.value)


def test_a_storage_of_the_library_is_taken(own: Server, keys: Keyring) -> None:
    """A host with settings of its own makes the storage, in either colour; `decode_responses` changes nothing."""
    storage = storage_from_string(own.uri, socket_timeout=1, decode_responses=True)
    assert isinstance(storage, RedisStorage)
    with closing(RedisLimits(storage, keys)) as limits:
        assert limits.hit("sms", PHONE, THREE, NOW) == Granted(2)
        assert limits.peek("sms", PHONE, THREE, NOW) == Granted(1)
    with pytest.raises(ConfigurationError, match="RedisLimits"):
        StorageLimits(storage, keys)


def test_another_client_is_refused(own: Server, keys: Keyring) -> None:
    """A client that is not of the package `redis` is refused: its errors would not be known for what they are."""
    storage = storage_from_string(f"async+{own.uri}", implementation="redispy")
    assert isinstance(storage, AsyncRedisStorage)
    storage.bridge = CoredisBridge.__new__(CoredisBridge)
    with pytest.raises(ConfigurationError, match="redispy"):
        AsyncRedisLimits(storage, keys)
    with pytest.raises(ConfigurationError, match="Valkey"):
        require_redis("valkey")
