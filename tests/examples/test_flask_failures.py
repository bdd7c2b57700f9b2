"""What the example site answers when something is refused, forged, limited, broken, or in English."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typing_extensions import override

from entractes_auth import Reviewer, Secret
from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import StoreUnavailable
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Glance
from entractes_auth.records.registration import Document
from examples.flask_app import Desk
from examples.flask_app.__main__ import build as demonstration
from examples.flask_app.backoffice_pages import document_headers
from examples.flask_app.host import network
from tests.examples.flask_site import EMAIL, MOBILE, PDF, Visitor, build


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(build())


def test_a_cut_link_and_a_link_of_another_purpose_are_refused_alike(visitor: Visitor) -> None:
    link = visitor.begin()
    token = link.rpartition("/")[2]
    pages = [visitor.get(path) for path in (link[:-3], f"/confirmation/{token}", f"/recuperation/{token}")]
    assert [page.status_code for page in pages] == [410, 410, 410]
    assert all("Ce lien ne fonctionne plus" in page.text for page in pages)


def test_too_many_codes_answer_429_with_the_seconds_to_wait_and_the_way_back(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    page = visitor.post(f"{path}/nouveau-code")
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "30"
    assert "Réessayez dans 30 secondes." in page.text  # and not that there were too many tries
    assert f'href="{path}"' in page.text


def test_the_desk_takes_ten_guesses_and_then_asks_to_wait(visitor: Visitor) -> None:
    guesses = [visitor.post("/equipe/connexion", username="equipe", password=str(n)) for n in range(11)]
    assert [guess.status_code for guess in guesses] == [422] * 10 + [429]
    assert len({re.sub(r'(csrf_token" value=")[^"]+', "", guess.text) for guess in guesses[:10]}) == 1


class _Gone(MemoryStore):
    """A store whose database is gone."""

    @override
    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        raise StoreUnavailable

    @override
    def account(self, account_id: str) -> Account | None:
        raise ZeroDivisionError("a mistake of ours")

    @override
    def commit(self, batch: Batch) -> Committed:
        raise StoreUnavailable


def test_a_store_that_is_gone_answers_503_and_our_own_mistakes_500_without_a_detail() -> None:
    visitor = Visitor(build(store=_Gone()))
    page = visitor.post("/inscription/", kind="professional")
    assert page.status_code == 503
    assert "Rien n&#39;a été enregistré" in page.text
    with visitor.client.session_transaction() as session:
        now = visitor.example.clock.now().isoformat()
        session.update({"member": "m1", "since": now, "seen": now})
    page = visitor.get("/espace")
    assert page.status_code == 500
    assert "mistake" not in page.text


def test_unknown_pages_and_methods_have_a_page_of_ours(visitor: Visitor) -> None:
    page = visitor.get("/nowhere")
    assert page.status_code == 404
    assert "Page introuvable" in page.text
    assert "Content-Security-Policy" in page.headers
    page = visitor.client.get("/deconnexion")
    assert page.status_code == 405
    assert "POST" in page.headers["Allow"]


def test_the_language_is_switched_on_any_page_and_kept(visitor: Visitor) -> None:
    assert '<html lang="fr">' in visitor.get("/connexion").text
    page = visitor.get("/connexion?langue=en")
    assert page.request.path == "/connexion"
    assert page.request.query_string == b""
    assert '<html lang="en">' in page.text
    assert '<html lang="en">' in visitor.get("/").text
    assert visitor.client.get("//elsewhere.example/%2f..?langue=fr").headers.get("Location", "/")[:2] != "//"


def test_english_applicants_get_english_refusals(visitor: Visitor) -> None:
    visitor.get("/?langue=en")
    page = visitor.post(f"{visitor.begin()}/identite")
    assert "<title>Error:" in page.text
    assert "Last name" in page.text


def test_documents_are_served_to_the_reviewer_alone_as_what_they_are(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    visitor.confirm()
    visitor.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', visitor.get("/equipe").text)
    assert found is not None
    document = re.search(r'href="(/equipe/inscriptions/\w+/documents/\w+)"', visitor.get(found[1]).text)
    assert document is not None
    shown = visitor.get(document[1])
    assert shown.data == PDF
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Content-Disposition"] == 'inline; filename="document.pdf"'
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    stranger = Visitor(visitor.example)
    assert stranger.get(document[1]).data != PDF
    rules = visitor.example.app.url_map.iter_rules()
    assert {rule.endpoint for rule in rules if "<document_id>" in rule.rule} == {"backoffice.document"}


def test_a_file_that_browsers_do_not_show_is_downloaded() -> None:
    headers = document_headers(Document("d1", "image/heic", 10))
    assert headers["Content-Disposition"] == 'attachment; filename="document.heic"'


def test_cookies_are_for_this_host_over_https_and_out_of_reach_of_scripts() -> None:
    page = build(secure_cookies=True).app.test_client().get("/", base_url="https://localhost")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "max-age=63072000" in page.headers["Strict-Transport-Security"]


def test_the_side_page_is_the_demonstrations_alone(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    page = visitor.get("/demo/boite").text
    assert f"#{visitor.example.messages.last_code_to(MOBILE)}" in page
    assert f'href="{visitor.example.messages.last_link_to(EMAIL)}"' in page
    real = build(demo=False).app.test_client()
    assert real.get("/demo/boite").status_code == 404
    assert "/demo/boite" not in real.get("/").text


@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("not an address", ""),
    ],
)
def test_a_household_shares_one_budget(visitor: Visitor, address: str, budget: str) -> None:
    with visitor.example.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert network() == budget


def test_a_forwarded_address_is_not_believed_without_a_proxy(visitor: Visitor) -> None:
    headers = {"X-Forwarded-For": "198.51.100.1"}
    with visitor.example.app.test_request_context(
        headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"}
    ):
        assert network() == "203.0.113.7"


def test_a_password_is_never_shown_again(visitor: Visitor) -> None:
    for fields in ({"identifier": ""}, {"identifier": "12345"}, {"identifier": "12345", "captcha": "yes"}):
        page = visitor.post("/connexion", password="604217", **fields)
        assert page.status_code == 422
        assert "604217" not in page.text


def test_a_decision_that_came_too_late_shows_how_the_registration_stands(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link)
    visitor.confirm()
    visitor.post(f"{link}/desistement")
    visitor.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', visitor.get("/equipe?state=withdrawn").text)
    assert found is not None
    page = visitor.post(f"{found[1]}/approbation")
    assert "a changé entre-temps" in page.text
    assert "Retirée" in page.text


def test_what_people_type_is_escaped_and_a_refusal_without_a_reason_comes_back(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    visitor.confirm()
    visitor.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', visitor.get("/equipe").text)
    assert found is not None
    assert "<script" not in visitor.post(f"{found[1]}/note", note="<script>alert(1)</script>").text
    page = visitor.post(f"{found[1]}/refus", reason=" ")
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    page = visitor.post(f"{found[1]}/refus", reason="Document illisible.")
    assert "est refusée" in page.text


def test_a_document_that_is_none_is_told_at_its_field(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    page = visitor.post(f"{link}/exercice", action="attach", document=(io.BytesIO(b"hello"), "cps.pdf"))
    assert page.status_code == 422
    assert 'id="document-error"' in page.text
    page = visitor.post(f"{link}/exercice", action="attach")
    assert 'id="document-error"' in page.text


def test_the_demonstration_builds_itself_in_an_empty_folder_and_starts_again(tmp_path: Path) -> None:
    """What `make demo` does: its keys are its owner's alone, links outlive a restart, and its database is closed."""
    folder = tmp_path / "demo"
    desk = Desk(reviewer=Reviewer("demo", "Camille"), username="equipe", password=Secret("open sesame"))
    with demonstration(folder, "http://127.0.0.1:8000", desk) as app:
        first = app.test_client()
        token = re.search(r'csrf_token" value="([^"]+)"', first.get("/").text)
        assert token is not None
        begun = first.post("/inscription/", data={"csrf_token": token[1], "kind": "establishment"})
        assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
        assert (folder / "demo.sqlite3-wal").exists()
    assert not (folder / "demo.sqlite3-wal").exists()  # SQLite deletes it with the last connection
    with demonstration(folder, "http://127.0.0.1:8000", desk) as app:
        assert "Nom de l&#39;établissement" in app.test_client().get(begun.headers["Location"]).text
