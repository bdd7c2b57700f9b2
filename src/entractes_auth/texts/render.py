"""From one line of the outbox to what a carrier sends. Pure: the same message renders to the same text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from entractes_auth.errors import ConfigurationError
from entractes_auth.records.kinds import Channel, Locale
from entractes_auth.records.message import Message, Outgoing, Template
from entractes_auth.site import Site
from entractes_auth.texts.blocks import Block, EmailText, Highlight, Language, LinkButton, Paragraph, Quote
from entractes_auth.texts.english import ENGLISH
from entractes_auth.texts.french import FRENCH
from entractes_auth.texts.html import html_part

__all__ = ["render"]

_LANGUAGES: Final[Mapping[Locale, Language]] = {Locale.FR: FRENCH, Locale.EN: ENGLISH}
_CODES: Final = frozenset({Template.CONFIRM_CODE, Template.LOGIN_CODE, Template.RECOVERY_CODE})
# Written by operators, in several lines; every other value is one line.
_SEVERAL_LINES: Final = frozenset({"question", "reason"})
_DOT_INSIDE_WORD: Final = re.compile(r"\.(?=\w)")


def render(message: Message, *, site: Site, secrets: Mapping[str, str]) -> Outgoing:
    """Write the message in its language for its channel.

    `secrets` holds what the message's seed and link stand for, derived for this one use:
    "code", "password" (digits), "link" (a URL), as far as the template needs them.

    Raises:
        ConfigurationError: no such template on this channel, or a value that it needs is missing;
            the text names the value and never shows one.
    """
    language = _LANGUAGES[message.locale]
    values = _values(message.params, secrets, site)
    try:
        match message.channel:
            case Channel.SMS:
                return _outgoing(message, text=_sms_text(message.template, language, values))
            case Channel.EMAIL:
                return _email(message, language, values)
    except KeyError as missing:
        what = f"{message.template.value} by {message.channel.value}"
        raise ConfigurationError(f"no text for {what}, or it lacks {str(missing.args[0])!r}") from None


def _values(params: Mapping[str, str], secrets: Mapping[str, str], site: Site) -> dict[str, str]:
    values = {name: _clean(name, value) for name, value in params.items()}
    # After the params, so that none of them can stand in for a secret or for the site.
    values.update(secrets)
    values.update(
        site=site.name, origin=site.origin, support_email=site.support_email, domain=site.sms_domain
    )
    return values


def _clean(name: str, value: str) -> str:
    if name in _SEVERAL_LINES:
        return "\n".join(_printable(line) for line in value.strip().splitlines())
    # A first name "example.com" would become a link in the victim's mail program: "example. com" does not.
    return _DOT_INSIDE_WORD.sub(". ", _printable(value))


def _printable(line: str) -> str:
    """One line without control and direction characters, which could rearrange the lines around it."""
    return "".join(c if c.isprintable() else " " for c in " ".join(line.split()))


def _sms_text(template: Template, language: Language, values: Mapping[str, str]) -> str:
    text = language.sms[template].format_map(values)
    if template in _CODES:
        # Binds the code to the site: the browser offers it on no other (WICG, SMS one-time codes, section 3).
        text += "\n@{domain} #{code}".format_map(values)
    return text


def _email(message: Message, language: Language, values: Mapping[str, str]) -> Outgoing:
    email = language.emails[message.template]
    return _outgoing(
        message,
        subject=language.fill(email.subject, values),
        text=_text_part(email, language, values),
        html=html_part(email, language, message.locale.value, values),
    )


def _text_part(email: EmailText, language: Language, values: Mapping[str, str]) -> str:
    parts = [_text_block(block, language, values) for block in email.blocks]
    # "-- ", the mark before a signature: RFC 3676, section 4.3.
    return "\n\n".join([*parts, "-- \n" + language.fill(language.footer, values)]) + "\n"


def _text_block(block: Block, language: Language, values: Mapping[str, str]) -> str:
    match block:
        case Paragraph(text):
            return language.fill(text, values)
        case Highlight(label, value):
            return _labelled(label, values[value], language, values)
        case LinkButton(label):
            # Alone on its line: mail programs take what follows an address for a part of it.
            return f"{_labelled(label, '', language, values).strip()}\n{values['link']}"
        case Quote(value):
            return "\n".join("    " + line for line in values[value].split("\n"))


def _labelled(label: str, value: str, language: Language, values: Mapping[str, str]) -> str:
    return language.fill(language.label, {"label": language.fill(label, values), "value": value})


def _outgoing(message: Message, *, text: str, subject: str = "", html: str = "") -> Outgoing:
    return Outgoing(
        id=message.id,
        channel=message.channel,
        locale=message.locale,
        to=message.address,
        text=text,
        subject=subject,
        html=html,
    )
