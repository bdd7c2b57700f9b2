"""Every message fits its channel and injects nothing, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from entractes_auth.backends.ports import Outgoing
from entractes_auth.errors import ConfigurationError
from entractes_auth.gsm7 import SEGMENT_SEPTETS, septets
from entractes_auth.records.kinds import Channel, Locale
from entractes_auth.records.message import Message, Template
from entractes_auth.site import Site
from entractes_auth.texts import render
from entractes_auth.texts.english import ENGLISH
from entractes_auth.texts.french import FRENCH
from entractes_auth.typography import NO_BREAK

_NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SITE: Final = Site(name="Entr'Actes", origin="https://www.example.fr", support_email="support@example.fr")
_LARGEST: Final = Site(
    name="€" * 10, origin="https://" + "a" * 57 + ".fr:65535", support_email="support@example.fr"
)
_PARAMS: Final[Mapping[str, str]] = {
    "first_name": "Chloé",
    "last_name": "DURAND",
    "masked_mobile": "06 •• •• •• 78",
    "identifier": "123456789012",
    "question": "Votre carte est illisible.\n\nPouvez-vous la photographier de nouveau ?",
    "reason": "Cette profession n'est pas concernée.",
}
_SECRETS: Final[Mapping[str, str]] = {
    "code": "123456789",
    "password": "9" * 30,
    "link": "https://www.example.fr/confirmation/k1.abc-_123",
}
_SMS: Final = (
    Template.CONFIRM_CODE,
    Template.LOGIN_CODE,
    Template.RECOVERY_CODE,
    Template.IDENTIFIER_ISSUED,
    Template.PASSWORD_ISSUED,
)
_CODES: Final = (Template.CONFIRM_CODE, Template.LOGIN_CODE, Template.RECOVERY_CODE)
_EMAILS: Final = tuple(t for t in Template if t not in (Template.CONFIRM_CODE, Template.RECOVERY_CODE))
_LINKS: Final = (Template.CONFIRM_LINK, Template.INFORMATION_WANTED, Template.RECOVERY_LINK)
# Those that greet by name, or show what an operator wrote.
_NAMED: Final = (
    Template.CONFIRM_LINK,
    Template.INFORMATION_WANTED,
    Template.REJECTED,
    Template.IDENTIFIER_ISSUED,
)


def rendered(
    template: Template,
    channel: Channel,
    locale: Locale = Locale.FR,
    *,
    site: Site = _SITE,
    secrets: Mapping[str, str] = _SECRETS,
    params: Mapping[str, str] | None = None,
) -> Outgoing:
    message = Message(
        id="message-1",
        template=template,
        channel=channel,
        address="somebody",
        locale=locale,
        created_at=_NOW,
        deadline=_NOW,
        params={**_PARAMS, **(params or {})},
    )
    return render(message, site=site, secrets=secrets)


class Page(HTMLParser):
    """What a mail program makes of an HTML part: its tags, its links and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.lang = ""
        self._pieces: list[str] = []
        self.feed(html)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "html":
            self.lang = dict(attrs)["lang"] or ""
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src"))

    @override
    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._pieces).split())


def test_each_template_has_a_text_in_both_languages_on_the_channels_that_carry_it() -> None:
    for language in (FRENCH, ENGLISH):
        assert set(language.sms) == set(_SMS)
        assert set(language.emails) == set(_EMAILS)
    assert set(_SMS) | set(_EMAILS) == set(Template)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("template", _SMS)
def test_an_sms_fits_one_segment_with_the_largest_values_that_settings_allow(
    template: Template, locale: Locale
) -> None:
    outgoing = rendered(template, Channel.SMS, locale, site=_LARGEST)
    length = septets(outgoing.text)
    assert length is not None
    assert length <= SEGMENT_SEPTETS
    assert outgoing.text.startswith(_LARGEST.name)
    assert (outgoing.subject, outgoing.html) == ("", "")


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("template", _SMS)
def test_an_sms_ends_with_the_line_that_binds_a_code_to_the_site_if_it_has_a_code(
    template: Template, locale: Locale
) -> None:
    text = rendered(template, Channel.SMS, locale, secrets={**_SECRETS, "code": "0123"}).text
    last = text.split("\n")[-1]
    assert (last == "@www.example.fr #0123") == (template in _CODES)
    # The code stands in the sentence too, for who types it.
    assert text.count("0123") == (2 if template in _CODES else 0)


@pytest.mark.parametrize("template", _CODES)
@pytest.mark.parametrize("locale", Locale)
def test_a_code_sms_says_what_it_is_for_and_to_keep_it(template: Template, locale: Locale) -> None:
    others = {rendered(other, Channel.SMS, locale).text for other in _CODES if other is not template}
    text = rendered(template, Channel.SMS, locale).text
    assert text not in others
    assert ("personne" if locale is Locale.FR else "nobody") in text


def test_the_confirmation_is_in_the_words_of_the_tutorial() -> None:
    outgoing = rendered(Template.CONFIRM_LINK, Channel.EMAIL)
    assert outgoing.subject == "Entr'Actes\u00a0: validez votre inscription"
    assert outgoing.text.startswith(
        "Bonjour Chloé DURAND,\n\nPour activer votre compte Entr'Actes, munissez-vous"
    )
    assert "06 •• •• •• 78" in outgoing.text
    assert "\nhttps://www.example.fr/confirmation/k1.abc-_123\n" in outgoing.text


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("template", _EMAILS)
def test_an_email_is_complete_in_its_language_and_fetches_nothing(template: Template, locale: Locale) -> None:
    outgoing = rendered(template, Channel.EMAIL, locale)
    assert (outgoing.id, outgoing.to, outgoing.locale) == ("message-1", "somebody", locale)
    assert outgoing.subject.startswith("Entr'Actes")
    assert "{" not in outgoing.subject + outgoing.text
    page = Page(outgoing.html)
    assert page.lang == locale.value
    assert page.links == ([_SECRETS["link"]] if template in _LINKS else [])
    assert not {"img", "script", "link", "style", "iframe"} & set(page.tags)
    assert "url(" not in outgoing.html


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("template", _EMAILS)
def test_both_parts_of_an_email_say_the_same(template: Template, locale: Locale) -> None:
    outgoing = rendered(template, Channel.EMAIL, locale)
    shown = Page(outgoing.html).text
    for line in outgoing.text.splitlines():
        words = line.replace(NO_BREAK, " ").removeprefix("-- ").rstrip(" :").split(" : ")[-1].split(": ")[-1]
        words = words.strip()
        assert words in shown


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("template", _LINKS)
def test_a_link_is_a_button_and_again_a_text_to_copy(template: Template, locale: Locale) -> None:
    outgoing = rendered(template, Channel.EMAIL, locale)
    assert _SECRETS["link"] in Page(outgoing.html).text
    assert _SECRETS["link"] in outgoing.text.splitlines()


@pytest.mark.parametrize("template", _EMAILS)
def test_the_languages_differ(template: Template) -> None:
    french, english = (rendered(template, Channel.EMAIL, locale) for locale in Locale)
    assert french.subject != english.subject
    assert french.text != english.text


@given(
    st.sampled_from(_NAMED),
    st.sampled_from(Locale),
    st.text(max_size=20),
    st.sampled_from(
        ["<script>alert(1)</script>", '"><img src=x onerror=y>', "</p><a href='https://evil.example'>"]
    ),
)
def test_no_name_and_no_question_becomes_markup(
    template: Template, locale: Locale, noise: str, attack: str
) -> None:
    """Applicants type their own names, which arrive in mails that bear the site's name."""
    harmless = Page(rendered(template, Channel.EMAIL, locale).html)
    hostile: dict[str, str] = dict.fromkeys(
        ("first_name", "last_name", "question", "reason", "identifier"), noise + attack
    )
    html = rendered(template, Channel.EMAIL, locale, params=hostile).html
    page = Page(html)
    assert attack not in html
    assert [tag for tag in page.tags if tag != "br"] == [tag for tag in harmless.tags if tag != "br"]
    assert page.links == harmless.links
    assert page.attributes == harmless.attributes


def test_a_link_cannot_leave_its_attribute() -> None:
    hostile = 'https://www.example.fr/"onmouseover="x&amp;<'
    html = rendered(Template.RECOVERY_LINK, Channel.EMAIL, secrets={"link": hostile}).html
    page = Page(html)
    assert page.links == [hostile]
    assert "onmouseover" not in page.attributes


@given(
    st.sampled_from(_EMAILS), st.text(max_size=30), st.sampled_from(["\r\n", "\n", "\r", "\u2028", "\x0b"])
)
def test_nothing_typed_reaches_a_subject_or_starts_a_line(template: Template, noise: str, end: str) -> None:
    """A line of one's own in somebody's mail is a message of one's own."""
    typed = f"{noise}{end}Bcc: x@example.org{end}"
    hostile: dict[str, str] = dict.fromkeys(("first_name", "last_name", "masked_mobile", "identifier"), typed)
    outgoing = rendered(template, Channel.EMAIL, params=hostile)
    assert outgoing.subject == rendered(template, Channel.EMAIL).subject
    assert outgoing.subject.replace(NO_BREAK, " ").isprintable()
    assert not any(line.startswith("Bcc") for line in outgoing.text.splitlines())


def test_a_name_that_is_a_domain_is_not_made_a_link_by_mail_programs() -> None:
    text = rendered(
        Template.CONFIRM_LINK, Channel.EMAIL, params={"first_name": "evil.example", "last_name": "J.-P."}
    ).text
    assert text.startswith("Bonjour evil. example J.-P.,")


def test_what_an_operator_wrote_keeps_its_lines_and_its_addresses() -> None:
    outgoing = rendered(
        Template.INFORMATION_WANTED,
        Channel.EMAIL,
        params={"question": "Voir www.example.fr :\r\n\r\n- la carte"},
    )
    assert "    Voir www.example.fr :\n    \n    - la carte\n" in outgoing.text
    assert "Voir www.example.fr :<br>\n<br>\n- la carte" in outgoing.html


def test_braces_in_a_name_are_text() -> None:
    """A name that looks like a template must not be filled with the link of another line."""
    text = rendered(
        Template.CONFIRM_LINK, Channel.EMAIL, params={"first_name": "{link}", "last_name": "{0}"}
    ).text
    assert text.startswith("Bonjour {link} {0},")


def test_a_param_never_stands_in_for_a_secret_or_for_the_site() -> None:
    hostile: dict[str, str] = dict.fromkeys(
        ("link", "site", "origin", "support_email", "domain", "code"), "evil"
    )
    for template, channel in ((Template.CONFIRM_LINK, Channel.EMAIL), (Template.LOGIN_CODE, Channel.SMS)):
        assert rendered(template, channel, params=hostile) == rendered(template, channel)


@pytest.mark.parametrize(
    ("template", "channel", "missing"),
    [
        (Template.CONFIRM_LINK, Channel.SMS, "confirm_link"),
        (Template.CONFIRM_CODE, Channel.EMAIL, "confirm_code"),
        (Template.LOGIN_CODE, Channel.SMS, "code"),
        (Template.PASSWORD_ISSUED, Channel.EMAIL, "password"),
        (Template.RECOVERY_LINK, Channel.EMAIL, "link"),
    ],
)
def test_a_message_that_cannot_be_written_is_an_error_that_names_what_lacks(
    template: Template, channel: Channel, missing: str
) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        rendered(template, channel, secrets={})
