"""A server that forks, as a program: `python forking.py SCENARIO COLOUR DATABASE`.

Its exit code is that of its worker. Event 1 is the parent's, before the fork; 2 and 4 are the
worker's, with 3 by another process that opens the database and closes it again in between; 5 is
the parent's, after.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.errors import ConfigurationError
from entractes_auth.testing import builders as b

REFUSED = 3


class Server:
    """A store in either colour, called from code that is not async."""

    def __init__(self, colour: str, path: str) -> None:
        self.colour, self.path = colour, path
        self.store = (
            AsyncSqlStore(f"sqlite:///{path}") if colour == "async" else SqlStore(f"sqlite:///{path}")
        )
        self._loop = asyncio.new_event_loop()

    def call(self, name: str, *arguments: Any) -> None:
        """Call the store, to its end."""
        done = getattr(self.store, name)(*arguments)
        if self.colour == "async":
            self._loop.run_until_complete(done)

    def commit(self, n: int) -> None:
        """Write event `n`."""
        self.call("commit", b.batch(b.event(n)))

    def built_anew(self) -> Server:
        """Another store on the same database."""
        return Server(self.colour, self.path)


def forked(work: Callable[[], None]) -> int:
    """Fork a worker, and give its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except ConfigurationError:
        os._exit(REFUSED)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def serve(server: Server) -> None:
    """The worker's life."""
    server.commit(2)
    subprocess.run([sys.executable, __file__, "visit", server.colour, server.path], check=True, timeout=60)
    server.commit(4)


def retry_after_closing(server: Server) -> None:
    """A worker that was refused, and tries to mend it by itself."""
    try:
        server.call("glance", b.an_id("challenge", 1), b.NOW)
    except ConfigurationError:
        server.call("close")
    serve(server)


def run(scenario: str, server: Server) -> int:
    """Play the scenario, and give the worker's exit code."""
    match scenario:
        case "upgrade_then_fork":
            server.call("upgrade")
            server.call("check")
            return forked(lambda: serve(server))
        case "close_then_fork":
            server.commit(1)
            server.call("close")
            return forked(lambda: serve(server))
        case "fork_then_build":
            return forked(lambda: serve(server.built_anew()))
        case "fork_while_open":
            server.commit(1)
            code = forked(lambda: retry_after_closing(server))
            server.commit(5)
            return code
        case "fork_while_open_and_build":
            server.commit(1)
            return forked(lambda: serve(server.built_anew()))
        case "fork_twice_while_open":
            server.commit(1)
            return forked(lambda: os._exit(forked(lambda: serve(server))))
        case "upgrade_by_another_store_while_open":
            server.commit(1)
            other = server.built_anew()
            other.call("upgrade")
            other.call("close")
            serve(server)
            return 0
        case _:
            raise ValueError(scenario)


def main() -> None:
    """Play, and end as the worker ended; without a clean closing: connections may be live."""
    scenario, colour, path = sys.argv[1:]
    server = Server(colour, path)
    if scenario == "visit":
        server.commit(3)
        server.call("close")
        return
    os._exit(run(scenario, server))


if __name__ == "__main__":
    main()
