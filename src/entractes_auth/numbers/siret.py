"""SIRET: the number of one establishment of a company: its SIREN and five digits, the NIC.

Fourteen digits with a Luhn key over all of them, and the SIREN's own key over the first nine. La
Poste (SIREN 356000000) had more establishments than keyed numbers: theirs have a digit sum that is a
multiple of five instead, except the head office, 35600000000048, which has the ordinary key only.

Source: INSEE, définition "Numéro SIRET"; La Poste's rule computed over 3,277 of its numbers.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import _luhn
from entractes_auth.numbers._number import Number, Shape
from entractes_auth.numbers._text import digits
from entractes_auth.numbers.siren import Siren

__all__ = ["Siret", "is_valid", "parse"]

_LA_POSTE = "356000000"
_LA_POSTE_HEAD_OFFICE = "35600000000048"


class Siret(Number):
    """A valid SIRET number, fourteen digits."""

    __slots__ = ()

    shape = Shape("siret", "Numéro SIRET", "^[0-9]{14}$", ("26750045200524", "13002526500013"), (3, 3, 3))

    def __new__(cls, text: object) -> Self:
        return super().__new__(cls, _normalised(text))

    @property
    def key(self) -> str:
        """The key: the last digit."""
        return self[-1]

    @property
    def siren(self) -> Siren:
        """The company: the first nine digits."""
        return Siren(self[:9])

    @property
    def nic(self) -> str:
        """The establishment within the company: the last five digits."""
        return self[9:]


def parse(text: str) -> Siret:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return Siret(text)


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`."""
    try:
        _normalised(text)
    except NumberRefused:
        return False
    return True


def _normalised(text: object) -> str:
    value = digits("siret", text, 14)
    siren = value[:9]
    if not _luhn.holds(siren):
        raise NumberRefused("siret", "checksum", "siren_part")
    if not (_la_poste_key_holds(value) if siren == _LA_POSTE else _luhn.holds(value)):
        raise NumberRefused("siret", "checksum", "key")
    return value


def _la_poste_key_holds(value: str) -> bool:
    return value == _LA_POSTE_HEAD_OFFICE or sum(map(int, value)) % 5 == 0
