"""A Redis that became a replica while we were connected to it, behind a name that leads to the new master by now."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from entractes_auth.backends.limits.async_redis import AsyncRedisLimits
from entractes_auth.backends.limits.redis import RedisLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.testing.builders import NOW
from tests.backends.limits.test_redis import THREE
from tests.servers.redis import Server, redis_server


@contextmanager
def switchboard(first: Server) -> Generator[tuple[str, Callable[[Server], None]]]:
    """An address for the first server, and what leads later connections to another one; those there are stay."""
    ports = [first.port]
    ends: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", ports[-1]))
                ends.extend((client, server))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}", lambda server: ports.append(server.port)
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    for end in ends:
        end.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def pair(tmp_path: Path) -> Generator[tuple[Server, Server]]:
    with ExitStack() as stack:
        homes = [tmp_path / name for name in ("old", "new")]
        for home in homes:
            home.mkdir()
        old, new = (stack.enter_context(redis_server(home)) for home in homes)
        yield old, new


def _fail_over(old: Server, new: Server, lead_to: Callable[[Server], None]) -> None:
    with old.client() as client:
        client.replicaof("127.0.0.1", new.port)
    lead_to(new)


def test_the_new_master_is_found_after_one_refusal(pair: tuple[Server, Server], keys: Keyring) -> None:
    """The old one lives on and keeps its connections: without a restart of ours each hit would be refused."""
    with switchboard(pair[0]) as (uri, lead_to), closing(RedisLimits.from_uri(uri, keys)) as limits:
        assert limits.hit("sms", "somebody", THREE, NOW) == Granted(2)
        _fail_over(*pair, lead_to)
        with pytest.raises(StoreUnavailable):
            limits.hit("sms", "another", THREE, NOW)
        assert limits.hit("sms", "another", THREE, NOW) == Granted(2)


def test_the_new_master_is_found_on_asyncio_too(pair: tuple[Server, Server], keys: Keyring) -> None:
    """In a crowd, where each of its connections is an old one."""

    async def body() -> None:
        ends: list[Granted | Exceeded] = []
        limits = AsyncRedisLimits.from_uri(uri, keys)

        async def hit(n: int) -> None:
            ends.append(await limits.hit("sms", f"somebody {n}", THREE, NOW))

        async with anyio.create_task_group() as crowd:
            for n in range(5):
                crowd.start_soon(hit, n)
        _fail_over(*pair, lead_to)
        with pytest.raises(StoreUnavailable):
            await limits.hit("sms", "another", THREE, NOW)
        assert await limits.hit("sms", "another", THREE, NOW) == Granted(2)
        async with anyio.create_task_group() as crowd:
            for n in range(10, 15):
                crowd.start_soon(hit, n)
        assert ends == [Granted(2)] * 10
        await limits.close()

    with switchboard(pair[0]) as (uri, lead_to):
        anyio.run(body)
