"""Requests that wait behind one barrier and then leave together."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

__all__ = ["NO_ANSWER", "WORKER", "Answers", "Request", "fire"]

TIMEOUT_SECONDS: Final = 120.0
"""How long an answer is waited for: 200 requests queue before the threads of a busy machine."""

NO_ANSWER: Final = 0
"""The status of a request that was refused a connection, cut, or not answered in time."""

WORKER: Final = "worker"
"""The header in which the server says which of its processes answered."""


@dataclass(frozen=True, slots=True)
class Request:
    """One form sent to a path. `repr` may show it: tickets and codes here are a made-up member's."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()

    def encoded(self) -> bytes:
        """As HTTP/1.1, the connection closed after it."""
        body = urlencode(self.fields).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a volley by their status (`NO_ANSWER` among them), and by the process that gave them."""

    statuses: Counter[int]
    workers: Counter[str]


def fire(address: Path, requests: Sequence[Request], patience: float = TIMEOUT_SECONDS) -> Answers:
    """Open a connection for each request, send all at once, and wait so many seconds for the answers."""
    answers = asyncio.run(_fire(address, requests, patience))
    workers = Counter(worker for _, worker in answers if worker)
    return Answers(Counter(status for status, _ in answers), workers)


async def _fire(address: Path, requests: Sequence[Request], patience: float) -> list[tuple[int, str]]:
    connections = await asyncio.gather(*(_connect(address, patience) for _ in requests))
    for connection, request in zip(connections, requests, strict=True):
        # Nothing waits in this loop: the last request has left before the first answer is read.
        if connection is not None:
            connection[1].write(request.encoded())
    return await asyncio.gather(*(_answer(connection, patience) for connection in connections))


async def _connect(address: Path, patience: float) -> tuple[StreamReader, StreamWriter] | None:
    try:
        async with asyncio.timeout(patience):
            return await asyncio.open_unix_connection(str(address))
    except OSError:
        return None


async def _answer(connection: tuple[StreamReader, StreamWriter] | None, patience: float) -> tuple[int, str]:
    """The status and the worker of one answer."""
    if connection is None:
        return NO_ANSWER, ""
    reader, writer = connection
    try:
        async with asyncio.timeout(patience):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.read()
    except (OSError, EOFError):  # a timeout is the one, an answer that was cut the other
        return NO_ANSWER, ""
    finally:
        writer.close()
    first, *headers = head.decode("latin-1").split("\r\n")
    named = dict(line.lower().split(": ", 1) for line in headers if ": " in line)
    return int(first.split()[1]), named.get(WORKER, "")
