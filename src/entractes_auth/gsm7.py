"""How long an SMS is, in the units that are billed: septets of the GSM 7-bit alphabet.

Source: 3GPP TS 23.038, sections 6.2.1 and 6.2.1.1. A text with one character outside the alphabet
(ê, ç, œ, a typographic apostrophe) is sent as UCS-2, where one segment holds 70 characters only.
"""

from __future__ import annotations

from typing import Final

__all__ = ["SEGMENT_SEPTETS", "septets"]

SEGMENT_SEPTETS: Final = 160
"""What one SMS holds (3GPP TS 23.040, section 9.2.3.24): 140 bytes."""

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # an escape comes before each: two septets


def septets(text: str) -> int | None:
    """The length of `text` in septets; None when it holds a character outside the alphabet."""
    if not _BASIC.union(_EXTENDED).issuperset(text):
        return None
    return len(text) + sum(character in _EXTENDED for character in text)
