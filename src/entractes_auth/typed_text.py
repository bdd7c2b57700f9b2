"""Names, addresses and postcodes as people type them: one clean line, or the precise refusal.

The length is looked at before anything else runs, so that 10 MB of text cost as much as one
character too many. What is kept is what was typed, in NFC, with ordinary single spaces: names are
compared by a key made elsewhere, and shown as their owner writes them.

Letters of every script are letters. What is refused is what cannot be read back to somebody: control
characters (they forge log lines and mail headers), direction overrides and zero-width characters
(they make two texts look alike), letters without a glyph, piles of combining marks, and emoji.
Accepted: the limit on marks refuses some names in Tibetan script.

Each function raises `InvalidInput` with one problem. Its `position`, where it has one, counts
characters from 1, not counting the spaces in front.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from entractes_auth.errors import InvalidInput, Problem

__all__ = [
    "ADDRESS_MARKS",
    "NAME_MARKS",
    "ORGANISATION_MARKS",
    "is_blank",
    "line",
    "paragraph",
    "postcode",
    "short_text",
]

NAME_MARKS: Final = "-'’‘."
ADDRESS_MARKS: Final = NAME_MARKS + "0123456789,/()°"
# No "=", "+" or "@": they begin a formula once an operator opens an export in a spreadsheet.
ORGANISATION_MARKS: Final = ADDRESS_MARKS + "&"

_SPACES = " \u00a0\u202f"
_SPACES_MOST = 40  # more of them is not an empty field, it is a text to be measured
_AS_TYPED_BY_HAND = {0xA0: " ", 0x202F: " ", 0x2010: "-", 0x2011: "-"}  # word processors put these in names
_MARKS_ON_A_LETTER = 2  # Vietnamese has two; a pile of fifty hides the lines around it

# Letters and marks that print nothing (Unicode's Default_Ignorable_Code_Point): a name that looks
# empty, or two different names that look the same.
_WITHOUT_GLYPH: Final = frozenset(
    map(
        chr,
        [
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ],
    )
)


def is_blank(value: object) -> bool:
    """Whether an optional field was left empty: None, or nothing but a few spaces."""
    if isinstance(value, str):
        return len(value) <= _SPACES_MOST and not value.strip(_SPACES)
    return value is None


def short_text(text: object, field: str, *, maximum: int) -> str:
    """`text` without the spaces around it, if it is a text of 1 to `maximum` characters.

    Codes: missing, not_text, too_long (maximum).
    """
    if is_blank(text):
        raise InvalidInput(Problem(field, "missing"))
    if not isinstance(text, str):
        raise InvalidInput(Problem(field, "not_text"))
    if len(text) > maximum:
        raise InvalidInput(Problem(field, "too_long", {"maximum": maximum}))
    trimmed = text.strip(_SPACES)
    if not trimmed:
        raise InvalidInput(Problem(field, "missing"))
    return trimmed


def line(text: object, field: str, *, maximum: int, marks: str = NAME_MARKS) -> str:
    """One line of letters, single spaces and `marks`, of 1 to `maximum` characters, at least one a letter.

    Codes: missing, not_text, too_long (maximum), bad_character (position), no_letter.
    """
    # Twice the maximum before NFC, which joins each letter typed with a separate accent.
    typed = short_text(text, field, maximum=2 * maximum)
    composed = unicodedata.normalize("NFC", typed).translate(_AS_TYPED_BY_HAND)
    position = _first_bad(composed, marks)
    if position is not None:
        raise InvalidInput(Problem(field, "bad_character", {"position": position}))
    cleaned = " ".join(composed.split())  # the only space left by now is U+0020
    if len(cleaned) > maximum:
        raise InvalidInput(Problem(field, "too_long", {"maximum": maximum}))
    if not any(symbol.isalpha() for symbol in cleaned):
        raise InvalidInput(Problem(field, "no_letter"))
    return cleaned


def paragraph(text: object, field: str, *, maximum: int) -> str:
    """Lines of text that a person wrote for a person, of 1 to `maximum` characters; line ends become "\\n".

    Codes: missing, not_text, too_long (maximum), bad_character (position).
    """
    typed = short_text(text, field, maximum=maximum).replace("\r\n", "\n").replace("\r", "\n")
    for position, symbol in enumerate(typed, 1):
        # Control, direction-override and unassigned characters: they forge lines and hide text.
        if symbol != "\n" and unicodedata.category(symbol) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}:
            raise InvalidInput(Problem(field, "bad_character", {"position": position}))
    return unicodedata.normalize("NFC", typed)


def postcode(text: object, field: str) -> str:
    """A French or Monegasque postcode: five ASCII digits, spaces dropped.

    Corsica is 20xxx, overseas 97xxx and 98xxx, Monaco 98000, the army 00xxx: only 00000 is nobody's.
    Codes: missing, not_text, too_long (maximum), not_a_postcode.
    """
    digits = short_text(text, field, maximum=20).translate(_AS_TYPED_BY_HAND).replace(" ", "")
    # `isascii` first: `isdigit` alone accepts the digits of every script.
    if not (digits.isascii() and digits.isdigit() and len(digits) == 5 and digits != "00000"):
        raise InvalidInput(Problem(field, "not_a_postcode"))
    return digits


def _first_bad(text: str, marks: str) -> int | None:
    """The place, from 1, of the first character that may not stand where it does."""
    room = 0  # for combining marks on the letter before
    for position, symbol in enumerate(text, 1):
        category = unicodedata.category(symbol)
        if symbol in _WITHOUT_GLYPH:
            return position
        if category.startswith("L"):
            room = _MARKS_ON_A_LETTER
        elif category in ("Mn", "Mc") and room > 0:
            room -= 1
        elif symbol == " " or symbol in marks:
            room = 0
        else:
            return position
    return None
