"""Numbers to test with: the published vectors, and made-up numbers with a key computed here, slowly."""

from __future__ import annotations

import csv
import string
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


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def _real(body: str) -> bool:
    return body.strip("0") != ""


def _starts(letters: str) -> st.SearchStrategy[str]:
    """Departments, one in two with a letter."""
    seconds = st.sampled_from("0123456789") | st.sampled_from(letters)
    return st.builds(str.__add__, st.sampled_from("0123456789"), seconds)


def _of_la_poste(four: str, high: bool) -> Siret:
    """With the last digit that makes the digit sum a multiple of five: there are two."""
    last = -sum(map(int, LA_POSTE + four)) % 5
    return Siret(f"{LA_POSTE}{four}{last + 5 * high}")


rpps_numbers = _digits(10).filter(_real).map(with_key).map(Rpps)
adeli_numbers = st.builds(str.__add__, _starts("ABCDEF"), _digits(6)).filter(_real).map(with_key).map(Adeli)
finess_starts = _starts(string.ascii_uppercase).filter(lambda start: start not in ("00", "96", "99"))
finess_numbers = st.builds(str.__add__, finess_starts, _digits(6)).map(with_key).map(Finess)
"""Without the departments that do not exist, by which the structure's field knows a SIREN."""
siren_numbers = _digits(8).filter(_real).map(with_key).map(Siren)
siret_numbers = st.builds(str.__add__, siren_numbers.map(str), _digits(4)).map(with_key).map(Siret)
la_poste_numbers = st.builds(_of_la_poste, _digits(4), st.booleans())
numbers: st.SearchStrategy[Number] = st.one_of(
    rpps_numbers, adeli_numbers, finess_numbers, siren_numbers, siret_numbers
)
"""Of each kind, with the ordinary key: La Poste's are apart."""
any_number = numbers | la_poste_numbers
