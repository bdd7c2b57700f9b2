"""The application under attack: the second factor of a sign-in, behind WSGI and behind ASGI.

Each worker process calls the factory once and builds its own runner, from the environment that
`servers` gives it: what the workers share is the database alone.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from benchmarks.attack.volley import READY, WORKER
from benchmarks.attack.witness import watch
from benchmarks.host import SITE
from entractes_auth import AsyncAuth, Auth, Channel, Flow, Keyring
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.async_sql import AsyncSqlLimits
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.ports import Limits
from entractes_auth.backends.storage.sqlalchemy import AsyncSqlStore, SqlStore
from entractes_auth.errors import AuthError, CodeRefused, Limited, LinkRefused, StoreError
from entractes_auth.flows import login
from entractes_auth.testing import scenario

__all__ = ["DATABASE", "WITNESS", "asgi", "wsgi"]

DATABASE: Final = "ATTACK_DATABASE"
"""The environment variable with the database's URL; the keys are where `Keyring.from_env` looks."""

WITNESS: Final = "ATTACK_WITNESS"
"""The environment variable with the file that every comparison of a code is written to."""

Wsgi = Callable[[dict[str, Any], Callable[[str, list[tuple[str, str]]], Any]], Iterable[bytes]]
Asgi = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: bytes

    @property
    def headers(self) -> list[tuple[str, str]]:
        """With the process that answers: the rounds count the workers."""
        return [("content-length", str(len(self.text))), (WORKER, str(os.getpid()))]


def wsgi(
    new_store: Callable[[str], SqlStore] = SqlStore,
    new_limits: Callable[[SqlStore, Keyring], Limits] = SqlLimits,
) -> Wsgi:
    """For gunicorn: `Auth` in the worker's threads."""
    watch(Path(os.environ[WITNESS]))
    store, shared = new_store(os.environ[DATABASE]), _shared()
    auth = Auth(store=store, limits=new_limits(store, shared["keys"]), **shared)

    def application(
        environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        try:
            if path != READY:
                auth.run(_flow(path, body))
            answer = _taken(path)
        except AuthError as error:
            answer = _refused(error)
        start_response(f"{answer.status} Answer", answer.headers)
        return [answer.text]

    return application


def asgi() -> Asgi:
    """For uvicorn: `AsyncAuth` on the worker's loop."""
    watch(Path(os.environ[WITNESS]))
    store, shared = AsyncSqlStore(os.environ[DATABASE]), _shared()
    auth = AsyncAuth(store=store, limits=AsyncSqlLimits(store, shared["keys"]), **shared)

    async def application(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path = scope["path"]
        try:
            if path != READY:
                await auth.run(_flow(path, body))
            answer = _taken(path)
        except AuthError as error:
            answer = _refused(error)
        headers = [(name.encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.text})

    return application


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


def _flow(path: str, body: bytes) -> Flow[Any]:
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if path == "/verify":
        return login.verify(fields["ticket"], code=fields["code"])
    return login.send_code(fields["ticket"], Channel.SMS)


def _taken(path: str) -> _Answer:
    """Only a sign-in is answered with 200: the rounds count these."""
    return _Answer(200, b"in") if path == "/verify" else _Answer(202, b"done")


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
