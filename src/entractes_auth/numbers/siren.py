"""SIREN: the number of a company, public body or self-employed person, nine digits.

Eight digits of order and a Luhn key over all nine. Monaco's pseudo-numbers, which hold letters, are
not SIREN numbers: they are refused as letters, and the sentence says so.

Source: INSEE, définition "Numéro SIREN"; articles R123-220 and following of the code de commerce.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import _luhn
from entractes_auth.numbers._number import Number, Shape
from entractes_auth.numbers._text import digits

__all__ = ["Siren", "is_valid", "parse"]


class Siren(Number):
    """A valid SIREN number, nine digits."""

    __slots__ = ()

    shape = Shape("siren", "Numéro SIREN", "^[0-9]{9}$", ("267500452", "130025265"), (3, 3))

    def __new__(cls, text: object) -> Self:
        return super().__new__(cls, _normalised(text))

    @property
    def key(self) -> str:
        """The Luhn key: the last digit."""
        return self[-1]


def parse(text: str) -> Siren:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return Siren(text)


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`."""
    try:
        _normalised(text)
    except NumberRefused:
        return False
    return True


def _normalised(text: object) -> str:
    value = digits("siren", text, 9)
    if not _luhn.holds(value):
        raise NumberRefused("siren", "checksum", "key")
    return value
