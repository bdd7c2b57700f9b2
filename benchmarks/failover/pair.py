"""A PostgreSQL primary that waits at each commit for its one standby; killing the one, promoting the other."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from entractes_auth.backends.storage.sqlalchemy import SqlStore
from tests.servers.postgres import Server, postgres_server, postgres_standby

__all__ = ["Pair", "paired"]

_DATABASE: Final = "failover"
_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Both servers are on this machine, each on a socket of its own."""

    primary: Server
    standby: Server

    @property
    def url(self) -> str:
        """One URL for both: who connects is given the one that takes writes."""
        hosts = f"{self.primary.home},{self.standby.home}"
        return self.primary.url(_DATABASE).set(query={"host": hosts}).render_as_string(hide_password=False)

    @property
    def standby_url(self) -> str:
        """The standby alone."""
        return self.standby.url(_DATABASE).render_as_string(hide_password=False)

    def kill_primary(self) -> None:
        """SIGKILL to the postmaster and to every process of it that there is."""
        with self.primary.connect() as session:
            others = session.execute(
                "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            ).fetchall()
        for pid in (self.primary.pid, *(pid for (pid,) in others)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.primary.stop()

    def promote_standby(self) -> None:
        """Make the standby the primary; it takes writes when this returns."""
        done = self.standby.run("pg_ctl", "promote", f"--pgdata={self.standby.data}")
        if done.returncode:
            raise RuntimeError(f"pg_ctl promote failed:\n{done.stderr}")


@contextmanager
def paired() -> Generator[Pair]:
    """A pair with an empty, migrated database; gone when left."""
    with postgres_server() as primary, postgres_standby(primary) as standby:
        with primary.connect() as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            session.execute("SELECT pg_reload_conf()")
        _wait_for_standby(primary)
        primary.new_database(_DATABASE)
        pair = Pair(primary, standby)
        store = SqlStore(pair.url)
        store.upgrade()
        store.close()
        yield pair


def _wait_for_standby(primary: Server) -> None:
    """Until the standby counts: a commit before that would wait for nobody."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with primary.connect() as session:
            if session.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone():
                return
        time.sleep(0.02)
    raise RuntimeError("the standby does not follow")
