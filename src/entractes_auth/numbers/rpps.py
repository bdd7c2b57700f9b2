"""RPPS: the number of a health professional for life, 11 digits that say nothing of the person.

Ten digits of order and a Luhn key over all eleven. The numbers in use begin with 100 and 101, and
the agency's test identities with 99; any other beginning is accepted here and graded by `findings`,
since refusing a real number is worse than accepting a wrong one.

Source: ANS, Modèle des objets de santé, "Professionnel"; esante.gouv.fr, questions on the RPPS.
"""

from __future__ import annotations

from typing import Self

from entractes_auth.numbers import _luhn
from entractes_auth.numbers._fault import WRONG_KEY, Fault
from entractes_auth.numbers._number import Number, Shape, accepted
from entractes_auth.numbers._text import read_digits

__all__ = ["Rpps", "is_valid", "parse"]


class Rpps(Number):
    """A valid RPPS number, eleven digits."""

    __slots__ = ()

    # No official grouping exists; two, then threes, is how an eleven-digit number is read aloud.
    shape = Shape("rpps", "Numéro RPPS", "^[0-9]{11}$", ("99700218896", "99900007743"), (2, 3, 3))

    def __new__(cls, text: object) -> Self:
        return accepted(cls, _judge(text))

    @property
    def key(self) -> str:
        """The Luhn key: the last digit."""
        return self[-1]

    @property
    def is_test_identity(self) -> bool:
        """Whether this is one of the agency's test identities (99...), which are never real persons."""
        return self.startswith("99")


def parse(text: str) -> Rpps:
    """The number that `text` is, separators dropped; raises `NumberRefused`, whatever it is given."""
    return accepted(Rpps, _judge(text))


def is_valid(text: str) -> bool:
    """Whether `parse` would accept `text`; False, never an error, for what is no text."""
    return type(_judge(text)) is bytes


def _judge(text: object) -> bytes | Fault:
    symbols = read_digits(text, 11)
    if isinstance(symbols, Fault) or _luhn.key_holds(symbols):
        return symbols
    return WRONG_KEY
