"""Every page in both languages, light and dark, wide and narrow: read by axe-core, and inside its window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from entractes_auth import Step
from entractes_auth.flows import registration, review
from entractes_auth.testing import scenario
from tests.browser.world import Person, World

_VIEWS: dict[str, dict[str, Any]] = {
    "narrow, light, French": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "wide, dark, English": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def _public(world: World) -> Iterator[tuple[str, str]]:
    """The pages of somebody who is not signed in, in every state that a registration can be in."""
    run, inbox = world.auth.run, world.carrier
    empty = run(registration.begin(scenario.applicant().kind)).link.reveal()
    yield "home.index", "/"
    yield "wizard.step", f"/inscription/{empty}/identite"
    full = run(scenario.drafted(scenario.applicant(1))).link.reveal()
    for slug in ("identite", "exercice", "prise-en-charge", "contacts"):
        yield "wizard.step", f"/inscription/{full}/{slug}"
    yield "wizard.leave", f"/inscription/{full}/desistement"
    waiting = run(scenario.submitted(inbox, scenario.applicant(2)))
    yield "wizard.resume", f"/inscription/{waiting.resume_link.reveal()}"
    yield "confirmation.page", f"/confirmation/{waiting.confirm_link.reveal()}"
    yield "confirmation.page", "/confirmation/cut-in-two"
    yield "confirmation.done", "/en-cours-de-verification"
    for n, ending in enumerate(("review", "asked", "rejected", "withdrawn", "approved"), 3):
        yield "wizard.resume", f"/inscription/{_ended(world, n, ending)}"
    yield "sign_in.password", "/connexion"
    yield "recovery.ask", "/mot-de-passe-oublie"
    yield "recovery.sent", "/mot-de-passe-oublie/envoye"
    yield "recovery.recovered", "/mot-de-passe-oublie/termine"
    half = run(scenario.recovering(inbox, run(scenario.approved(inbox, scenario.applicant(9)))))
    yield "recovery.page", f"/recuperation/{half.link.reveal()}"
    yield "demo.mailbox", "/demo/boite"
    yield "backoffice.sign_in", "/equipe/connexion"
    yield "a page that is not there", "/nulle-part"


def _ended(world: World, n: int, ending: str) -> str:
    run, who = world.auth.run, scenario.applicant(n)
    if ending == "approved":
        return run(scenario.approved(world.carrier, who)).resume_link.reveal()
    waiting = run(scenario.in_review(world.carrier, who))
    link, number = waiting.resume_link, waiting.registration_id
    match ending:
        case "asked":
            flagged = frozenset({Step.PRACTICE})
            run(review.ask(scenario.REVIEWER, number, question="Quel numéro ?", steps=flagged))
        case "rejected":
            run(review.reject(scenario.REVIEWER, number, reason="Document illisible."))
        case "withdrawn":
            run(registration.withdraw(link))
        case _:
            pass
    return link.reveal()


def _staff(world: World) -> Iterator[tuple[str, str]]:
    """The pages behind the reviewer's sign-in."""
    waiting = world.auth.run(scenario.in_review(world.carrier, scenario.applicant(20)))
    yield "backoffice.queue", "/equipe"
    yield "backoffice.queue", "/equipe?state=approved"
    yield "backoffice.registration", f"/equipe/inscriptions/{waiting.registration_id}"
    yield "backoffice.dead_letters", "/equipe/messages"


def _check_all(person: Person, pages: Iterator[tuple[str, str]], language: str) -> set[str]:
    seen: set[str] = set()
    for number, (name, address) in enumerate(pages):
        mark = "&" if "?" in address else "?"
        person.go(f"{address}{mark}langue={language}")
        assert person.page.locator("html").get_attribute("lang") == language
        assert person.page.locator("h1").count() == 1, f"{name} has not one heading"
        person.looks(f"page-{number}-{language}")
        seen.add(name)
    return seen


def _as_staff(context: BrowserContext, world: World) -> Person:
    person = Person(context.new_page(), world)
    person.go("/equipe/connexion")
    person.fill("username", world.desk.username)
    person.fill("password", world.desk.password.reveal())
    person.page.locator("main button").first.click()
    return person


def _as_member(context: BrowserContext, world: World) -> Person:
    member = world.auth.run(scenario.approved(world.carrier, scenario.applicant(30)))
    person = Person(context.new_page(), world)
    person.go("/connexion")
    person.fill("identifier", member.identifier)
    person.fill("password", member.password)
    person.tick("captcha")
    person.page.locator("main button").first.click()
    return person


@pytest.mark.parametrize("view", _VIEWS)
def test_axe_finds_nothing_on_any_page(browser: Browser, world: World, view: str) -> None:
    """No violation, one heading, no sideways scrolling: on every page that the site has, error pages included."""
    language = "fr" if "French" in view else "en"
    context = browser.new_context(**_VIEWS[view])
    seen = _check_all(Person(context.new_page(), world), _public(world), language)
    seen |= _check_all(_as_staff(context, world), _staff(world), language)
    member = _as_member(browser.new_context(**_VIEWS[view]), world)
    seen |= _check_all(member, iter([("sign_in.second_factor", "/connexion/validation")]), language)
    member.tick("channel")
    member.page.locator("main button").first.click()
    member.looks("code")
    member.fill("code", world.carrier.last_code_to("+33612340030"))
    member.page.locator("main button").first.click()
    seen |= _check_all(member, iter([("sign_in.member", "/espace")]), language)
    assert world.pages - seen == {"backoffice.document", "static"}, "a page of the site was not looked at"
