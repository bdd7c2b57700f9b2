"""Mail servers that really run, on a free port of this machine, and a certificate made for this run."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["Certificate", "Handler", "Server", "StartServer"]


class Handler:
    """Keeps what arrives; answers a step of the dialogue as it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.secure: list[bool] = []
        self.logged_in: list[bool] = []
        self.introduced_as: list[str] = []
        self.answers: dict[str, str] = {}

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.introduced_as.append(hostname)
        return [self.answers["EHLO"]] if "EHLO" in self.answers else responses

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return self.answers.get("EHLO", "250 localhost")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.envelopes.append(envelope)
            assert server.transport is not None
            self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
            self.logged_in.append(session.authenticated is True)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")


@dataclass(frozen=True)
class Certificate:
    """For localhost: what a server shows, and what a client that trusts it uses."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@dataclass(frozen=True)
class Server:
    """A running mail server."""

    handler: Handler
    port: int


StartServer = Callable[..., Server]


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    known = LoginPassword(b"mailer", b"right horse")
    return AuthResult(success=data == known, handled=False)


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Start a mail server on a free port; `tls` is the context of a server that speaks TLS at once.

    Further keyword arguments are those of the library's `SMTP`.
    """
    with ExitStack() as running:

        def start(tls: ssl.SSLContext | None = None, **settings: Any) -> Server:
            handler = Handler()
            # Bound here, so that the port is known, and taken by nobody else before the server listens.
            listening = socket.create_server(("127.0.0.1", 0))
            running.enter_context(_serving(handler, listening, tls, settings))
            return Server(handler, listening.getsockname()[1])

        yield start


@contextmanager
def _serving(
    handler: Handler, listening: socket.socket, tls: ssl.SSLContext | None, settings: dict[str, Any]
) -> Generator[None, None, None]:
    """The server, in an event loop of its own, in a thread of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    dialogues: list[SMTP] = []

    def answer() -> SMTP:
        dialogues.append(SMTP(handler, hostname="localhost", loop=loop, authenticator=_knows, **settings))
        return dialogues[-1]

    async def close() -> None:
        server.close()
        for dialogue in dialogues:
            if dialogue.transport is not None:
                dialogue.transport.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)

    server = loop.run_until_complete(loop.create_server(answer, sock=listening, ssl=tls))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(close())
        loop.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost that is made now, so that no key is kept with the tests."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {key} -out {cert}".split(),
        check=True,
        capture_output=True,
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    return Certificate(server, ssl.create_default_context(cafile=str(cert)))
