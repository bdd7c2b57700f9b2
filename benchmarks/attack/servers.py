"""Starting a real server with four workers on a socket of its own, and ending it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.attack.site import DATABASE, WITNESS
from benchmarks.attack.volley import READY, Request, fire
from benchmarks.attack.witness import Witness
from entractes_auth.keys import ENVIRONMENT_VARIABLE

__all__ = ["SERVERS", "WORKERS", "Served", "served"]

WORKERS: Final = 4

SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "gunicorn, 4 workers of 8 threads": (
        *("gunicorn", "--workers", str(WORKERS), "--threads", "8", "--keep-alive", "60"),
        *("--log-level", "error"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp", "--bind", "unix:{socket}"),  # noqa: S108 - the worker's heart beat
        "{factory}()",
    ),
    "uvicorn, 4 workers": (
        *("uvicorn", "--workers", str(WORKERS), "--timeout-keep-alive", "60"),
        *("--log-level", "error", "--uds", "{socket}"),
        *("--factory", "{factory}"),
    ),
}
_FACTORIES: Final = {"gunicorn": "benchmarks.attack.site:wsgi", "uvicorn": "benchmarks.attack.site:asgi"}
_ROOT: Final = Path(__file__).resolve().parents[2]
_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers on this socket, with all its workers, and what they compare."""

    socket: Path
    witness: Witness


@contextmanager
def served(
    name: str, folder: Path, database: str, keys: str, *, factory: str | None = None
) -> Generator[Served]:
    """Run one of `SERVERS` on a database, the site under attack or the one that "module:factory" makes."""
    address, log = folder / "server.sock", folder / "compared"
    log.touch()
    module, *options = SERVERS[name]
    named = factory or _FACTORIES[module]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *(part.format(socket=address, factory=named) for part in options)],
        cwd=_ROOT,
        env={**os.environ, DATABASE: database, WITNESS: str(log), ENVIRONMENT_VARIABLE: keys},
    )
    try:
        # Every worker has to be there: a race between fewer would prove less.
        fire(address, [Request(READY)] * WORKERS, WORKERS, patience=_START_SECONDS)
        yield Served(address, Witness(log))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_START_SECONDS)
        address.unlink(missing_ok=True)
