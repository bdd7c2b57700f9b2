"""What strangers try at the example site's doors: hosts, redirects, sessions, forged forms, other people's papers."""

from __future__ import annotations

import io
import re

import pytest

from tests.examples.flask_site import EMAIL, MOBILE, PDF, STEPS, Visitor, build

_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(build())


def _in_review(visitor: Visitor) -> str:
    """A registration that waits for a decision; gives the path of its page."""
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff = Visitor(visitor.example)
    staff.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', staff.get("/equipe").text)
    assert found is not None
    return found[1]


def _approve(visitor: Visitor) -> None:
    staff = Visitor(visitor.example)
    page = _in_review(visitor)
    staff.review()
    staff.post(f"{page}/approbation")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", "", "x" * 300, "[::1"])
def test_a_foreign_host_gets_nothing_not_even_a_redirect(visitor: Visitor, host: str) -> None:
    """A name of somebody else's that leads to this machine must not read what is on it."""
    for path in ("/", "/demo/boite", "/connexion?langue=en", "/nowhere"):
        page = visitor.client.get(path, headers={"Host": host})
        assert page.status_code == 400
        assert page.text == "400\n"
        assert "Location" not in page.headers


@pytest.mark.parametrize(
    "path",
    [
        "/%2f%2fevil.example",
        "/%5c%5cevil.example",
        "/inscription/%2f%2fevil.example",
        "/inscription/x/%5cevil.example",
        "/confirmation/..%2f..%2f%2fevil.example",
        "/recuperation/%0d%0aLocation:%20https:%2f%2fevil.example",
        "/connexion?next=https://evil.example&x=%0d%0aSet-Cookie:%20a=b",
        "/equipe?after=//evil.example",
    ],
)
def test_the_language_switch_never_leaves_the_site(visitor: Visitor, path: str) -> None:
    mark = "&" if "?" in path else "?"
    page = visitor.client.get(f"{path}{mark}langue=en")
    assert _stays(page.headers.get("Location", "/"))
    assert page.headers.get("Set-Cookie", "session=").startswith("session=")
    for address in re.findall(r'href="([^"]*)"', visitor.get(path).text):
        assert _stays(address) or address.startswith(("#", "mailto:")), address


def _stays(address: str) -> bool:
    """Whether a browser takes the address for one of this site: `//` and `/\\` begin another host's name."""
    return re.match(r"(http://localhost)?/(?![/\\])", address) is not None


def test_an_error_page_repeats_nothing_that_was_sent(visitor: Visitor) -> None:
    for path in ("/nowhere/marker?marker=marker", "/deconnexion?marker=1"):
        page = visitor.client.get(path)
        assert page.status_code in {404, 405}
        assert "marker" not in page.text
    page = visitor.answer("/inscription/", kind="marker")
    assert page.status_code == 400
    assert "marker" not in page.text


def test_a_form_of_another_session_is_refused_with_the_way_back(visitor: Visitor) -> None:
    link, other = visitor.begin(), Visitor(visitor.example)
    token = re.search(r'csrf_token" value="([^"]+)"', other.client.get("/").text)
    assert token is not None
    for path in (f"{link}/identite", f"{link}/desistement", "/deconnexion", "/equipe/deconnexion"):
        page = visitor.client.post(path, data={"csrf_token": token[1]})
        assert page.status_code == 400
        back = re.search(r'href="([^"]+)">Revenir à la page', page.text)
        assert back is not None
        assert visitor.get(back[1]).status_code == 200


def test_over_https_a_form_without_our_own_referrer_is_refused() -> None:
    client = build(secure_cookies=True).app.test_client()
    token = re.search(r'csrf_token" value="([^"]+)"', client.get("/", base_url="https://localhost").text)
    assert token is not None
    data = {"csrf_token": token[1], "kind": "professional"}
    statuses = [
        client.post("/inscription/", data=data, base_url="https://localhost", headers=headers).status_code
        for headers in ({}, {"Referer": "https://evil.example/"}, {"Referer": "https://localhost/"})
    ]
    assert statuses == [400, 400, 302]


def test_every_page_has_the_exact_policy_and_depends_on_the_cookie(visitor: Visitor) -> None:
    for path in ("/", "/connexion", "/nowhere", visitor.begin()):
        page = visitor.get(path)
        assert page.headers["Content-Security-Policy"] == _CSP
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Vary"] == "Cookie"
        assert page.headers["X-Frame-Options"] == "DENY"


def test_the_session_holds_names_and_times_and_the_browsers_own_ticket(visitor: Visitor) -> None:
    """Its holder can read it, and so can whoever finds a copy: no password, no code, no address is in it."""
    _approve(visitor)
    credentials = visitor.credentials()
    seen: dict[str, object] = {}
    visitor.post("/connexion", captcha="yes", **credentials)
    visitor.post("/connexion/validation/envoi", channel="sms")
    code = visitor.example.messages.last_code_to(MOBILE)
    for step in ({}, {"code": code}):
        visitor.post("/connexion/validation", **step)
        with visitor.client.session_transaction() as session:
            seen.update(session)
    staff = Visitor(visitor.example)
    staff.review()
    with staff.client.session_transaction() as session:
        seen.update(session)
    assert seen.keys() == {"csrf_token", "locale", "ticket", "member", "reviewer", "since", "seen", "serial"}
    for secret in (*credentials.values(), code, EMAIL, MOBILE, "open sesame"):
        assert secret not in [str(value) for value in seen.values()]


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(visitor: Visitor) -> None:
    """Whoever planted it, or read it, is not signed in with its owner."""
    _approve(visitor)
    visitor.get("/connexion")
    planted = visitor.client.get_cookie("session")
    assert planted is not None
    visitor.sign_in()
    assert "Bonjour" in visitor.get("/espace").text
    thief = Visitor(visitor.example)
    thief.client.set_cookie("session", planted.value)
    assert thief.get("/espace").request.path == "/connexion"


def test_a_signed_out_browser_is_sent_to_the_door(visitor: Visitor) -> None:
    _approve(visitor)
    visitor.sign_in()
    visitor.post("/deconnexion")
    assert visitor.get("/espace").request.path == "/connexion"


def test_a_document_opens_under_its_own_registration_only(visitor: Visitor) -> None:
    first = _in_review(visitor)
    staff = Visitor(visitor.example)
    staff.review()
    document = re.search(r'href="(/equipe/inscriptions/\w+/documents/(\w+))"', staff.get(first).text)
    assert document is not None
    link = visitor.begin()
    visitor.fill(link, until="exercice")
    rows = re.findall(r'href="(/equipe/inscriptions/\w+)"', staff.get("/equipe?state=draft").text)
    assert len(rows) == 1
    assert staff.client.get(f"{rows[0]}/documents/{document[2]}").status_code == 404
    assert staff.client.get(document[1]).data == PDF
    # Nor does another applicant take it away.
    visitor.post(f"{link}/exercice", action=f"remove:{document[2]}", **STEPS["exercice"])
    assert staff.client.get(document[1]).data == PDF


def test_a_file_that_claims_to_be_a_picture_is_never_served_as_a_page(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    for body in (
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8",
    ):
        file = (io.BytesIO(body), '"><script>.jpg', "image/jpeg")
        page = visitor.post(f"{link}/exercice", action="attach", document=file)
        assert page.status_code == 422
        assert "<script" not in page.text
