"""A Django server that forks, as a program: `python forking.py SCENARIO FILE`, or `SCENARIO DATABASE HOST`.

Its exit code is that of its worker. Event 1 is the parent's, before the fork; 2 and 4 are the worker's, with 3 by
another process that opens the database and closes it again in between; 5 is the parent's, after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connections
from sqlalchemy import URL

from tests.django_settings import configure

configure()

from entractes_auth.backends.storage.django import DjangoStore  # noqa: E402 - the models need the settings
from entractes_auth.errors import ConfigurationError  # noqa: E402
from entractes_auth.testing import builders as b  # noqa: E402
from tests.backends.storage.django import databases  # noqa: E402

REFUSED = 3


def place(where: list[str]) -> Any:
    """The database that the arguments name."""
    if len(where) == 1:
        return databases.at_sqlite(where[0])
    return databases.at_postgres(
        URL.create("postgresql", "postgres", database=where[0], query={"host": where[1]})
    )


def commit(n: int) -> None:
    """Write event `n`."""
    DjangoStore(databases.ALIAS).commit(b.batch(b.event(n)))


def nothing() -> None:
    """A parent that only waits."""


def forked(work: Callable[[], None], meanwhile: Callable[[], None] = nothing) -> int:
    """Fork a worker, which begins after what the parent does meanwhile, and give its exit code."""
    ready, done = os.pipe()
    child = os.fork()
    if child:
        meanwhile()
        os.write(done, b".")
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        os.read(ready, 1)
        work()
    except ConfigurationError:
        os._exit(REFUSED)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def serve() -> None:
    """The worker's life."""
    commit(2)
    subprocess.run([sys.executable, "-m", __spec__.name, "visit", *sys.argv[2:]], check=True, timeout=60)
    commit(4)


def serve_as_django_does() -> None:
    """A worker whose connections Django closes when its first request begins."""
    connections.close_all()
    serve()


def run(scenario: str) -> int:
    """Play the scenario, and give the worker's exit code."""
    match scenario:
        case "visit":
            commit(3)
            connections.close_all()
            return 0
        case "close_then_fork":
            commit(1)
            connections.close_all()
            return forked(serve)
        case "fork_while_open":
            commit(1)
            code = forked(serve)
            commit(5)
            return code
        case "fork_while_open_and_close_in_the_parent":
            commit(1)
            return forked(serve, meanwhile=connections.close_all)
        case "fork_while_open_and_close":
            commit(1)
            return forked(serve_as_django_does)
        case "fork_while_the_host_has_it_open":
            with connections[databases.ALIAS].cursor() as cursor:
                cursor.execute("SELECT count(*) FROM entractes_auth_event")
            return forked(serve_as_django_does)
        case "fork_twice_while_open":
            commit(1)
            return forked(lambda: os._exit(forked(serve_as_django_does)))
        case _:
            raise ValueError(scenario)


def main() -> None:
    """Play, and end as the worker ended; without a clean closing: connections may be live."""
    with place(sys.argv[2:]):
        code = run(sys.argv[1])
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
