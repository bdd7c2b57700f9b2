"""Starting a real server with four workers on a socket of its own, and ending it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from benchmarks.attack.site import DATABASE
from entractes_auth.keys import ENVIRONMENT_VARIABLE

__all__ = ["SERVERS", "served"]

SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "gunicorn, 4 workers of 8 threads": (
        *("gunicorn", "--workers", "4", "--threads", "8", "--log-level", "error"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp", "--bind", "unix:{socket}"),  # noqa: S108 - the worker's heart beat
        "benchmarks.attack.site:wsgi",
    ),
    "uvicorn, 4 workers": (
        *("uvicorn", "--workers", "4", "--log-level", "error", "--uds", "{socket}"),
        "benchmarks.attack.site:asgi",
    ),
}
_ROOT: Final = Path(__file__).resolve().parents[2]
_START_SECONDS: Final = 60.0


@contextmanager
def served(name: str, folder: Path, database: str, keys: str) -> Generator[Path]:
    """Run one of `SERVERS` on a database, and give the socket that it listens on."""
    address = folder / "server.sock"
    module, *options = (part.format(socket=address) for part in SERVERS[name])
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        cwd=_ROOT,
        env={**os.environ, DATABASE: database, ENVIRONMENT_VARIABLE: keys},
    )
    try:
        _wait(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_START_SECONDS)
        address.unlink(missing_ok=True)


def _wait(address: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_START_SECONDS)
            connection.connect(str(address))
            connection.sendall(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if connection.recv(12).endswith(b"200"):
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
