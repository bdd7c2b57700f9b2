"""What the demonstration's real server writes down: each request's route, and no secret link."""

from __future__ import annotations

import http.client
import logging
import re
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from flask import Response
from typing_extensions import override

from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.records.challenge import Glance
from tests.examples.flask_server import served
from tests.examples.flask_site import Visitor, build

SECRET = "k1.0123456789abcdef.a-secret-that-must-not-be-logged"


def _raw(port: int, request: bytes) -> bytes:
    """Send these bytes, and read the answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_the_server_logs_the_route_of_a_link_and_not_the_link(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with served(build().app) as port:
        for kind in ("inscription", "confirmation", "recuperation"):
            _raw(
                port,
                f"GET /{kind}/{SECRET}?langue=en&x={SECRET} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
            )
        _raw(port, f"POST /inscription/{SECRET}/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        _raw(port, f"GET /unknown/{SECRET} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    lines = [record.getMessage().rpartition("] ")[2].strip() for record in caplog.records]
    assert [line for line in lines if re.match("GET|POST", line)] == [
        "GET /inscription/<token> 302",
        "GET /confirmation/<token> 302",
        "GET /recuperation/<token> 302",
        "POST /inscription/<token>/<slug> 400",
        "GET - 404",
    ]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "request_line",
    [
        f"GET /inscription/{SECRET} HTTP/1.1 and more",
        f"GET /inscription/{SECRET} HTTP/x",
        f"/inscription/{SECRET}",
        f"{SECRET} / HTTP/1.1",
        f"\x1b[31m{SECRET} / HTTP/1.1",
    ],
)
def test_a_request_that_is_not_http_is_neither_logged_nor_shown_with_its_link(
    caplog: pytest.LogCaptureFixture, request_line: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with served(build().app) as port:
        answer = _raw(port, f"{request_line}\r\nHost: localhost\r\n\r\n".encode())
    assert answer
    assert SECRET.encode() not in answer
    assert SECRET not in caplog.text
    assert "\x1b[31m" not in caplog.text


class _Broken(MemoryStore):
    """A store with a mistake of ours, whose errors quote what they were given, as many libraries do."""

    @override
    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        raise ValueError(f"cannot take {SECRET}") from KeyError(SECRET)

    @override
    def commit(self, batch: Batch) -> Committed:
        raise ValueError(f"cannot take {SECRET}")


def test_our_own_mistakes_are_logged_with_the_place_and_without_path_or_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    visitor = Visitor(build(store=_Broken()))
    page = visitor.post("/inscription/", kind="professional")
    assert page.status_code == 500
    assert "POST /inscription/ failed" in caplog.text
    assert "ValueError" in caplog.text
    assert "in commit" in caplog.text
    assert SECRET not in caplog.text + page.text


def test_a_mistake_after_the_page_is_made_is_logged_without_path_or_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No error handler sees it, and Flask then writes the path of the request unless it is told otherwise."""
    app, mistakes = build().app, [ValueError(f"cannot take {SECRET}")]

    def fail_once(response: Response) -> Response:
        if mistakes:
            raise mistakes.pop()
        return response

    app.after_request(fail_once)
    page = app.test_client().get(f"/inscription/{SECRET}")
    assert page.status_code == 500
    assert "GET /inscription/<token> failed" in caplog.text
    assert SECRET not in caplog.text


def test_debug_mode_shows_no_more_than_the_500_page() -> None:
    example = build(store=_Broken())
    example.app.debug = True
    page = Visitor(example).post("/inscription/", kind="professional")
    assert page.status_code == 500
    assert "Une erreur s&#39;est produite" in page.text
    assert "ValueError" not in page.text
    assert SECRET not in page.text


def test_the_demonstration_itself_logs_routes_and_no_link(tmp_path: Path) -> None:
    """`python -m examples.flask_app`, as `make demo` starts it: a walk to a secret link, then its whole output."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "examples.flask_app",
        "--data",
        str(tmp_path / "demo"),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        assert demo.stdout is not None
        head = ""
        while "CTRL+C" not in head:
            line = demo.stdout.readline()
            assert line, head
            head += line
        link = _begin(port)
        demo.terminate()
        log = demo.stdout.read()
    assert "POST /inscription/ 302" in log
    assert "GET /inscription/<token> 302" in log
    assert link.rpartition("/")[2] not in head + log


def _begin(port: int) -> str:
    """Begin a registration over HTTP, open its link; gives the path of the link."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/")
    home = connection.getresponse()
    cookie = (home.getheader("Set-Cookie") or "").partition(";")[0]
    token = re.search(r'csrf_token" value="([^"]+)"', home.read().decode())
    assert token is not None
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/inscription/", f"kind=professional&csrf_token={token[1]}", headers)
    begun = connection.getresponse()
    begun.read()
    link = (begun.getheader("Location") or "").rpartition("/")[0]
    connection.request("GET", link)
    connection.getresponse().read()
    connection.close()
    return link
