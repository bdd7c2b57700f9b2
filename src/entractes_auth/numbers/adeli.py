"""ADELI: the former number of a health professional, nine characters, tied to a department.

Department (2 characters), profession (1 or 2 digits), order, and a Luhn key over all nine. The
second character may be a letter: Corsica 2A and 2B, overseas 9A to 9F, and 0B, the agency's test
department. Every profession has moved to the RPPS (2011 to 2024): it is read as a legacy number.

A letter beyond F has never been seen in second place and is refused. A department made of digits
is never refused, not even 20 (Corsica until 1976) or one that does not exist: `findings` grades it.

Source: ANS, Modèle des objets de santé, "Professionnel"; letters: the agency's test documents.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.numbers import _departments, _luhn
from entractes_auth.numbers._fault import WRONG_KEY, Fault
from entractes_auth.numbers._number import Number, Shape, accepted
from entractes_auth.numbers._text import read_lettered

__all__ = ["Adeli", "is_valid", "parse"]

_NO_SUCH_DEPARTMENT = Fault("component", "department", 2)


class Adeli(Number):
    """A valid ADELI number, nine characters."""

    __slots__ = ()

    # Department, profession, order, key, as health insurance forms print it.
    shape = Shape("adeli", "Numéro ADELI", "^[0-9][0-9A-F][0-9]{7}$", ("0B1053871", "0B1057294"), (2, 1, 5))

    def __new__(cls, text: object) -> Self:
        return accepted(cls, _judge(text))

    @property
    def key(self) -> str:
        """The Luhn key: the last digit."""
        return self[-1]

    @property
    def department(self) -> str | None:
        """The INSEE code of the department ("75", "2A", "971"); None when no table has it."""
        return _departments.of_adeli(self)

    @property
    def is_test_identity(self) -> bool:
        """Whether it belongs to 0B, the agency's test department, which is nowhere in France."""
        return self.startswith("0B")


def parse(text: str) -> Adeli:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return accepted(Adeli, _judge(text))


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`; False, never an error, for what is no text."""
    return type(_judge(text)) is bytes


def _judge(text: object) -> bytes | Fault:
    symbols = read_lettered(text, 9)
    if isinstance(symbols, Fault):
        return symbols
    if symbols[1:2] > b"F":
        return _NO_SUCH_DEPARTMENT
    return symbols if _luhn.key_holds(symbols) else WRONG_KEY
