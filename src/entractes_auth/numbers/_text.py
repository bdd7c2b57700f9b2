"""What people type, turned once into ASCII digits and capitals, or refused with its precise cause.

Accepted between the characters, because cards, letters, spreadsheets and PDF files put them there:
spaces of every width, none included, tabs, full stops, and hyphens. Nothing else is dropped: a
character that is silently ignored would let two different texts mean one number, in a log, a search
or a limit. In particular no line ends and no NUL, which forge and cut records; no digits of other
scripts; and none of the invisible marks that turn the direction of writing, which would show the
person a number other than the one that is read.

From here on a number is `bytes`, whose methods know ASCII only: `str.isdigit` is true of the digits
of every script, and `str.upper` makes two letters of one 'ß'.

The length is looked at first, so that 10 MB of text cost as much as 65 characters.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable
from typing import TypeVar, cast

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers._fault import Fault

__all__ = [
    "LONGEST",
    "SEPARATORS",
    "after_prefix",
    "clean",
    "digits",
    "lettered",
    "read",
    "read_digits",
    "read_lettered",
]

_T = TypeVar("_T")

LONGEST = 64
"""Characters of raw text, separators included; the longest number has 15."""

_ASCII_SEPARATORS = b" \t.-"
SEPARATORS = (
    _ASCII_SEPARATORS.decode()
    # Unicode's category Zs, the spaces that have a width.
    + "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    # The spaces that have none: zero width space, word joiner, byte order mark.
    + "\u200b\u2060\ufeff"
    # Hyphens as PDF files have them: soft, true, non-breaking, figure, en and em dash, minus.
    + "\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
)
"""What people, spreadsheets and PDF files put between the characters: dropped wherever it stands."""

# The characters that stay are listed too: `translate` is slow on what its table does not have.
_WITHOUT_SEPARATORS: dict[int, str | None] = {
    **{code: chr(code) for code in range(128)},
    **dict.fromkeys(map(ord, SEPARATORS)),
}

_DIGITS = string.digits.encode()
_LETTERS_AND_DIGITS = string.ascii_letters + string.digits

_NOT_TEXT = Fault("format", "not_text")
_EMPTY = Fault("length", "empty")
_TOO_SHORT = Fault("length", "too_short")
_TOO_LONG = Fault("length", "too_long")
_ALL_ZEROS = Fault("component", "all_zeros")


def read(text: object) -> bytes | Fault:
    """`text` without separators: one or more ASCII letters, as they were typed, and digits.

    Raises nothing, whatever it is given.
    """
    plain = text if type(text) is str else _plain(text)
    if plain is None:
        return _NOT_TEXT
    if len(plain) > LONGEST:
        return _TOO_LONG
    if not plain.isascii():
        plain = plain.translate(_WITHOUT_SEPARATORS)
        if not plain.isascii():
            return _foreign_character(plain)
    symbols = plain.encode()
    if not symbols.isalnum():
        symbols = symbols.translate(None, _ASCII_SEPARATORS)
        if not symbols.isalnum():
            return _foreign_character(symbols.decode()) if symbols else _EMPTY
    return symbols


def read_digits(text: object, length: int) -> bytes | Fault:
    """`text` as exactly `length` digits, not all zero."""
    # What files and databases hold: nothing to drop, nothing to refuse. All else takes the long way.
    if type(text) is str and len(text) == length and text.isascii():
        plain = text.encode()
        if plain.isdigit() and plain.strip(b"0"):
            return plain
    symbols = read(text)
    if isinstance(symbols, Fault):
        return symbols
    if not symbols.isdigit():
        return _letter(symbols, first=1)
    return symbols if len(symbols) == length and symbols.strip(b"0") else _wrong_size(symbols, length)


def read_lettered(text: object, length: int) -> bytes | Fault:
    """`text` as exactly `length` digits, of which the second may be a letter, not all zero."""
    symbols = read(text)
    if isinstance(symbols, Fault):
        return symbols
    if not symbols.isdigit():
        if not symbols[:1].isdigit():
            return _letter(symbols, first=1)
        if len(symbols) > 2 and not symbols[2:].isdigit():
            return _letter(symbols, first=3)
        symbols = symbols.upper()
    return symbols if len(symbols) == length and symbols.strip(b"0") else _wrong_size(symbols, length)


def clean(kind: str, text: object) -> str:
    """As `read`, in capitals, but raises `NumberRefused` (`format` or `length`), and nothing else."""
    return _or_refusal(kind, read(text)).upper()


def digits(kind: str, text: object, length: int) -> str:
    """As `read_digits`, but raises `NumberRefused`."""
    return _or_refusal(kind, read_digits(text, length))


def lettered(kind: str, text: object, length: int) -> str:
    """As `read_lettered`, but raises `NumberRefused`."""
    return _or_refusal(kind, read_lettered(text, length))


def after_prefix(read: Callable[[str], _T], value: str) -> _T:
    """What `read` makes of the text behind the type digit; a refusal's position counts that digit."""
    try:
        return read(value[1:])
    except NumberRefused as refused:
        if refused.position is None:
            raise
        at = refused.position + 1
        raise NumberRefused(refused.kind, refused.code, refused.detail, position=at) from None


def _or_refusal(kind: str, symbols: bytes | Fault) -> str:
    if isinstance(symbols, Fault):
        raise symbols.refusal(kind)
    return symbols.decode()


def _plain(value: object) -> str | None:
    """What `value` holds as a `str`, in no more characters than tell that it is too long; None for no text."""
    # Not `isinstance`, which asks the value what its class is, and believes it.
    if not issubclass(type(value), str):
        return None
    # A subclass may answer anything: its characters are asked of `str` itself.
    return str.__getitem__(cast("str", value), slice(LONGEST + 1))


def _wrong_size(symbols: bytes, length: int) -> Fault:
    if len(symbols) == length:
        # Zeros satisfy every key here, and people type them to get past a required field.
        return _ALL_ZEROS
    return _TOO_SHORT if len(symbols) < length else _TOO_LONG


def _letter(symbols: bytes, *, first: int) -> Fault:
    """The fault of the first letter at or after character `first`, counted from 1."""
    tail = symbols[first - 1 :]
    return Fault("format", "letter", first + len(tail) - len(tail.lstrip(_DIGITS)))


def _foreign_character(text: str) -> Fault:
    """The fault of the first character that is no ASCII letter or digit."""
    rest = text.lstrip(_LETTERS_AND_DIGITS)
    return Fault("format", _what_is(rest[0]), 1 + len(text) - len(rest))


def _what_is(symbol: str) -> str:
    category = unicodedata.category(symbol)
    if category in ("Cc", "Zl", "Zp"):  # line ends, NUL: they forge log lines and split records
        return "control"
    if category == "Cf":
        return "invisible"
    if category.startswith("N"):
        return "other_script_digit"
    if category.startswith("L"):
        # Not "letter": in second place of an ADELI or FINESS number an ASCII one would be right.
        return "foreign_letter"
    return "character"
