"""The department in an ADELI, a FINESS and a postcode, for every beginning that can be written."""

from __future__ import annotations

import string

import pytest

from entractes_auth.numbers import _departments
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from tests.numbers.samples import with_key

MAINLAND = {f"{number:02}" for number in range(1, 96)} | {"2A", "2B"}  # 20 is Corsica until 1976
OVERSEAS_FINESS = {
    "9701": "971",  # Guadeloupe, with Saint-Barthélemy and Saint-Martin
    "9702": "972",  # Martinique
    "9703": "973",  # Guyane
    "9704": "974",  # La Réunion
    "9805": "976",  # Mayotte
    "9806": "986",  # Wallis-et-Futuna
}
ALL_PAIRS = [f"{pair:02}" for pair in range(100)]
OVERSEAS_ADELI = {"9A": "971", "9B": "972", "9C": "973", "9D": "974", "9E": "975", "9F": "976"}


def starts(letters: str) -> list[str]:
    return [first + second for first in string.digits for second in string.digits + letters]


def test_the_department_of_every_adeli() -> None:
    for start in starts("ABCDEF"):
        expected = start if start in MAINLAND else OVERSEAS_ADELI.get(start)
        assert Adeli(with_key(f"{start}912345")).department == expected


def test_the_department_of_every_finess() -> None:
    """Two characters at home, four overseas; what no table has is unknown, not wrong."""
    for start in starts(string.ascii_uppercase):
        for next_two in ALL_PAIRS if start in ("97", "98") else ("00", "05"):
            expected = start if start in MAINLAND else OVERSEAS_FINESS.get(start + next_two)
            assert Finess(with_key(f"{start}{next_two}1234")).department == expected


@pytest.mark.parametrize(
    "typed", ["2a 000 001 4", "2a.000.001.4", "2a-000-001-4", " 2A\u202f000\u202f001\u202f4 "]
)
def test_a_corsican_finess_as_people_type_it(typed: str) -> None:
    number = Finess(typed)
    assert (number, number.department, number.key) == ("2A0000014", "2A", "4")


def test_the_departments_of_every_postcode() -> None:
    corsica = {"20", "2A", "2B"}
    overseas = {"971", "972", "973", "974", "975", "976", "986"}
    for number in range(100_000):
        postcode = f"{number:05}"
        if postcode[:2] == "20":
            expected = corsica
        elif postcode[:3] in overseas:
            expected = {postcode[:3]}
        else:
            expected = {postcode[:2]} & MAINLAND
        assert _departments.of_postcode(postcode) == expected


@pytest.mark.parametrize("text", ["", "7500", "750011", "7500a", "2A000", "٧٥٠٠١", "75 01", "75001\n"])
def test_what_is_no_postcode_belongs_nowhere(text: str) -> None:
    assert _departments.of_postcode(text) == frozenset()
