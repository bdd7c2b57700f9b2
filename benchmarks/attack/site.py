"""The application under attack: the second factor of a sign-in, behind WSGI and behind ASGI.

Each worker process builds its own runner at its first request, from the environment that
`servers` gives it: what the workers share is the database alone.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs

from benchmarks.host import SITE
from entractes_auth import AsyncAuth, Auth, Channel, Flow, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.async_sql import AsyncSqlLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.errors import AuthError, CodeRefused, Limited, LinkRefused, StoreError
from entractes_auth.flows import login
from entractes_auth.testing import scenario

__all__ = ["DATABASE", "asgi", "wsgi"]

DATABASE: Final = "ATTACK_DATABASE"
"""The environment variable with the database's URL; the keys are where `Keyring.from_env` looks."""

_READY: Final = "/ready"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: bytes


def _shared() -> dict[str, Any]:
    mailbox = Mailbox()
    return {
        "keys": Keyring.from_env(),
        "site": SITE,
        "policy": scenario.quick_policy(),
        "messengers": {Channel.SMS: mailbox, Channel.EMAIL: mailbox},
        "documents": MemoryDocuments(),
        "deliver": "relay",
    }


@cache
def _auth() -> Auth:
    store, shared = SqlStore(os.environ[DATABASE]), _shared()
    return Auth(store=store, limits=SqlLimits(store, shared["keys"]), **shared)


@cache
def _async_auth() -> AsyncAuth:
    store, shared = AsyncSqlStore(os.environ[DATABASE]), _shared()
    return AsyncAuth(store=store, limits=AsyncSqlLimits(store, shared["keys"]), **shared)


def _flow(path: str, body: bytes) -> Flow[Any]:
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if path == "/verify":
        return login.verify(fields["ticket"], code=fields["code"])
    return login.send_code(fields["ticket"], Channel.SMS)


def _taken(path: str) -> _Answer:
    """Only a sign-in is answered with 200: the rounds count these."""
    return _Answer(202, b"sent") if path == "/send" else _Answer(200, b"in")


def _refused(error: AuthError) -> _Answer:
    match error:
        case CodeRefused():
            return _Answer(403, b"refused")
        case LinkRefused():
            return _Answer(410, b"over")
        case Limited():
            return _Answer(429, b"limited")
        case StoreError():
            return _Answer(503, b"unavailable")
        case _:
            return _Answer(400, b"bad")


def wsgi(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """For gunicorn: `Auth` in the worker's threads."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = environ["PATH_INFO"]
    try:
        if path != _READY:
            _auth().run(_flow(path, body))
        answer = _taken(path)
    except AuthError as error:
        answer = _refused(error)
    start_response(f"{answer.status} Answer", [("Content-Length", str(len(answer.text)))])
    return [answer.text]


async def asgi(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """For uvicorn: `AsyncAuth` on the worker's loop."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    path = scope["path"]
    try:
        if path != _READY:
            await _async_auth().run(_flow(path, body))
        answer = _taken(path)
    except AuthError as error:
        answer = _refused(error)
    length = str(len(answer.text)).encode()
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": [(b"content-length", length)]}
    )
    await send({"type": "http.response.body", "body": answer.text})
