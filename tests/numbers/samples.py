"""Numbers to test with: the published vectors, and made-up numbers with a key computed here, slowly."""

from __future__ import annotations

import csv
from pathlib import Path
from types import ModuleType

from hypothesis import strategies as st

from entractes_auth.numbers import adeli, finess, rpps, siren, siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

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
NUMBERS: tuple[type[Number], ...] = (Rpps, Adeli, Finess, Siren, Siret)


def vectors() -> list[tuple[str, str, bool]]:
    """(kind, value, valid), as published."""
    with Path(__file__).with_name("vectors.csv").open(encoding="utf-8", newline="") as file:
        return [(row["kind"], row["value"], row["valid"] == "true") for row in csv.DictReader(file)]


def with_key(body: str) -> str:
    """`body` and the one digit that makes the Luhn sum a multiple of ten, found by trying all ten."""
    return next(body + key for key in "0123456789" if luhn_sum(body + key) % 10 == 0)


def luhn_sum(text: str) -> int:
    """The textbook's sum, one character after the other; A counts 1, B counts 2."""
    total = 0
    for place, symbol in enumerate(reversed(text)):
        value = int(symbol) if symbol.isdigit() else ord(symbol) - ord("A") + 1
        if place % 2 == 1:
            value *= 2
            value = value - 9 if value > 9 else value
        total += value
    return total


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def _real(body: str) -> bool:
    return body.strip("0") != ""


_departments = st.sampled_from(["01", "09", "59", "75", "2A", "2B", "97", "0B"])

rpps_numbers = _digits(10).filter(_real).map(with_key).map(Rpps)
adeli_numbers = st.builds(str.__add__, _departments, _digits(6)).map(with_key).map(Adeli)
finess_numbers = st.builds(str.__add__, _departments, _digits(6)).map(with_key).map(Finess)
siren_numbers = _digits(8).filter(_real).map(with_key).map(Siren)
siret_numbers = st.builds(str.__add__, siren_numbers.map(str), _digits(4)).map(with_key).map(Siret)
numbers: st.SearchStrategy[Number] = st.one_of(
    rpps_numbers, adeli_numbers, finess_numbers, siren_numbers, siret_numbers
)
