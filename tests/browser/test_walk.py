"""The whole tutorial in a real browser, lived by an applicant, an operator and a member."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser
from typing_extensions import override

from tests.browser.world import KeyboardPerson, Person, World

MOBILE, EMAIL = "+33612345678", "camille.martin@example.fr"
NURSE_RPPS = "997 000 750 64"  # a published test identity of the French digital-health agency
FINESS = "75 010 012 5"  # Hôpital Pitié-Salpêtrière, Paris
SIRET = "267 500 452 00524"  # the same hospital

# One person's life is a story told in chapters: each function takes it where the last one left it.


def _sign_up(me: Person, *, profession: str) -> None:
    me.fill("last_name", "MARTIN")
    me.fill("first_name", "Camille")
    me.fill("street", "12 rue des Lilas")
    me.fill("postcode", "75013")
    me.fill("city", "Paris")
    me.looks("02-identite")
    me.press("Suivant")
    if profession:
        me.choose("profession", profession)
    me.tick("networks")


def _contacts(me: Person) -> None:
    me.fill("mobile", "06 12 34 56 78")
    me.fill("email", EMAIL)
    me.looks("05-contacts")
    me.press("S'inscrire")
    me.sees("Prochaine étape")
    me.looks("06-prochaine-etape")


def _wrong_code(world: World) -> str:
    right = int(world.carrier.last_code_to(MOBILE))
    return f"{(right + 1) % 10_000:04d}"


def _confirm_after_a_slip_and_a_resend(me: Person, world: World) -> None:
    me.go(world.carrier.last_link_to(EMAIL))
    me.looks("07-jeton")
    me.fill("code", _wrong_code(world))
    me.press("Valider mon inscription")
    me.sees("2 essais")
    me.looks("08-jeton-erreur")
    world.clock.advance(timedelta(seconds=31))
    me.go(world.carrier.last_link_to(EMAIL))
    me.press("Recevoir un nouveau code")
    assert len(world.carrier.to(MOBILE)) == 2
    code = world.carrier.last_code_to(MOBILE)
    me.fill("code", f"{code[:2]} {code[2:]}")
    me.press("Valider mon inscription")
    me.sees("vérification")
    me.looks("09-en-cours-de-verification")


def _operator_opens(operator: Person, world: World) -> None:
    operator.go("/equipe")
    operator.looks("10-equipe-connexion")
    operator.fill("username", world.desk.username)
    operator.fill("password", world.desk.password.reveal())
    operator.press("Se connecter")
    operator.looks("11-equipe-file")
    operator.press("Filtrer")  # as it stands: no field of a filter is needed
    operator.press("MARTIN")
    operator.press("Prendre en charge")
    operator.looks("12-equipe-inscription")


def _operator_asks(operator: Person, step: str) -> None:
    operator.press("Demander un complément")
    operator.tick(step)
    operator.fill("question", "Merci de joindre une photo lisible et de vérifier le numéro.")
    operator.press("Envoyer")
    operator.sees("La demande est envoyée")


def _operator_approves(operator: Person) -> None:
    operator.go("/equipe")
    operator.press("MARTIN")
    operator.press("Approuver")
    operator.sees("pprouvée")
    operator.looks("14-equipe-approuvee")


def _password_page(me: Person, world: World) -> None:
    me.go("/connexion")
    me.fill("identifier", world.carrier.last_identifier_to(EMAIL))
    me.fill("password", world.carrier.last_password_to(MOBILE))
    me.tick("captcha")
    me.looks("15-connexion")
    me.press("Suivant")
    me.looks("16-validation")


def _sign_in(me: Person, world: World, channel: str, address: str) -> None:
    _password_page(me, world)
    me.tick("channel" if channel == "sms" else "channel-email")
    me.press("Recevoir le code")
    me.looks("17-validation-code")
    me.fill("code", world.carrier.last_code_to(address))
    me.press("Je valide")
    me.sees("Camille")
    me.looks("18-espace")


def _sign_out(me: Person) -> None:
    me.press("Se déconnecter")


def _recover(me: Person, world: World) -> None:
    before = world.carrier.last_password_to(MOBILE)
    me.go("/connexion")
    me.press("Mot de passe oublié")
    me.fill("email", EMAIL)
    me.tick("captcha")
    me.looks("19-mot-de-passe-oublie")
    me.press("Recevoir le lien")
    me.looks("20-lien-envoye")
    me.go(world.carrier.last_link_to(EMAIL))
    me.press("Recevoir le code par SMS")
    me.looks("21-recuperation")
    me.fill("code", world.carrier.last_code_to(MOBILE))
    me.press("Recevoir un nouveau mot de passe")
    me.looks("22-nouveau-mot-de-passe")
    assert world.carrier.last_password_to(MOBILE) != before


def _fill_in_with_slips(me: Person, world: World) -> None:
    me.go("/")
    me.looks("01-accueil")
    me.press("Je m'inscris")
    _sign_up(me, profession="Infirmier")
    me.fill("professional_number", "997 000 750 65")
    me.attach("document", world.document("carte-cps.pdf"))
    me.press("Suivant")
    me.sees("clé")  # one digit is wrong, and the page says what to look at
    me.looks("03-exercice-erreur")
    me.fill("professional_number", NURSE_RPPS)
    if not me.page.locator("#documents").count():
        me.attach("document", world.document("carte-cps.pdf"))
    me.press("Suivant")
    me.looks("04-prise-en-charge")
    me.press("Précédent")
    me.looks("03-exercice")
    me.press("Suivant")
    me.press("Suivant")


def test_a_nurse_lives_the_whole_tutorial_with_the_keyboard_on_a_phone(
    browser: Browser, world: World
) -> None:
    """Sign up with a step redone, prove both contacts, answer the operator, sign in by SMS and by e-mail, recover."""
    phone = browser.new_context(viewport={"width": 390, "height": 800}, locale="fr-FR")
    desk = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    me, operator = KeyboardPerson(phone.new_page(), world), KeyboardPerson(desk.new_page(), world)

    _fill_in_with_slips(me, world)
    _contacts(me)
    _confirm_after_a_slip_and_a_resend(me, world)

    _operator_opens(operator, world)
    _operator_asks(operator, "steps-document")
    me.go(world.carrier.last_link_to(EMAIL))
    me.sees("photo lisible")
    me.looks("13-complement")
    me.attach("document", world.document("carte-cps-lisible.pdf"))
    me.press("Envoyer ma réponse")
    me.sees("vérification")
    _operator_approves(operator)

    _sign_in(me, world, "sms", MOBILE)
    _sign_out(me)
    _sign_in(me, world, "email", EMAIL)
    _sign_out(me)
    _recover(me, world)
    _sign_in(me, world, "sms", MOBILE)
    assert me.page.url == f"{world.origin}/espace"
    phone.close()
    desk.close()


def test_an_establishment_lives_the_whole_tutorial_without_javascript(browser: Browser, world: World) -> None:
    """Every step works with scripts switched off, with a hospital's real FINESS, then its SIRET."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale="fr-FR",
        java_script_enabled=False,
        color_scheme="dark",
    )
    me, operator = _WithoutScripts(context.new_page(), world), _WithoutScripts(context.new_page(), world)

    me.go("/")
    me.page.locator("#begin-establishment").click()
    _sign_up(me, profession="")
    me.fill("structure_number", FINESS)
    me.attach("document", world.document("attestation-ars.pdf"))
    me.press("Suivant")
    me.press("Suivant")
    _contacts(me)
    _confirm_after_a_slip_and_a_resend(me, world)

    _operator_opens(operator, world)
    _operator_asks(operator, "steps-practice")
    me.go(world.carrier.last_link_to(EMAIL))
    me.fill("structure_number", SIRET)
    me.press("Envoyer ma réponse")
    me.sees("vérification")
    _operator_approves(operator)

    _sign_in(me, world, "sms", MOBILE)
    _sign_out(me)
    _recover(me, world)
    _sign_in(me, world, "email", EMAIL)
    assert me.page.url == f"{world.origin}/espace"
    context.close()


class _WithoutScripts(Person):
    """Somebody whose browser runs no scripts: nor can axe-core, so the page is only measured and left unpictured."""

    @override
    def looks(self, name: str) -> None:
        """The page has its heading."""
        self.page.locator("h1").first.wait_for()
