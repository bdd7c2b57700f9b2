"""FINESS: the number of a health or social establishment, or of the legal entity that runs it.

Nine characters: department (2, or 4 overseas), order, and a Luhn key over all nine. It is a text,
not a quantity: 010000024 begins with a zero and 2A0000014 holds a letter. A legal entity (EJ) and a
geographical one (ET) have the same form and the same key, and cannot be told apart by it.

The official schema allows any letter in second place, the real data only A and B (Corsica), and the
agency's tests 0B. Any letter is accepted if the key holds; `findings` grades what no table has.

Source: DREES, survey "Statistique annuelle des établissements" 2022 and 2023: the key holds for
6,147 of 6,147 numbers of digits and for 65 of 65 Corsican ones.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.numbers import _departments, _luhn
from entractes_auth.numbers._fault import WRONG_KEY, Fault
from entractes_auth.numbers._number import Number, Shape, accepted
from entractes_auth.numbers._text import read_lettered

__all__ = ["Finess", "is_valid", "parse"]


class Finess(Number):
    """A valid FINESS number, nine characters."""

    __slots__ = ()

    # Department, three, three, key: how the orders of the regional health agencies print it.
    shape = Shape("finess", "Numéro FINESS", "^[0-9][0-9A-Z][0-9]{7}$", ("750100125", "2A0000014"), (2, 3, 3))

    def __new__(cls, text: object) -> Self:
        return accepted(cls, _judge(text))

    @property
    def key(self) -> str:
        """The Luhn key: the last digit."""
        return self[-1]

    @property
    def department(self) -> str | None:
        """The INSEE code of the department ("75", "2A", "971"); None when no table has it."""
        return _departments.of_finess(self)

    @property
    def is_test_identity(self) -> bool:
        """Whether it belongs to 0B, the agency's test department, which is nowhere in France."""
        return self.startswith("0B")


def parse(text: str) -> Finess:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return accepted(Finess, _judge(text))


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`; False, never an error, for what is no text."""
    return type(_judge(text)) is bytes


def _judge(text: object) -> bytes | Fault:
    symbols = read_lettered(text, 9)
    if isinstance(symbols, Fault) or _luhn.key_holds(symbols):
        return symbols
    return WRONG_KEY
