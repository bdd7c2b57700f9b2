"""The rules of the numbers once more, written naively, one character at a time: what the readers must say.

Nothing is shared with the package, neither code nor tables; see the modules of the kinds for sources.
"""

from __future__ import annotations

import unicodedata

__all__ = [
    "PLACES",
    "SECOND_LETTERS",
    "bare",
    "key_for",
    "number",
    "professional",
    "structure",
    "structure_or_practice",
]

PLACES = {"rpps": 11, "adeli": 9, "finess": 9, "siren": 9, "siret": 14}
SECOND_LETTERS = {"adeli": "ABCDEF", "finess": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DROPPED = "\t.-\u200b\u2060\ufeff\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"


def bare(text: str) -> str | None:
    """The text's ASCII letters, as capitals, and digits; None if it holds more than those and separators."""
    if len(text) > 64:
        return None
    kept = ""
    for symbol in text:
        if symbol in _DROPPED or unicodedata.category(symbol) == "Zs":
            continue
        if symbol in _LETTERS.lower():
            symbol = _LETTERS[_LETTERS.lower().index(symbol)]
        if symbol not in _DIGITS and symbol not in _LETTERS:
            return None
        kept += symbol
    return kept


def number(kind: str, text: str) -> str | None:
    """The number of that kind that the text is, or None."""
    symbols = bare(text)
    if symbols is None or len(symbols) != PLACES[kind] or symbols == "0" * PLACES[kind]:
        return None
    for place, symbol in enumerate(symbols):
        if symbol not in _DIGITS and not (place == 1 and symbol in SECOND_LETTERS.get(kind, "")):
            return None
    return symbols if _has_its_key(kind, symbols) else None


def professional(text: str) -> tuple[str, str] | None:
    """The kind and the number that the professional's field must find."""
    symbols = bare(text) or ""
    for kind, prefix in (("adeli", ""), ("adeli", "0"), ("rpps", ""), ("rpps", "8")):
        if len(symbols) == PLACES[kind] + len(prefix) and symbols.startswith(prefix):
            found = number(kind, symbols[len(prefix) :])
            return None if found is None else (kind, found)
    return None


def structure(text: str) -> tuple[str, str] | None:
    """The kind and the number that the structure's field must find."""
    symbols = bare(text) or ""
    nine = "siren" if symbols[:2] in ("00", "96", "99") else "finess"
    for kind, prefix in ((nine, ""), ("finess", "1"), ("siren", "2"), ("siret", ""), ("siret", "3")):
        if len(symbols) == PLACES[kind] + len(prefix) and symbols.startswith(prefix):
            found = number(kind, symbols[len(prefix) :])
            return None if found is None else (kind, found)
    return None


def structure_or_practice(text: str) -> tuple[str, str] | None:
    """The same, and the identifier of a professional's own practice, where the professional's number is valid."""
    symbols = bare(text) or ""
    rank = symbols[12:] if symbols.startswith("4") else symbols[10:]
    if any(symbol not in _DIGITS for symbol in rank):
        return structure(text)
    by_rpps = len(symbols) == 15 and symbols[0] == "4" and number("rpps", symbols[1:12]) is not None
    by_adeli = len(symbols) == 12 and symbols[0] == "0" and number("adeli", symbols[1:10]) is not None
    if by_adeli or (by_rpps and _luhn(symbols[1:]) % 10 == 0):
        return "practice", symbols
    return structure(text)


def key_for(body: str) -> str:
    """The digit that makes `body` and itself a multiple of ten."""
    for key in _DIGITS:
        if _luhn(body + key) % 10 == 0:
            return key
    raise AssertionError("ten digits give ten remainders")


def _has_its_key(kind: str, symbols: str) -> bool:
    if kind != "siret":
        return _luhn(symbols) % 10 == 0
    company = symbols[:9]
    if company == "000000000" or _luhn(company) % 10 != 0:
        return False
    if company != "356000000" or symbols == "35600000000048":  # La Poste, and its head office
        return _luhn(symbols) % 10 == 0
    return sum(int(symbol) for symbol in symbols) % 5 == 0


def _luhn(symbols: str) -> int:
    total = 0
    double = False
    for symbol in reversed(symbols):
        value = int(symbol) if symbol in _DIGITS else 1 + _LETTERS.index(symbol) % 9
        if double:
            value = sum(int(digit) for digit in str(2 * value))
        total += value
        double = not double
    return total
