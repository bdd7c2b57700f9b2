"""Pages that must not differ: what a stranger gets never tells whether an account is there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.examples.flask_site import EMAIL, Visitor, build


@pytest.fixture
def visitor() -> Visitor:
    """Somebody whose registration was approved."""
    visitor = Visitor(build())
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff = Visitor(visitor.example)
    staff.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', staff.get("/equipe").text)
    assert found is not None
    staff.post(f"{found[1]}/approbation")
    return visitor


def _neutral(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """All that a stranger can compare: status, body without its CSRF token, headers without the session cookie."""
    headers = sorted((name, value) for name, value in answer.headers if name != "Set-Cookie")
    body = re.sub(r'(csrf_token" value=")[^"]+', r"\1", answer.text)
    cookies = [value.partition("=")[0] for value in answer.headers.getlist("Set-Cookie")]
    return answer.status_code, body, [*headers, *(("Set-Cookie", name) for name in cookies)]


def test_a_refused_sign_in_shows_a_fresh_stranger_nothing_to_compare(visitor: Visitor) -> None:
    """Status, headers and body are the same for a known identifier, an unknown one, and any password."""
    known = visitor.credentials()
    unknown = {"identifier": "00000" if known["identifier"] != "00000" else "11111"}
    tries = [
        {**known, "password": "000000" if known["password"] != "000000" else "111111"},
        {**known, **unknown},
        {**unknown, "password": "999999"},
    ]
    answers = [Visitor(visitor.example).answer("/connexion", captcha="yes", **one) for one in tries]
    assert answers[0].status_code == 422
    assert _neutral(answers[0]) == _neutral(answers[1]) == _neutral(answers[2])


def test_identifiers_known_and_unknown_run_out_of_tries_alike(visitor: Visitor) -> None:
    known = visitor.credentials()["identifier"]
    told: list[list[object]] = []
    for number, identifier in enumerate((known, "00000" if known != "00000" else "11111")):
        stranger = Visitor(visitor.example)
        stranger.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        fields = {"captcha": "yes", "identifier": identifier, "password": "000001"}
        answers = [stranger.answer("/connexion", **fields) for _ in range(12)]
        assert answers[-1].status_code == 429
        told.append([_neutral(answer) for answer in answers])
    assert told[0] == told[1]


def test_recovery_shows_a_fresh_stranger_nothing_to_compare(visitor: Visitor) -> None:
    """A member's address, one pending, one rejected, one withdrawn, and nobody's: one answer, one e-mail."""
    addresses = [
        EMAIL,
        "pending@example.fr",
        "rejected@example.fr",
        "withdrawn@example.fr",
        "nobody@example.fr",
    ]
    for number, email in enumerate(addresses[1:4]):
        _register(visitor, email, f"06 12 34 56 9{number}", end=email.partition("@")[0])
    answers: list[object] = []
    for email in addresses:
        before = len(visitor.example.messages.messages)
        stranger = Visitor(visitor.example)
        asked = stranger.answer("/mot-de-passe-oublie", email=email, captcha="yes")
        answers.append((_neutral(asked), _neutral(stranger.get("/mot-de-passe-oublie/envoye"))))
        assert len(visitor.example.messages.messages) == before + 1
    assert all(answer == answers[0] for answer in answers)


def _register(visitor: Visitor, email: str, mobile: str, *, end: str) -> None:
    applicant, link = Visitor(visitor.example), visitor.begin()
    applicant.fill(link, until="prise-en-charge")
    applicant.post(f"{link}/contacts", mobile=mobile, email=email)
    code = visitor.example.messages.last_code_to("+33" + mobile.replace(" ", "")[1:])
    applicant.post(urlsplit(visitor.example.messages.last_link_to(email)).path, code=code)
    if end == "withdrawn":
        applicant.post(f"{link}/desistement")
    if end == "rejected":
        staff = Visitor(visitor.example)
        staff.review()
        rows = re.findall(r'href="(/equipe/inscriptions/\w+)"', staff.get("/equipe").text)
        page = next(row for row in rows if email in staff.get(row).text)
        assert "est refusée" in staff.post(f"{page}/refus", reason="Document illisible.").text


def test_the_right_password_of_the_desk_is_refused_like_a_wrong_one_while_it_is_limited(
    visitor: Visitor,
) -> None:
    for number in range(10):
        visitor.answer("/equipe/connexion", username="equipe", password=str(number))
    wrong, right = (
        Visitor(visitor.example).answer("/equipe/connexion", username="equipe", password=password)
        for password in ("wrong", "open sesame")
    )
    assert wrong.status_code == 429
    assert _neutral(wrong) == _neutral(right)
