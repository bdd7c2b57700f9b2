"""A messenger for tests: keeps every message, and reads codes, links and credentials out of them."""

from __future__ import annotations

import re
from typing import Final

from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.contacts import FRENCH_REGIONS, parse_mobile
from entractes_auth.errors import InvalidInput

__all__ = ["RecordingMessenger"]

# How `entractes_auth.texts` writes each of them, in both languages and on both channels.
_CODE: Final = re.compile(r"(?:^@\S+ #|\bcode\b[^0-9\n]{0,30}: )([0-9]{4,9})$", re.MULTILINE)
_LINK: Final = re.compile(r"^(https?://\S+)$", re.MULTILINE)
_PASSWORD: Final = re.compile(r"(?:mot de passe|password)(?:[ \u00a0]?: | est | is )([0-9]{6,30})\b")
_IDENTIFIER: Final = re.compile(r"(?:identifiant|identifier)(?:[ \u00a0]?: | est | is )([0-9]{5,12})\b")


class RecordingMessenger(Mailbox):
    """A `Mailbox` that a test asks for what a person would copy from the newest message that has it.

    An address is an e-mail as it was sent to, or a mobile as people type it: "06 12 34 56 78" finds what went
    to +33612345678. Each method raises `LookupError` when no message to this address has one.
    """

    def last_code_to(self, address: str) -> str:
        """The digits of the newest one-time code, from an SMS or an e-mail."""
        return self._newest(_CODE, address, "code")

    def last_link_to(self, address: str) -> str:
        """The newest link, as a URL."""
        return self._newest(_LINK, address, "link")

    def last_password_to(self, address: str) -> str:
        """The digits of the newest issued password."""
        return self._newest(_PASSWORD, address, "password")

    def last_identifier_to(self, address: str) -> str:
        """The digits of the newest identifier."""
        return self._newest(_IDENTIFIER, address, "identifier")

    def _newest(self, pattern: re.Pattern[str], address: str, what: str) -> str:
        for outgoing in reversed(self.to(address) or self.to(_as_sent(address))):
            found = pattern.search(outgoing.text)
            if found is not None:
                return found[1]
        raise LookupError(f"no message with a {what} was sent to this address")


def _as_sent(typed: str) -> str:
    """The E.164 number that the flows made of a mobile typed so; any other text stays as it is."""
    try:
        return parse_mobile(typed, regions=FRENCH_REGIONS)
    except InvalidInput:
        return typed
