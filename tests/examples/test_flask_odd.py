"""Requests that no browser of ours would send: every route answers them, and never with a 500."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.examples.flask_server import served
from tests.examples.flask_site import EMAIL, MOBILE, Visitor, build

_URLENCODED = "application/x-www-form-urlencoded"
_FIELDS = (
    *("kind", "action", "last_name", "postcode", "profession", "networks", "professional_number"),
    *("structure_number", "visit", "mobile", "contact_phone", "email", "code", "identifier", "password"),
    *("captcha", "channel", "username", "reason", "question", "steps", "note", "version"),
)


def _every_field(value: str) -> bytes:
    return "&".join(f"{name}={value}" for name in _FIELDS).encode("latin-1")


def _part(name: str, size: int) -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + b"x" * size + b"\r\n"


_MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="document"; filename="\x00../../etc/passwd"\r\n'
    b"Content-Type: text/html; charset=utf-7\r\n\r\n%PDF-1.4\x00\r\n"
    b'--x\r\nContent-Disposition: form-data; name="last_name"; filename="a file for a text.txt"\r\n\r\n\xff\r\n'
    b'--x\r\nContent-Disposition: form-data; name="document"\r\n\r\na text for a file\r\n--x--\r\n'
)

_BODIES: dict[str, tuple[str, bytes]] = {
    "nothing": (_URLENCODED, b""),
    "each field empty": (_URLENCODED, _every_field("")),
    "each field twice": (_URLENCODED, _every_field("a") + b"&" + _every_field("b")),
    "NUL and control characters": (_URLENCODED, _every_field("a%00b%0d%0aX-Injected:%201%1b[31m")),
    "not UTF-8": (_URLENCODED, _every_field("\xff%fe%c3%28%ed%a0%80")),
    "writing from right to left": (_URLENCODED, _every_field("%e2%80%ae%e2%80%8b%f0%9f%98%80")),
    "digits of another script": (_URLENCODED, _every_field("%d9%a1%d9%a2%d9%a3%d9%a4")),
    "very large fields": (_URLENCODED, _every_field("9" * 8_000)),
    "one enormous field": (_URLENCODED, b"last_name=" + b"x" * 400_000),
    "a number that is none": (_URLENCODED, _every_field("1e999")),
    "JSON": ("application/json", b'{"last_name": {"$ne": null}}'),
    "cut JSON": ("application/json", b"{"),
    "text": ("text/plain; charset=nothing-known", b"\xff\xfe"),
    "no type": ("", b"a=b"),
    "multipart without a boundary": ("multipart/form-data", b"--x\r\n"),
    "multipart that is cut": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="',
    ),
    "files for texts": ("multipart/form-data; boundary=x", _MULTIPART),
    "hundreds of parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="networks"\r\n\r\nnone\r\n' * 300 + b"--x--\r\n",
    ),
}


class _Everybody(Visitor):
    """An applicant with a draft, a link to confirm and one to recover; a member about to sign in; a reviewer."""

    def __init__(self) -> None:
        super().__init__(build())
        self.post(f"{self._waiting()[0]}/approbation")
        waiting, papers = self._waiting()
        confirm, recovery = self._links()
        self.draft = self.begin()
        self.fill(self.draft, until="prise-en-charge")
        self.variables = {
            "inscription": self.draft.rpartition("/")[2],
            "confirmation": confirm.rpartition("/")[2],
            "recuperation": recovery.rpartition("/")[2],
            "registration_id": waiting.rpartition("/")[2],
            "document_id": papers,
        }
        self.post("/connexion", captcha="yes", **self.credentials())
        self.post("/connexion/validation/envoi", channel="email")
        with self.client.session_transaction() as session:
            now = self.example.clock.now().isoformat()
            session.update({"reviewer": "r1", "member": "nobody", "since": now, "seen": now})
            self.session = dict(session)
        token = re.search(r'csrf_token" value="([^"]+)"', self.client.get("/").text)
        assert token is not None
        self.token = token[1]

    def _waiting(self) -> tuple[str, str]:
        """A registration that waits for a decision: its page and its document's id."""
        self.example.clock.advance(timedelta(hours=2))  # after the one before: not too soon for another code
        self.fill(self.begin())
        self.confirm()
        self.review()
        found = re.search(r"/equipe/inscriptions/\w+", self.get("/equipe").text)
        assert found is not None
        document = re.search(r"/documents/(\w+)", self.get(found[0]).text)
        assert document is not None
        return found[0], document[1]

    def _links(self) -> tuple[str, str]:
        """Where a link to confirm and a link to recover lead; codes for both are sent."""
        self.example.clock.advance(timedelta(hours=2))
        self.fill(self.begin())
        confirm = urlsplit(self.example.messages.last_link_to(EMAIL)).path
        self.post("/mot-de-passe-oublie", email=EMAIL, captcha="yes")
        recovery = urlsplit(self.example.messages.last_link_to(EMAIL)).path
        self.example.clock.advance(timedelta(minutes=2))
        self.post(f"{recovery}/code")
        return confirm, recovery

    def paths(self) -> list[tuple[str, set[str]]]:
        """Every address of the site with real ids in it, and the methods that it takes."""
        found: list[tuple[str, set[str]]] = []
        for rule in self.example.app.url_map.iter_rules():
            area = rule.rule.split("/")[1]
            path = rule.rule.replace("<token>", self.variables.get(area, ""))
            for name in ("registration_id", "document_id"):
                path = path.replace(f"<{name}>", self.variables[name])
            path = path.replace("<path:filename>", "style.css")
            for slug in ("identite", "exercice", "prise-en-charge", "contacts", "\x00", "é" * 300):
                found.append((path.replace("<slug>", slug), rule.methods or set()))
                if "<slug>" not in path:
                    break
        return found

    def send(self, path: str, kind: str, body: bytes) -> TestResponse:
        """Post it, with everybody's session as it was and its CSRF token in the header."""
        with self.client.session_transaction() as session:
            session.clear()
            session.update(self.session)
        headers = {"X-CSRFToken": self.token}
        return self.client.post(path, data=body, content_type=kind or None, headers=headers)


@pytest.fixture(scope="module")
def everybody() -> _Everybody:
    """For requests that change nothing."""
    return _Everybody()


@pytest.mark.parametrize("name", _BODIES)
def test_no_form_whatever_it_holds_makes_a_500(name: str) -> None:
    everybody = _Everybody()
    kind, body = _BODIES[name]
    refused = 0
    for path, methods in everybody.paths():
        if "POST" in methods:
            page = everybody.send(path, kind, body)
            assert page.status_code < 500, path
            assert "X-Injected" not in page.headers
            refused += page.status_code >= 400
    assert refused > 0
    assert everybody.get("/").status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_answered_and_change_nothing(everybody: _Everybody, method: str) -> None:
    before = everybody.example.messages.messages
    for path, _ in everybody.paths():
        page = everybody.client.open(path, method=method)
        page.close()  # the style sheet is a file
        assert page.status_code < 500, path
        if method not in {"HEAD", "OPTIONS"}:
            assert page.status_code in {400, 404, 405}, path
    assert everybody.example.messages.messages == before
    assert everybody.get(f"{everybody.draft}/identite").status_code == 200


@pytest.mark.parametrize(
    "tail", ["%00", "%ff%fe", "%ed%a0%80", "%0d%0aX-Injected:1", "..%2f..%2fetc", "é" * 3000]
)
def test_no_address_however_odd_makes_a_500(everybody: _Everybody, tail: str) -> None:
    for path, methods in everybody.paths():
        for odd in (
            f"{path}{tail}",
            f"{path}?langue={tail}&after={tail}&number={tail}&state={tail}&kind={tail}",
        ):
            if "GET" in methods:
                page = everybody.client.get(odd)
                page.close()
                assert page.status_code < 500, odd
                assert "X-Injected" not in page.headers


_TOO_MUCH = 41 * 2**20  # more than the wizard reads of a photo that is too heavy


def _upload(visitor: Visitor, path: str, size: int) -> TestResponse:
    return visitor.client.post(
        path,
        input_stream=io.BytesIO(b"x" * size),
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(size)},
    )


def test_an_upload_above_the_limit_is_told_on_every_form_whatever_its_link_is_worth(
    everybody: _Everybody,
) -> None:
    for path, methods in everybody.paths():
        if "POST" in methods:
            assert _upload(everybody, path, _TOO_MUCH).status_code == 413, path
    for path in ("/inscription/cut/exercice", "/inscription/cut/desistement", "/confirmation/cut"):
        assert _upload(everybody, path, _TOO_MUCH).status_code == 413, path


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"x" * _TOO_MUCH),
        ("multipart/form-data; boundary=x", _part("last_name", 300_000) + _part("first_name", 40_000)),
        (_URLENCODED, b"last_name=" + b"x" * 300_000),
        *(_BODIES[name] for name in ("hundreds of parts", "multipart that is cut")),
    ],
)
def test_a_real_server_reads_what_it_refuses_to_the_end_and_no_further(
    everybody: _Everybody, kind: str, body: bytes
) -> None:
    """The page arrives: the connection is neither reset under the upload, nor waits for more than was announced."""
    with served(everybody.example.app) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", f"{everybody.draft}/exercice", body, {"Content-Type": kind})
        page = connection.getresponse()
        assert page.status in {400, 413}
        assert b"</html>" in page.read()
        connection.close()


@pytest.mark.parametrize("length", ["-1", "abc", "1_0", "9" * 30, ""])
def test_a_length_that_is_none_is_answered(everybody: _Everybody, length: str) -> None:
    for path in ("/connexion", f"{everybody.draft}/exercice"):
        page = everybody.client.post(
            path,
            input_stream=io.BytesIO(b"a=b"),
            content_type=_URLENCODED,
            headers={"Content-Length": length, "X-CSRFToken": everybody.token},
        )
        assert 400 <= page.status_code < 500 or page.status_code == 302


def test_a_code_in_pieces_costs_no_attempt_and_a_repeated_field_counts_once() -> None:
    visitor = Visitor(build())
    visitor.fill(visitor.begin())
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    code = visitor.example.messages.last_code_to(MOBILE)
    assert "3 essais" in visitor.post(path, code=list(code)).text
    wrong = "0000" if code != "0000" else "1111"
    assert "2 essais" in visitor.post(path, code=[wrong, code]).text
