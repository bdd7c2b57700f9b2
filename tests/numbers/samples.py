"""Numbers to test with: the published vectors, those of the test kit, and a key computed apart from both."""

from __future__ import annotations

import csv
from pathlib import Path
from types import ModuleType

from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import adeli, finess, rpps, siren, siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr

MODULES: tuple[ModuleType, ...] = (rpps, adeli, finess, siren, siret)
CLASSES: dict[str, type[Number]] = {
    "RPPS": Rpps,
    "ADELI": Adeli,
    "FINESS": Finess,
    "SIREN": Siren,
    "SIRET": Siret,
    "IDNAT_PS": IdNatPs,
    "IDNAT_STRUCT": IdNatStruct,
}
LA_POSTE = "356000000"
NUMBERS: tuple[type[Number], ...] = (Rpps, Adeli, Finess, Siren, Siret)


MODULE_OF: dict[type[Number], ModuleType] = dict(zip(NUMBERS, MODULES, strict=True))


def is_number(kind: type[Number], text: object) -> bool:
    """Whether `parse` takes it; `is_valid` and the class must say the same."""
    answer: bool = MODULE_OF[kind].is_valid(text)
    for read in (MODULE_OF[kind].parse, kind):
        try:
            number = read(text)
        except NumberRefused:
            assert not answer
        else:
            assert answer
            assert type(number) is kind
    return answer


def vectors() -> list[tuple[str, str, bool]]:
    """(kind, value, valid), as published."""
    with Path(__file__).with_name("vectors.csv").open(encoding="utf-8", newline="") as file:
        return [(row["kind"], row["value"], row["valid"] == "true") for row in csv.DictReader(file)]


def with_key(body: str) -> str:
    """`body` and the one digit that makes the Luhn sum a multiple of ten, found by trying all ten."""
    return next(body + key for key in "0123456789" if luhn_sum(body + key) % 10 == 0)


def luhn_sum(text: str) -> int:
    """The textbook's sum, one character after the other."""
    total = 0
    for place, symbol in enumerate(reversed(text)):
        value = value_of(symbol)
        if place % 2 == 1:
            value *= 2
            value = value - 9 if value > 9 else value
        total += value
    return total


def value_of(symbol: str) -> int:
    """A digit's own; A counts 1, B counts 2, and so on to I; J, and S, begin at 1 again."""
    return int(symbol) if symbol.isdigit() else 1 + (ord(symbol) - ord("A")) % 9


def _of_la_poste(order: int, high: bool) -> Siret:
    """With the last digit that makes the digit sum a multiple of five: there are two."""
    body = f"{LA_POSTE}{order:04}"
    return Siret(f"{body}{-sum(map(int, body)) % 5 + 5 * high}")


la_poste_numbers = st.builds(_of_la_poste, st.integers(0, 9999), st.booleans())
"""Of its establishments; its head office is apart."""
any_number: st.SearchStrategy[Number] = st.one_of(
    fr.rpps_numbers(), fr.adeli_numbers(), fr.finess_numbers(), fr.siren_numbers(), fr.siret_numbers()
)
"""Of each kind, La Poste's among them."""
numbers = any_number.filter(lambda number: not (isinstance(number, Siret) and number.startswith(LA_POSTE)))
"""Those with the ordinary key."""
