"""The example site through its real application: what applicants, members, operators and strangers get."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule

from tests.examples.flask_site import EMAIL, MOBILE, PDF, STEPS, Example, Visitor, build

_ERROR = "<title>Erreur\u00a0:"


@pytest.fixture
def example() -> Example:
    return build()


@pytest.fixture
def visitor(example: Example) -> Visitor:
    return Visitor(example)


def _approved(visitor: Visitor) -> str:
    """A member's registration, approved; gives its id."""
    link = visitor.begin()
    visitor.fill(link)
    visitor.confirm()
    visitor.review()
    found = re.search(r'href="/equipe/inscriptions/(\w+)"', visitor.get("/equipe").text)
    assert found is not None
    visitor.post(f"/equipe/inscriptions/{found[1]}/approbation")
    return found[1]


def test_a_nurse_registers_is_asked_for_more_is_approved_signs_in_and_recovers(visitor: Visitor) -> None:
    """The whole tutorial, page by page."""
    link = visitor.begin()
    assert "Prochaine étape" in visitor.fill(link).text
    assert "En cours de vérification" in visitor.confirm().text
    visitor.review()
    number = {"number": "99700218896", "kind": "professional"}
    queue = visitor.client.get("/equipe", query_string=number).text
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', queue)
    assert found is not None
    page = visitor.get(found[1]).text
    assert "identité d&#39;essai" in page
    assert "06 12 34 56 78" in page
    visitor.post(f"{found[1]}/prise-en-charge")
    visitor.post(f"{found[1]}/note", note="Appelée ce matin.")
    assert "Appelée ce matin." in visitor.get(found[1]).text
    visitor.post(f"{found[1]}/complement", steps=["identity", "document"], question="Photo lisible ?")
    assert "Photo lisible ?" in visitor.get(link).text
    visitor.post(f"{link}/identite", **STEPS["identite"])
    answer = visitor.post(f"{link}/exercice", document=(io.BytesIO(PDF), "cps.pdf"))
    assert "En cours de vérification" in answer.text
    visitor.post(f"{found[1]}/approbation")
    assert "Acceptée" in visitor.get(found[1]).text
    assert "Bonjour Zoé" in visitor.sign_in("email").text
    assert "déconnecté" in visitor.post("/deconnexion").text
    visitor.post("/mot-de-passe-oublie", email=EMAIL, captcha="yes")
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    assert "Recevoir le code par SMS" in visitor.get(path).text
    visitor.example.clock.advance(timedelta(minutes=1))
    visitor.post(f"{path}/code")
    code = visitor.example.messages.last_code_to(MOBILE)
    old = visitor.credentials()["password"]
    assert "nouveau mot de passe est parti" in visitor.post(path, code=code).text
    assert visitor.credentials()["password"] != old
    assert "Bonjour Zoé" in visitor.sign_in("sms").text


def test_a_recovery_ends_the_sessions_that_the_old_password_opened(visitor: Visitor) -> None:
    """Whoever had signed in before is asked for the new password."""
    _approved(visitor)
    assert "Bonjour Zoé" in visitor.sign_in("sms").text
    visitor.post("/mot-de-passe-oublie", email=EMAIL, captcha="yes")
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    visitor.post(f"{path}/code")
    visitor.post(path, code=visitor.example.messages.last_code_to(MOBILE))
    assert "Bonjour Zoé" not in visitor.get("/espace").text


def test_a_wrong_step_comes_back_with_what_was_typed_and_a_summary_that_leads_to_the_fields(
    visitor: Visitor,
) -> None:
    page = visitor.post(f"{visitor.begin()}/identite", last_name="", first_name="Zoé", postcode="ab")
    assert page.status_code == 422
    assert _ERROR in page.text
    assert 'value="Zoé"' in page.text
    for field in ("last_name", "street", "postcode", "city"):
        assert f'<a href="#{field}">' in page.text
        assert f'id="{field}-error"' in page.text
        assert re.search(rf'name="{field}"[^>]*aria-describedby="[^"]*{field}-error"', page.text)


def test_no_network_and_another_are_not_both_taken(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    page = visitor.post(f"{link}/exercice", **STEPS["exercice"] | {"networks": ["none", "other"]})
    assert page.status_code == 422
    assert '<a href="#networks">' in page.text
    assert "aucun\u00a0: décochez l&#39;un des deux." in page.text
    assert page.text.count(" checked") == 2


def test_documents_are_added_and_taken_away_without_losing_an_unfinished_page(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="identite")
    address = f"{link}/exercice"
    page = visitor.post(
        address, action="attach", professional_number="997", document=(io.BytesIO(PDF), "cps.jpg")
    )
    assert page.status_code == 200
    assert "Document 1 (PDF" in page.text
    assert 'value="997"' in page.text
    found = re.search(r'value="(remove:\w+)"', page.text)
    assert found is not None
    page = visitor.post(address, action=found[1], professional_number="997")
    assert "Document 1" not in page.text
    assert 'value="997"' in page.text


def test_previous_saves_a_complete_page_and_says_when_it_could_not(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link, until="exercice")
    page = visitor.post(f"{link}/prise-en-charge", action="previous", consultation="yes")
    assert "n&#39;a pas été enregistrée" not in page.text
    assert "checked" in visitor.get(f"{link}/prise-en-charge").text
    page = visitor.post(f"{link}/contacts", action="previous", mobile="12")
    assert "n&#39;a pas été enregistrée" in page.text


def test_a_step_ahead_of_the_saved_ones_leads_back_to_where_the_registration_stands(visitor: Visitor) -> None:
    link = visitor.begin()
    answer = visitor.get(f"{link}/contacts")
    assert answer.request.path == f"{link}/identite"


def test_submitting_what_is_incomplete_leads_to_the_page_that_misses_it(visitor: Visitor) -> None:
    link = visitor.begin()
    for slug, fields in list(STEPS.items())[:-1]:
        visitor.post(f"{link}/{slug}", **fields)
    page = visitor.post(f"{link}/contacts", **STEPS["contacts"])
    assert page.status_code == 422
    assert f'href="{link}/exercice#document"' in page.text


def test_contacts_can_be_corrected_asked_for_again_and_given_up(visitor: Visitor) -> None:
    link = visitor.begin()
    visitor.fill(link)
    assert "Contacts" in visitor.post(f"{link}/correction").text
    visitor.post(f"{link}/contacts", mobile="06 12 34 56 79", email=EMAIL)
    before = visitor.example.messages.last_link_to(EMAIL)
    visitor.post(f"{link}/nouveau-lien")
    assert visitor.example.messages.last_link_to(EMAIL) != before
    assert visitor.get(urlsplit(before).path).status_code == 410
    visitor.post(f"{link}/desistement")
    assert "retirée" in visitor.get(link).text
    # A form that was still open in another tab: shown where it stands, nothing is changed.
    assert "retirée" in visitor.post(f"{link}/correction").text


def test_a_wrong_code_costs_an_attempt_and_letters_cost_none(visitor: Visitor) -> None:
    visitor.fill(visitor.begin())
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    code = visitor.example.messages.last_code_to(MOBILE)
    assert "3 essais" in visitor.post(path, code="12ab").text
    assert "Tapez le code que vous avez reçu." in visitor.post(path, code=" ").text
    wrong = "0000" if code != "0000" else "1111"
    for left in ("2 essais", "1 essai", "plus d&#39;essai"):
        page = visitor.post(path, code=wrong)
        assert page.status_code == 422
        assert left in page.text
        assert wrong not in page.text.replace(path, "")
        assert "autofocus" in page.text  # what is wrong, or that it is over, is where a screen reader begins
    assert 'name="code"' not in visitor.get(path).text
    assert visitor.post(path, code=code).status_code == 422


def test_signing_in_renews_the_session_and_idling_ends_it(visitor: Visitor) -> None:
    _approved(visitor)
    with visitor.client.session_transaction() as before:
        token = before["csrf_token"]
    visitor.sign_in()
    with visitor.client.session_transaction() as after:
        assert after["csrf_token"] != token
        assert not {"ticket", "reviewer"} & set(after)
    assert visitor.get("/espace").request.path == "/espace"
    visitor.example.clock.advance(timedelta(minutes=31))
    assert visitor.get("/espace").request.path == "/connexion"


def _paths(example: Example) -> list[tuple[Rule, str]]:
    """Every route, with something in place of its variables."""
    return [(rule, re.sub(r"<[^>]+>", "x", rule.rule)) for rule in example.app.url_map.iter_rules()]


def test_every_route_answers_and_every_answer_carries_the_headers(visitor: Visitor) -> None:
    for rule, path in _paths(visitor.example):
        for method in {"GET", "POST"} & (rule.methods or set()):
            page = visitor.client.get(path) if method == "GET" else visitor.answer(path)
            assert page.status_code < 500, (method, path)
            policy = page.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "script-src" not in policy
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert rule.endpoint == "static" or page.headers["Cache-Control"] == "no-store"


def test_no_form_is_taken_without_its_csrf_token(visitor: Visitor) -> None:
    posts = [path for rule, path in _paths(visitor.example) if "POST" in (rule.methods or set())]
    assert len(posts) > 15
    for path in posts:
        page = visitor.client.post(path, data={"kind": "professional", "csrf_token": "made-up"})
        assert page.status_code == 400, path
    assert visitor.example.messages.messages == ()


def test_the_office_lets_nobody_in_without_its_own_sign_in(visitor: Visitor) -> None:
    _approved(visitor)
    visitor.sign_in()  # a member is not a reviewer
    for rule, path in _paths(visitor.example):
        if not rule.endpoint.startswith("backoffice.") or rule.rule.endswith("/equipe/connexion"):
            continue
        method = "GET" if "GET" in (rule.methods or set()) else "POST"
        page = visitor.client.get(path) if method == "GET" else visitor.answer(path)
        assert page.headers["Location"] == "/equipe/connexion", path
