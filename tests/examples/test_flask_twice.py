"""Double clicks, the back button and stale tabs: whatever is sent twice or late has a friendly outcome."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.examples.flask_site import EMAIL, MOBILE, PDF, STEPS, Visitor, build


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(build())


def _back(page: TestResponse) -> str:
    """Where the page's way back leads."""
    found = re.search(r'href="([^"]+)">Revenir à la page', page.text)
    assert found is not None
    return found[1]


def _staff(visitor: Visitor) -> tuple[Visitor, str]:
    """A reviewer, and the path of the registration that waits."""
    staff = Visitor(visitor.example)
    staff.review()
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', staff.get("/equipe").text)
    assert found is not None
    return staff, found[1]


def _version(page: TestResponse) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


def test_a_registration_sent_twice_shows_where_it_stands(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link)
    again = visitor.post(f"{link}/contacts", **STEPS["contacts"])
    assert again.status_code == 200
    assert "Prochaine étape" in again.text
    assert len(visitor.example.messages.to(EMAIL)) == 1
    for slug in STEPS:  # the back button, page by page
        assert "Prochaine étape" in visitor.get(f"{link}/{slug}").text


def test_a_document_taken_away_twice_is_gone(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    file = (io.BytesIO(PDF), "cps.pdf")
    page = visitor.post(f"{link}/exercice", action="attach", document=file, **STEPS["exercice"])
    found = re.search(r'value="(remove:\w+)"', page.text)
    assert found is not None
    for _ in range(2):
        page = visitor.post(f"{link}/exercice", action=found[1], **STEPS["exercice"])
        assert page.status_code == 200
        assert "Document 1" not in page.text


def test_a_registration_given_up_twice_is_given_up(visitor: Visitor) -> None:
    link = visitor.begin()
    pages = [visitor.post(f"{link}/desistement") for _ in range(2)]
    assert ["est retirée" in page.text for page in pages] == [True, True]
    for late in ("identite", "correction", "nouveau-lien"):
        assert "est retirée" in visitor.post(f"{link}/{late}").text


def test_a_code_typed_twice_is_told_that_nothing_is_left_to_do(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link)
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    code = visitor.example.messages.last_code_to(MOBILE)
    assert visitor.post(path, code=code).status_code == 200
    for page in (visitor.post(path, code=code), visitor.get(path), visitor.post(f"{path}/nouveau-code")):
        assert page.status_code == 410
        assert "rien à refaire" in page.text
    assert "En cours de vérification" in visitor.get(link).text


def test_a_whole_code_may_be_pasted_with_its_spaces(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    code = visitor.example.messages.last_code_to(MOBILE)
    pasted = "\u00a0".join(code) + " "
    field = re.search(r'name="code"[^>]*maxlength="(\d+)"', visitor.get(path).text)
    assert field is not None
    assert len(pasted) <= int(field[1])
    assert "En cours de vérification" in visitor.post(path, code=pasted).text


@pytest.mark.parametrize("form", ["nouveau-lien", "nouveau-code"])
def test_asking_again_too_soon_leads_back_to_a_page_that_is_there(visitor: Visitor, form: str) -> None:
    link = visitor.begin()
    visitor.fill(link)
    path = link if form == "nouveau-lien" else urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    page = [visitor.post(f"{path}/{form}") for _ in range(12)][-1]
    assert page.status_code == 429
    assert visitor.get(_back(page)).status_code == 200
    # The address bar still names the form: to load it again leads to a page as well.
    again = visitor.get(f"{path}/{form}")
    assert again.status_code == 200 or visitor.get(_back(again)).status_code == 200


def test_a_sign_in_code_sent_twice_leaves_the_member_signed_in(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff, page = _staff(visitor)
    staff.post(f"{page}/approbation")
    visitor.sign_in()
    code = visitor.example.messages.last_code_to(MOBILE)
    late = visitor.post("/connexion/validation", code=code)
    assert late.request.path == "/espace"
    assert visitor.get("/connexion/validation").request.path == "/espace"
    assert visitor.post("/connexion/validation/envoi", channel="sms").request.path == "/espace"
    assert "Bonjour Zoé" in visitor.get("/espace").text
    for _ in range(2):
        assert "déconnecté" in visitor.post("/deconnexion").text


def test_a_ticket_that_ran_out_starts_again_and_is_not_told_as_a_success(visitor: Visitor) -> None:
    page = visitor.post("/connexion/validation", code="1234")
    assert page.request.path == "/connexion"
    assert re.search(r'class="message wait" role="status"><p>La connexion a pris trop de temps', page.text)


def test_a_recovery_completed_twice_changes_the_password_once(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff, page = _staff(visitor)
    staff.post(f"{page}/approbation")
    visitor.post("/mot-de-passe-oublie", email=EMAIL, captcha="yes")
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    visitor.example.clock.advance(timedelta(minutes=1))
    visitor.post(f"{path}/code")
    code = visitor.example.messages.last_code_to(MOBILE)
    assert visitor.post(path, code=code).status_code == 200
    password = visitor.credentials()["password"]
    late = visitor.post(path, code=code)
    assert late.status_code == 410
    assert "rien à refaire" in late.text
    assert visitor.credentials()["password"] == password


def test_every_decision_sent_twice_is_taken_once(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff, page = _staff(visitor)
    for decision in ("prise-en-charge", "prise-en-charge", "retour", "retour"):
        assert staff.post(f"{page}/{decision}").status_code == 200, decision
    version = _version(staff.get(page))
    answers = [staff.post(f"{page}/approbation", version=version) for _ in range(2)]
    assert "est approuvée" in answers[0].text
    assert re.search(r'class="message wait" role="status"><p>L&#39;inscription a changé', answers[1].text)
    assert "a changé entre-temps" in staff.post(f"{page}/refus", version=version, reason="Trop tard.").text
    assert len(re.findall("Approuvée", staff.get(page).text)) == 1


def test_a_decision_is_about_what_its_page_showed(visitor: Visitor) -> None:
    """Two tabs: what one of them added is not approved, refused or asked about from the other, unread."""
    visitor.fill(visitor.begin())
    visitor.confirm()
    staff, page = _staff(visitor)
    stale = _version(staff.get(page))
    staff.post(f"{page}/note", note="Attendre le rappel de l'ordre.")
    decisions: dict[str, dict[str, object]] = {
        "approbation": {},
        "refus": {"reason": "Document illisible."},
        "complement": {"question": "Photo ?", "steps": ["document"]},
    }
    for decision, fields in decisions.items():
        late = staff.post(f"{page}/{decision}", version=stale, **fields)
        assert "a changé entre-temps" in late.text, decision
        assert "Attendre le rappel" in late.text
    assert "est approuvée" in staff.post(f"{page}/approbation", version=_version(staff.get(page))).text


def test_a_tab_from_before_the_sign_in_is_told_to_load_its_page_again(visitor: Visitor) -> None:
    """Signing in renews the CSRF token, so forms that were open before are refused, with the way back."""
    link = visitor.begin()
    old = re.search(r'csrf_token" value="([^"]+)"', visitor.client.get(f"{link}/identite").text)
    assert old is not None
    visitor.review()
    page = visitor.client.post(f"{link}/identite", data={"csrf_token": old[1]})
    assert page.status_code == 400
    assert _back(page) == f"{link}/identite"
