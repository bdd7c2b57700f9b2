"""When a text is surely no number of its kind: the textbook's rules, written apart from the library's.

The strategies of almost valid numbers promise that each of their texts must be refused. Were that
promise filled by asking the library's own `parse`, a parser that accepts too much would simply not be
shown the texts that it wrongly accepts. So the rules stand here a second time, slowly and plainly.

In doubt a text is not surely wrong: no source says what a letter beyond I counts in a FINESS key, so
none is ever given as almost valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["LA_POSTE", "LA_POSTE_HEAD_OFFICE", "SEPARATORS", "luhn_sum", "surely_wrong", "with_key"]

SEPARATORS: Final = (
    *" .-\t",
    *"\u00a0\u202f\u2009",  # no-break, narrow no-break and thin spaces, as typeset pages have them
    *"\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u200a\u205f\u3000",  # of other widths
    *"\u200b\u2060\ufeff",  # of no width
    *"\u00ad\u2010\u2011\u2012\u2013\u2014\u2212",  # soft and true hyphens, dashes, the minus sign
)
"""What people, spreadsheets and PDF files put between the characters."""

LA_POSTE: Final = "356000000"
LA_POSTE_HEAD_OFFICE: Final = "35600000000048"

_LONGEST: Final = 64
_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **{letter: 1 + rank % 9 for rank, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
}


def luhn_sum(text: str) -> int:
    """The Luhn sum, which is a multiple of ten where the key holds; A counts 1, B counts 2."""
    total = 0
    for place, symbol in enumerate(reversed(text)):
        value = _VALUES[symbol] * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total


def with_key(body: str) -> str:
    """`body`, ASCII digits and capitals, and the one digit that makes its Luhn sum a multiple of ten."""
    return f"{body}{-luhn_sum(f'{body}0') % 10}"


def surely_wrong(kind: str, text: str) -> bool:
    """Whether no rule accepts `text` as a number of that kind ("rpps", ..., "professional", "structure")."""
    bare = "".join(symbol for symbol in text if symbol not in SEPARATORS)
    # `isascii` before `upper`: the capital of "ı" is an ordinary I.
    return len(text) > _LONGEST or not bare.isascii() or not _RULES[kind](bare.upper())


def _shape(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    # `fullmatch`: "$" alone lets a line end pass.
    return lambda text: compiled.fullmatch(text) is not None and text.strip("0") != ""


def _keyed(pattern: str) -> Callable[[str], bool]:
    fits = _shape(pattern)
    return lambda text: fits(text) and luhn_sum(text) % 10 == 0


_is_rpps = _keyed("[0-9]{11}")
_is_adeli = _keyed("[0-9][0-9A-F][0-9]{7}")
_is_siren = _keyed("[0-9]{9}")
_is_finess_by_its_key = _keyed("[0-9][0-9A-I][0-9]{7}")
_has_letter_of_unknown_value = _shape("[0-9][J-Z][0-9]{7}")
_has_shape_of_siret = _shape("[0-9]{14}")
_has_shape_of_cabinet = _shape("[0-9][0-9A-Z][0-9]{7,12}")


def _is_finess(text: str) -> bool:
    return _is_finess_by_its_key(text) or _has_letter_of_unknown_value(text)


def _is_siret(text: str) -> bool:
    if not (_has_shape_of_siret(text) and _is_siren(text[:9])):
        return False
    if text[:9] == LA_POSTE and text != LA_POSTE_HEAD_OFFICE:
        return sum(map(int, text)) % 5 == 0
    return luhn_sum(text) % 10 == 0


def _is_cabinet_rpps(text: str) -> bool:
    return _has_shape_of_siret(text) and _is_rpps(text[:11]) and luhn_sum(text) % 10 == 0


def _prefixed(rules: Mapping[str, Callable[[str], bool]]) -> Callable[[str], bool]:
    return lambda text: text[:1] in rules and rules[text[:1]](text[1:])


_is_idnat_ps = _prefixed({"8": _is_rpps, "0": _is_adeli})
_is_idnat_struct = _prefixed(
    {"0": _has_shape_of_cabinet, "1": _is_finess, "2": _is_siren, "3": _is_siret, "4": _is_cabinet_rpps}
)


def _is_structure(text: str) -> bool:
    # FINESS and SIREN share nine characters and the key: which one nine characters are is not judged here.
    return _is_finess(text) or _is_siret(text) or (text[:1] in "123" and _is_idnat_struct(text))


_RULES: Final[Mapping[str, Callable[[str], bool]]] = {
    "rpps": _is_rpps,
    "adeli": _is_adeli,
    "finess": _is_finess,
    "siren": _is_siren,
    "siret": _is_siret,
    "idnat_ps": _is_idnat_ps,
    "idnat_struct": _is_idnat_struct,
    "professional": lambda text: _is_rpps(text) or _is_adeli(text) or _is_idnat_ps(text),
    "structure": _is_structure,
}
