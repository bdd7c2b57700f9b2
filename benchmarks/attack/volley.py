"""Requests that wait behind one barrier and then leave together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

__all__ = ["Request", "fire"]

_TIMEOUT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """One form sent to a path. `repr` may show it: tickets and codes here are a made-up member's."""

    path: str
    fields: tuple[tuple[str, str], ...]

    def encoded(self) -> bytes:
        """As HTTP/1.1, the connection closed after it."""
        body = urlencode(self.fields).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def fire(address: Path, requests: Sequence[Request]) -> Counter[int]:
    """Open a connection for each request, send all at once, and count the answers by their status.

    Raises:
        OSError: a connection was refused or cut.
        TimeoutError: an answer did not come.
    """
    return asyncio.run(_fire(address, requests))


async def _fire(address: Path, requests: Sequence[Request]) -> Counter[int]:
    go = asyncio.Event()
    ready = asyncio.Semaphore(0)

    async def one(request: Request) -> int:
        reader, writer = await asyncio.open_unix_connection(str(address))
        ready.release()
        await go.wait()
        writer.write(request.encoded())
        status = await reader.readuntil(b"\r\n")
        await reader.read()
        writer.close()
        return int(status.split()[1])

    async with asyncio.timeout(_TIMEOUT_SECONDS), asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(request)) for request in requests]
        for _ in requests:
            await ready.acquire()
        go.set()
    return Counter(task.result() for task in tasks)
