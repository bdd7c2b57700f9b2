"""Every page of the example site, in the states that it can be in: for tests that read all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.examples.flask_site import EMAIL, MOBILE, STEPS, Visitor

__all__ = ["every_page"]

Page = tuple[str, TestResponse]


def every_page(visitor: Visitor) -> Iterator[Page]:
    """Each page's name and answer, through the life of one member, slips included."""
    for path in ("/", "/connexion", "/mot-de-passe-oublie", "/mot-de-passe-oublie/envoye", "/nowhere"):
        yield path, visitor.get(path)
    yield from _wizard(visitor)
    yield from _confirmation(visitor)
    yield from _office(visitor)
    yield from _sign_in(visitor)
    yield from _recovery(visitor)


def _wizard(visitor: Visitor) -> Iterator[Page]:
    link = visitor.begin()
    for slug in STEPS:
        yield f"empty {slug}", visitor.get(f"{link}/{slug}")
        yield f"refused {slug}", visitor.post(f"{link}/{slug}")
        visitor.fill(link, until=slug)
        if slug != "contacts":
            yield f"saved {slug}", visitor.get(f"{link}/{slug}")
    other = visitor.begin()
    visitor.fill(other, until="identite")
    yield "no file chosen", visitor.post(f"{other}/exercice", action="attach")
    yield "next step", visitor.get(link)
    yield "leave", visitor.get(f"{link}/desistement")
    yield "withdrawn", visitor.post(f"{other}/desistement")


def _confirmation(visitor: Visitor) -> Iterator[Page]:
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    yield "token", visitor.get(path)
    yield "too soon", visitor.post(f"{path}/nouveau-code")
    yield "bad code", visitor.post(path, code="12")
    yield "confirmed", visitor.confirm()
    yield "used link", visitor.get(path)


def _office(visitor: Visitor) -> Iterator[Page]:
    staff = Visitor(visitor.example)
    staff.client.get("/", query_string=visitor.language)
    yield "office sign-in", staff.get("/equipe/connexion")
    yield "office refused", staff.post("/equipe/connexion", username="x")
    staff.review()
    queue = staff.get("/equipe")
    yield "queue", queue
    found = re.search(r'href="(/equipe/inscriptions/\w+)"', queue.text)
    assert found is not None
    yield "registration", staff.get(found[1])
    yield "claimed", staff.post(f"{found[1]}/prise-en-charge")
    yield "no reason", staff.post(f"{found[1]}/refus")
    yield "no question", staff.post(f"{found[1]}/complement")
    yield "noted", staff.post(f"{found[1]}/note", note="Appel à faire.")
    yield "approved", staff.post(f"{found[1]}/approbation")
    yield "too late", staff.post(f"{found[1]}/refus", reason="Trop tard.")
    yield "undelivered", staff.get("/equipe/messages")


def _sign_in(visitor: Visitor) -> Iterator[Page]:
    yield "no password", visitor.post("/connexion")
    yield "no captcha", visitor.post("/connexion", identifier="12345", password="123456")
    yield "wrong password", visitor.post("/connexion", identifier="12345", password="123456", captcha="yes")
    yield "channels", visitor.post("/connexion", captcha="yes", **visitor.credentials())
    yield "no channel", visitor.post("/connexion/validation/envoi")
    yield "code", visitor.post("/connexion/validation/envoi", channel="sms")
    code = visitor.example.messages.last_code_to(MOBILE)
    yield "member", visitor.post("/connexion/validation", code=code)
    yield "signed out", visitor.post("/deconnexion")


def _recovery(visitor: Visitor) -> Iterator[Page]:
    yield "no e-mail", visitor.post("/mot-de-passe-oublie")
    visitor.post("/mot-de-passe-oublie", email=EMAIL, captcha="yes")
    path = urlsplit(visitor.example.messages.last_link_to(EMAIL)).path
    yield "recovery", visitor.get(path)
    yield "recovery code", visitor.post(f"{path}/code")
    wrong = [visitor.post(path, code="0000") for _ in range(3)]
    yield "used up", wrong[-1]
    yield "recovered", visitor.get("/mot-de-passe-oublie/termine")
