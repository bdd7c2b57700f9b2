"""The recording messenger reads out of each rendered message what a person would copy from it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from entractes_auth.records.kinds import Channel, Locale
from entractes_auth.records.message import Message, Template
from entractes_auth.site import Site
from entractes_auth.testing import RecordingMessenger
from entractes_auth.texts import render

_SITE = Site(name="Code 2468 password", origin="http://localhost:5000", support_email="support@example.fr")
_TO = "somebody"
_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_LINK = "http://localhost:5000/confirmation/k1.abc-_123"
_PARAMS = {
    "first_name": "Chloé",
    "last_name": "DURAND",
    "masked_mobile": "06 •• •• •• 78",
    "identifier": "54321",
    "question": "Quel est le code 9999 ?",
}


def sent(template: Template, channel: Channel, locale: Locale, **secrets: str) -> RecordingMessenger:
    """A messenger that was given this message, between messages that have nothing to copy."""
    messenger = RecordingMessenger()
    for one in (template, Template.RECOVERY_NO_ACCOUNT):
        message = Message(
            id="1",
            template=one,
            channel=channel if one is template else Channel.EMAIL,
            address=_TO,
            locale=locale,
            created_at=_NOW,
            deadline=_NOW,
            params=_PARAMS,
        )
        messenger.send(render(message, site=_SITE, secrets=secrets))
    return messenger


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("code", ["0123", "012345678"])
@pytest.mark.parametrize(
    ("template", "channel"),
    [
        (Template.CONFIRM_CODE, Channel.SMS),
        (Template.LOGIN_CODE, Channel.SMS),
        (Template.LOGIN_CODE, Channel.EMAIL),
        (Template.RECOVERY_CODE, Channel.SMS),
    ],
)
def test_the_code_is_found_in_every_message_that_has_one(
    template: Template, channel: Channel, locale: Locale, code: str
) -> None:
    assert sent(template, channel, locale, code=code).last_code_to(_TO) == code


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize(
    "template", [Template.CONFIRM_LINK, Template.INFORMATION_WANTED, Template.RECOVERY_LINK]
)
def test_the_link_is_found_in_every_message_that_has_one(template: Template, locale: Locale) -> None:
    messenger = sent(template, Channel.EMAIL, locale, link=_LINK)
    assert messenger.last_link_to(_TO) == _LINK
    with pytest.raises(LookupError):
        messenger.last_code_to(_TO)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("channel", Channel)
def test_the_password_is_found_on_both_channels(channel: Channel, locale: Locale) -> None:
    messenger = sent(Template.PASSWORD_ISSUED, channel, locale, password="012345")
    assert messenger.last_password_to(_TO) == "012345"
    with pytest.raises(LookupError):
        messenger.last_identifier_to(_TO)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize(
    ("template", "channel"),
    [
        (Template.IDENTIFIER_ISSUED, Channel.SMS),
        (Template.IDENTIFIER_ISSUED, Channel.EMAIL),
        (Template.PASSWORD_CHANGED, Channel.EMAIL),
    ],
)
def test_the_identifier_is_found_in_every_message_that_has_one(
    template: Template, channel: Channel, locale: Locale
) -> None:
    messenger = sent(template, channel, locale)
    assert messenger.last_identifier_to(_TO) == "54321"
    with pytest.raises(LookupError):
        messenger.last_password_to(_TO)


def test_the_newest_is_told_and_only_of_this_address() -> None:
    messenger = sent(Template.LOGIN_CODE, Channel.SMS, Locale.FR, code="1111")
    for outgoing in sent(Template.LOGIN_CODE, Channel.SMS, Locale.FR, code="2222").messages:
        messenger.send(outgoing)
    assert messenger.last_code_to(_TO) == "2222"
    with pytest.raises(LookupError):
        messenger.last_code_to("somebody else")


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "+33 6 12 34 56 78"])
def test_a_mobile_may_be_named_as_people_type_it(typed: str) -> None:
    given = sent(Template.LOGIN_CODE, Channel.SMS, Locale.FR, code="1111")
    messenger = RecordingMessenger()
    for outgoing in given.messages:
        messenger.send(dataclasses.replace(outgoing, to="+33612345678"))
    assert messenger.last_code_to(typed) == "1111"
    with pytest.raises(LookupError):
        messenger.last_code_to("06 12 34 56 79")
