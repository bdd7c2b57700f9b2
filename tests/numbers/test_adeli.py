"""ADELI's departments: digits are never refused, letters beyond F are."""

from __future__ import annotations

import pytest

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import adeli
from tests.numbers.samples import with_key


@pytest.mark.parametrize("department", ["01", "20", "95", "96", "97", "99", "00", "2A", "2B", "9F", "1C"])
def test_any_department_of_digits_or_letters_to_f_is_accepted(department: str) -> None:
    """Refusing a real number is worse than accepting a wrong one."""
    assert adeli.is_valid(with_key(f"{department}912345"))


@pytest.mark.parametrize("letter", "GHIJKLMNOPQRSTUVWXYZ")
def test_a_letter_beyond_f_is_no_department(letter: str) -> None:
    with pytest.raises(NumberRefused) as caught:
        adeli.parse(f"9{letter}9123456")
    refused = caught.value
    assert (refused.code, refused.detail, refused.position) == ("component", "department", 2)


def test_the_corsican_letter_may_be_small() -> None:
    number = with_key("2A912345")
    assert adeli.parse(number.lower()).department == "2A"


@pytest.mark.parametrize(("text", "position"), [("A12345678", 1), ("7A12B4567", 5), ("75123456X", 9)])
def test_a_letter_anywhere_but_second_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(NumberRefused) as caught:
        adeli.parse(text)
    assert (caught.value.detail, caught.value.position) == ("letter", position)
