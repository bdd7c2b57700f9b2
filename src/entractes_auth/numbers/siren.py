"""SIREN: the number of a company, public body or self-employed person, nine digits.

Eight digits of order and a Luhn key over all nine. Monaco's pseudo-numbers, which hold letters, are
not SIREN numbers: they are refused as letters, and the sentence says so.

Source: INSEE, définition "Numéro SIREN"; articles R123-220 and following of the code de commerce.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.numbers import _luhn
from entractes_auth.numbers._fault import WRONG_KEY, Fault
from entractes_auth.numbers._number import Number, Shape, accepted
from entractes_auth.numbers._text import read_digits

__all__ = ["Siren", "is_valid", "parse"]


class Siren(Number):
    """A valid SIREN number, nine digits."""

    __slots__ = ()

    shape = Shape("siren", "Numéro SIREN", "^[0-9]{9}$", ("267500452", "130025265"), (3, 3))

    def __new__(cls, text: object) -> Self:
        return accepted(cls, _judge(text))

    @property
    def key(self) -> str:
        """The Luhn key: the last digit."""
        return self[-1]


def parse(text: str) -> Siren:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return accepted(Siren, _judge(text))


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`; False, never an error, for what is no text."""
    return type(_judge(text)) is bytes


def _judge(text: object) -> bytes | Fault:
    symbols = read_digits(text, 9)
    if isinstance(symbols, Fault) or _luhn.key_holds(symbols):
        return symbols
    return WRONG_KEY
