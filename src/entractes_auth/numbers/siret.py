"""SIRET: the number of one establishment of a company: its SIREN and five digits, the NIC.

Fourteen digits with a Luhn key over all of them, and the SIREN's own key over the first nine. La
Poste (SIREN 356000000) had more establishments than keyed numbers: theirs have a digit sum that is a
multiple of five instead, except the head office, 35600000000048, which has the ordinary key only.
Accepted: that rule misses every swap within the NIC, a digit of the NIC that is wrong by five, and some
wrong digits that turn the head office into an establishment or the reverse.

The SIREN 000000000 has a key that holds, and is no company: a SIRET that begins so is refused.

Source: INSEE, définition "Numéro SIRET"; La Poste's rule computed over 3,277 of its numbers.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.numbers import _luhn
from entractes_auth.numbers._fault import WRONG_KEY, Fault
from entractes_auth.numbers._number import Number, Shape, accepted
from entractes_auth.numbers._text import read_digits
from entractes_auth.numbers.siren import Siren

__all__ = ["Siret", "is_valid", "parse"]

_LA_POSTE = b"356000000"
_LA_POSTE_HEAD_OFFICE = b"35600000000048"
_NO_COMPANY = b"000000000"
_NIC_BITS = 5 * 8  # packed: what is left without them is the SIREN

_WRONG_SIREN = Fault("checksum", "siren_part")
_SIREN_OF_ZEROS = Fault("component", "siren_part")


class Siret(Number):
    """A valid SIRET number, fourteen digits."""

    __slots__ = ()

    shape = Shape("siret", "Numéro SIRET", "^[0-9]{14}$", ("26750045200524", "13002526500013"), (3, 3, 3))

    def __new__(cls, text: object) -> Self:
        return accepted(cls, _judge(text))

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
    return accepted(Siret, _judge(text))


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`; False, never an error, for what is no text."""
    return type(_judge(text)) is bytes


def _judge(text: object) -> bytes | Fault:
    symbols = read_digits(text, 14)
    if isinstance(symbols, Fault):
        return symbols
    siren = symbols[:9]
    if siren == _NO_COMPANY:
        return _SIREN_OF_ZEROS
    packed = _luhn.pack(symbols)
    if not _luhn.packed_key_holds(packed >> _NIC_BITS):
        return _WRONG_SIREN
    if siren == _LA_POSTE and symbols != _LA_POSTE_HEAD_OFFICE:
        return symbols if _luhn.digit_sum(packed) % 5 == 0 else WRONG_KEY
    return symbols if _luhn.packed_key_holds(packed) else WRONG_KEY
