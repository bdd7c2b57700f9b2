"""Requests that wait behind one barrier, on connections to every worker, and then leave together."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

__all__ = ["NO_ANSWER", "READY", "WORKER", "Answers", "Request", "fire"]

TIMEOUT_SECONDS: Final = 120.0
"""How long an answer is waited for: 200 requests queue before the threads of a busy machine."""

READY: Final = "/ready"
"""The path that a worker answers without doing anything: which one it is."""

WORKER: Final = "worker"
"""The header in which the server says which of its processes answered."""

NO_ANSWER: Final = 0
"""The status of a request that was refused a connection, cut, or not answered in time."""

_NOBODY: Final = ""
_BATCH: Final = 32


@dataclass(frozen=True, slots=True)
class Request:
    """One form sent to a path. `repr` may show it: tickets and codes here are a made-up member's."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()

    def encoded(self) -> bytes:
        """As HTTP/1.1."""
        body = urlencode(self.fields).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a volley by their status (`NO_ANSWER` among them), and by the process that gave them."""

    statuses: Counter[int]
    workers: Counter[str]


@dataclass(frozen=True, slots=True)
class _Connection:
    """To one worker, which has answered on it before."""

    reader: StreamReader
    writer: StreamWriter
    worker: str


def fire(
    address: Path, requests: Sequence[Request], workers: int, *, patience: float = TIMEOUT_SECONDS
) -> Answers:
    """Connect to each of so many workers alike, send all requests at once, and wait so many seconds for answers.

    Without that care one worker may take all the connections, and a race within it says nothing about the others.

    Raises:
        TimeoutError: so many workers were not met.
    """
    return asyncio.run(_fire(address, requests, workers, patience))


async def _fire(address: Path, requests: Sequence[Request], workers: int, patience: float) -> Answers:
    async with asyncio.timeout(patience):
        connections = await _spread(address, len(requests), min(workers, len(requests)))
    for connection, request in zip(connections, requests, strict=True):
        # Nothing waits in this loop: the last request has left before the first answer is read.
        connection.writer.write(request.encoded())
    statuses = await asyncio.gather(*(_status(connection, patience) for connection in connections))
    served = zip(connections, statuses, strict=True)
    return Answers(
        Counter(statuses), Counter(connection.worker for connection, status in served if status != NO_ANSWER)
    )


async def _spread(address: Path, count: int, workers: int) -> list[_Connection]:
    """So many connections, by turns to one worker and the next."""
    share = -(-count // workers)
    held: dict[str, list[_Connection]] = defaultdict(list)
    while len(held) < workers or sum(map(len, held.values())) < count:
        met = await asyncio.gather(*(_connect(address) for _ in range(_BATCH)))
        if None in met:
            await asyncio.sleep(0.05)  # the server is not there yet
        for connection in filter(None, met):
            if len(held[connection.worker]) < share:
                held[connection.worker].append(connection)
            else:
                connection.writer.close()
    by_turns = [each[turn] for turn in range(share) for each in held.values() if turn < len(each)]
    for spare in by_turns[count:]:
        spare.writer.close()
    return by_turns[:count]


async def _connect(address: Path) -> _Connection | None:
    """Ask who answers on a new connection; None if nobody does."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(address))
        writer.write(Request(READY).encoded())
        _, worker = await _read(reader)
    except (OSError, EOFError):
        return None
    return _Connection(reader, writer, worker)


async def _status(connection: _Connection, patience: float) -> int:
    try:
        async with asyncio.timeout(patience):
            status, _ = await _read(connection.reader)
    except (OSError, EOFError):  # a timeout is the one, an answer that was cut the other
        return NO_ANSWER
    finally:
        connection.writer.close()
    return status


async def _read(reader: StreamReader) -> tuple[int, str]:
    """The status of an answer, and the worker that it came from."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *headers = head.lower().split("\r\n")
    named = dict(line.split(": ", 1) for line in headers if ": " in line)
    await reader.readexactly(int(named.get("content-length", "0")))
    return int(first.split()[1]), named.get(WORKER, _NOBODY)
