"""A proxy before PostgreSQL that loses the connection in the middle of a COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import URL

__all__ = ["CuttingProxy", "cutting_proxy"]

# How a client says it: a message of type Q (simple query), its length, the text, a zero byte.
_COMMIT: Final = b"Q\x00\x00\x00\x0bCOMMIT\x00"


@dataclass(slots=True)
class CuttingProxy:
    """Passes everything on, until `cut` is set: then the next COMMIT never gets its answer.

    "answered": the server has committed, and its answer is thrown away. "unsent": the server
    has never heard of the COMMIT. The client cannot tell one from the other.
    """

    upstream: Path
    listener: socket.socket
    cut: str | None = None
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def url(self, database: str) -> URL:
        """How a store reaches the database through the proxy."""
        host, port = self.listener.getsockname()
        return URL.create("postgresql+psycopg", "postgres", host=host, port=port, database=database)

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.upstream))
            self._start(client, server)

    def join(self) -> None:
        """Wait for the connections that are left."""
        for thread in self._threads:
            thread.join(10)

    def _start(self, client: socket.socket, server: socket.socket) -> None:
        doomed = threading.Event()
        pairs = ((self._upwards, client, server, doomed), (self._downwards, server, client, doomed))
        for run, source, target, event in pairs:
            thread = threading.Thread(target=run, args=(source, target, event), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _upwards(self, client: socket.socket, server: socket.socket, doomed: threading.Event) -> None:
        for sent in _received(client):
            if self.cut is not None and sent == _COMMIT:
                cut, self.cut = self.cut, None
                doomed.set()
                if cut == "unsent":
                    break
            _send(server, sent)
        _end(server)

    def _downwards(self, server: socket.socket, client: socket.socket, doomed: threading.Event) -> None:
        for answer in _received(server):
            if doomed.is_set():
                break
            _send(client, answer)
        _end(client)
        _end(server)


def _received(source: socket.socket) -> Generator[bytes]:
    with suppress(OSError):
        while data := source.recv(65536):
            yield data


def _send(target: socket.socket, data: bytes) -> None:
    with suppress(OSError):  # the other direction was cut meanwhile
        target.sendall(data)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def cutting_proxy(upstream: Path) -> Generator[CuttingProxy]:
    """A proxy on a free port of loopback, before the server that listens on this socket."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        proxy = CuttingProxy(upstream, listener)
        thread = threading.Thread(target=proxy.serve, daemon=True)
        thread.start()
        yield proxy
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    proxy.join()
