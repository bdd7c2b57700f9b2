"""What people type, turned once into ASCII digits and capitals, or refused with its precise cause.

Accepted between the characters, because cards, letters and PDF files print them: spaces of every
width, dots, and hyphens. Nothing else is dropped: a character that is silently ignored would let
two different texts mean one number, in a log, a search or a limit.

The length is looked at first, so that 10 MB of text cost as much as 65 characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from entractes_auth.errors import NumberRefused

__all__ = ["LONGEST", "after_prefix", "clean", "digits", "lettered"]

_T = TypeVar("_T")

LONGEST = 64
"""Characters of raw text, separators included; the longest number has 15."""

_SEPARATORS = (
    " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"  # spaces
    "."
    "-\u00ad\u2010\u2011\u2012\u2013"  # hyphens, as PDF files have them: soft, true, non-breaking, dashes
)
_DROPPED = dict.fromkeys(map(ord, _SEPARATORS))


def clean(kind: str, text: object) -> str:
    """`text` without separators, in capitals: one or more ASCII letters and digits.

    Raises `NumberRefused` (`format` or `length`), and nothing else, whatever it is given.
    """
    if not isinstance(text, str):
        raise NumberRefused(kind, "format", "not_text")
    if len(text) > LONGEST:
        raise NumberRefused(kind, "length", "too_long")
    # `isascii` first: `isalnum` and `isdigit` alone accept the digits of every script.
    if not (text.isascii() and text.isalnum()):
        text = text.translate(_DROPPED)
        if not text:
            raise NumberRefused(kind, "length", "empty")
        if not (text.isascii() and text.isalnum()):
            raise _foreign_character(kind, text)
    return text.upper()


def digits(kind: str, text: object, length: int) -> str:
    """`text` as exactly `length` digits, not all zero; raises `NumberRefused`."""
    # What files and databases hold: nothing to clean, nothing to refuse. All else takes the long way.
    if type(text) is str and len(text) == length and text.isascii() and text.isdigit() and text.strip("0"):
        return text
    cleaned = clean(kind, text)
    if not cleaned.isdigit():  # ASCII by now
        raise _letter(kind, cleaned, first=1)
    return _full_and_not_zero(kind, cleaned, length)


def lettered(kind: str, text: object, length: int) -> str:
    """`text` as exactly `length` digits, of which the second may be a letter; raises `NumberRefused`."""
    cleaned = clean(kind, text)
    if not cleaned[0].isdigit():
        raise _letter(kind, cleaned, first=1)
    if len(cleaned) > 2 and not cleaned[2:].isdigit():
        raise _letter(kind, cleaned, first=3)
    return _full_and_not_zero(kind, cleaned, length)


def after_prefix(read: Callable[[str], _T], value: str) -> _T:
    """What `read` makes of the text behind the type digit; a refusal's position counts that digit."""
    try:
        return read(value[1:])
    except NumberRefused as refused:
        if refused.position is None:
            raise
        at = refused.position + 1
        raise NumberRefused(refused.kind, refused.code, refused.detail, position=at) from None


def _full_and_not_zero(kind: str, cleaned: str, length: int) -> str:
    if len(cleaned) != length:
        raise NumberRefused(kind, "length", "too_short" if len(cleaned) < length else "too_long")
    if not cleaned.strip("0"):
        # Zeros satisfy every key here, and people type them to get past a required field.
        raise NumberRefused(kind, "component", "all_zeros")
    return cleaned


def _letter(kind: str, cleaned: str, *, first: int) -> NumberRefused:
    """The refusal of the first letter at or after character `first`, counted from 1."""
    position = next(at for at, symbol in enumerate(cleaned, 1) if at >= first and symbol.isalpha())
    return NumberRefused(kind, "format", "letter", position=position)


def _foreign_character(kind: str, text: str) -> NumberRefused:
    """The refusal of the first character that is no ASCII letter or digit."""
    position, symbol = next(
        (at, symbol) for at, symbol in enumerate(text, 1) if not (symbol.isascii() and symbol.isalnum())
    )
    return NumberRefused(kind, "format", _what_is(symbol), position=position)


def _what_is(symbol: str) -> str:
    category = unicodedata.category(symbol)
    if category in ("Cc", "Zl", "Zp"):  # tabs, line ends, NUL: they forge log lines and split records
        return "control"
    if category == "Cf":
        return "invisible"
    if category.startswith("N"):
        return "other_script_digit"
    if category.startswith("L"):
        return "letter"
    return "character"
