"""What the fields of every framework need to know of each kind of number, said once.

`PROFESSIONAL` and `STRUCTURE` are the two composite fields of the sign-up page. A structure's number
has no column type: in nine bare digits a SIREN reads back as a FINESS. `IdNatStruct` begins with a
digit that says which it is, and reads back as what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from entractes_auth.errors import NumberRefused
from entractes_auth.fields._unreadable import Unreadable
from entractes_auth.numbers import (
    Adeli,
    Finess,
    IdNatPs,
    IdNatStruct,
    Rpps,
    Siren,
    Siret,
    explain,
    parse_professional,
    parse_structure_number,
)
from entractes_auth.numbers._number import Number

__all__ = [
    "ADELI",
    "FINESS",
    "IDNAT_PS",
    "IDNAT_STRUCT",
    "PROFESSIONAL",
    "RPPS",
    "SIREN",
    "SIRET",
    "STRUCTURE",
    "Kind",
    "explain_in",
]

N_co = TypeVar("N_co", bound=Number, covariant=True)


@dataclass(frozen=True, slots=True)
class Kind(Generic[N_co]):
    """One kind of number.

    `read`: makes the number of what was typed, or raises `NumberRefused`. `title`: French, for labels.
    `length`: characters of the longest normalised value. `letters`: whether one may hold a letter.
    """

    read: Callable[[str], N_co]
    title: str
    length: int
    letters: bool = False

    def accept(self, value: str) -> N_co | Unreadable:
        """What a database may be given: a number, or what it held before. Raises `NumberRefused`."""
        return value if isinstance(value, Unreadable) else self.read(value)

    def read_back(self, stored: str) -> N_co | Unreadable:
        """What a database has; never raises."""
        try:
            return self.read(stored)
        except NumberRefused:
            return Unreadable(stored)

    @property
    def html_attributes(self) -> Mapping[str, str]:
        """For the input element. No `maxlength`: a browser would cut a pasted number that has spaces.

        `autocomplete="off"`, because the numbers typed before are other people's on a shared machine.
        """
        keys = (
            {"inputmode": "text", "autocapitalize": "characters"}
            if self.letters
            else {"inputmode": "numeric"}
        )
        return {**keys, "autocomplete": "off", "spellcheck": "false"}


RPPS: Final = Kind(Rpps, Rpps.shape.title, 11)
ADELI: Final = Kind(Adeli, Adeli.shape.title, 9, letters=True)
FINESS: Final = Kind(Finess, Finess.shape.title, 9, letters=True)
SIREN: Final = Kind(Siren, Siren.shape.title, 9)
SIRET: Final = Kind(Siret, Siret.shape.title, 14)
IDNAT_PS: Final = Kind(IdNatPs, IdNatPs.shape.title, 12, letters=True)
IDNAT_STRUCT: Final = Kind(IdNatStruct, IdNatStruct.shape.title, 15, letters=True)
PROFESSIONAL: Final = Kind(parse_professional, "Numéro RPPS ou ADELI", 11, letters=True)
STRUCTURE: Final = Kind(parse_structure_number, "Numéro FINESS, SIREN ou SIRET", 14, letters=True)


def explain_in(language: str | None, refused: NumberRefused) -> str:
    """The sentence for the person, by a language tag ("fr", "en-gb", "en_US"); French when there is none."""
    primary = (language or "").replace("_", "-").partition("-")[0]
    return explain(refused, primary.lower())
