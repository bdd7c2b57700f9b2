"""The sign-up page's two fields read what stands on the card."""

from __future__ import annotations

import pytest
from hypothesis import given

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import parse_professional, parse_structure, parse_structure_number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr


def professional_refusal(text: str) -> tuple[str, str, str, int | None]:
    with pytest.raises(NumberRefused) as caught:
        parse_professional(text)
    return caught.value.kind, caught.value.code, caught.value.detail, caught.value.position


def structure_refusal(text: str) -> tuple[str, str, str, int | None]:
    with pytest.raises(NumberRefused) as caught:
        parse_structure_number(text)
    return caught.value.kind, caught.value.code, caught.value.detail, caught.value.position


@given(fr.rpps_numbers())
def test_eleven_characters_or_twelve_with_an_eight_are_an_rpps(number: Rpps) -> None:
    for read in (parse_professional(number), parse_professional(f"8 {number.formatted}")):
        assert read == number
        assert type(read) is Rpps


@given(fr.adeli_numbers())
def test_nine_characters_or_ten_with_a_zero_are_an_adeli(number: Adeli) -> None:
    for read in (parse_professional(number), parse_professional(f"0{number.formatted}")):
        assert read == number
        assert type(read) is Adeli


@pytest.mark.parametrize("text", ["1010758402", "997002188960"])
def test_ten_or_twelve_characters_without_the_cards_prefix_miss_or_have_a_digit_too_many(text: str) -> None:
    assert professional_refusal(text) == ("professional", "component", "prefix", 1)


def test_other_lengths_are_refused() -> None:
    assert professional_refusal("99700218") == ("professional", "length", "too_short", None)
    assert professional_refusal("9970021889612") == ("professional", "length", "too_long", None)


def test_a_wrong_character_behind_the_prefix_is_counted_from_the_start() -> None:
    assert professional_refusal("8 997O0218896") == ("rpps", "format", "letter", 5)
    assert professional_refusal("997O0218896") == ("rpps", "format", "letter", 4)
    assert professional_refusal("0 9Z1053871") == ("adeli", "component", "department", 3)


@given(fr.finess_numbers())
def test_nine_characters_or_ten_with_a_one_are_a_finess(number: Finess) -> None:
    for read in (parse_structure_number(number), parse_structure_number(f"1 {number.formatted}")):
        assert read == number
        assert type(read) is Finess


@given(fr.siret_numbers())
def test_fourteen_digits_or_fifteen_with_a_three_are_a_siret(number: Siret) -> None:
    for read in (parse_structure_number(number), parse_structure_number(f"3{number}")):
        assert read == number
        assert type(read) is Siret


@given(fr.siren_numbers())
def test_ten_digits_with_a_two_are_a_siren(number: Siren) -> None:
    read = parse_structure_number(f"2{number}")
    assert read == number
    assert type(read) is Siren


def test_nine_bare_digits_are_a_finess_unless_no_department_begins_so() -> None:
    """The two keys are the same: nothing else can tell them apart."""
    assert type(parse_structure_number("267500452")) is Finess
    assert type(parse_structure_number("970100400")) is Finess
    for beginning in ("00", "96", "99"):
        assert type(parse_structure_number(_siren_beginning(beginning))) is Siren


def _siren_beginning(two: str) -> str:
    return next(text for text in (f"{two}234567{key}" for key in range(10)) if _is_siren(text))


def _is_siren(text: str) -> bool:
    try:
        return bool(Siren(text))
    except NumberRefused:
        return False


def test_structures_of_other_lengths_or_types_are_refused() -> None:
    assert structure_refusal("75010012") == ("structure", "length", "too_short", None)
    assert structure_refusal("75010012512") == ("structure", "length", "between", None)
    assert structure_refusal("2675004520052412") == ("structure", "length", "too_long", None)
    assert structure_refusal("5750100125") == ("structure", "component", "prefix", 1)
    assert structure_refusal("599700366240007") == ("structure", "component", "prefix", 1)


@pytest.mark.parametrize("text", ["499700366240007", "4 99700427885 006", "00B105387101", "0 0B1 05387 1 12"])
def test_a_practices_identifier_is_told_to_belong_elsewhere(text: str) -> None:
    """It is a professional's number and a rank: the other field takes that number."""
    assert structure_refusal(text) == ("structure", "component", "practice", 1)
    assert IdNatStruct(text).structure is None


@pytest.mark.parametrize("text", ["499700366240007", "4 99700427885 006", "00B105387101", "0 0B1 05387 1 12"])
def test_whatever_names_a_structure_is_read_with_its_prefix(text: str) -> None:
    """A practice's identifier is one of the structure identifiers, outside of the sign-up field."""
    read = parse_structure(text)
    assert type(read) is IdNatStruct
    assert read == IdNatStruct(text)


@pytest.mark.parametrize(
    "text", ["750100125", "1750100125", "2267500452", "26750045200524", "326750045200524"]
)
def test_a_number_of_a_structure_is_read_alike_by_both(text: str) -> None:
    """What is no practice is the number itself."""
    assert parse_structure(text) == parse_structure_number(text)
    assert type(parse_structure(text)) is type(parse_structure_number(text))


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("499700366240008", "prefix"),
        ("499700366241007", "prefix"),
        ("00B105387201", "between"),
        ("00B10538710A", "between"),
        ("00B1053871A0", "between"),
        ("0750100125", "prefix"),
        ("026750045200524", "prefix"),
    ],
)
def test_what_only_begins_like_a_practices_identifier_is_a_mistyped_number(text: str, detail: str) -> None:
    assert structure_refusal(text)[2] == detail


def test_a_wrong_character_of_a_structure_behind_its_prefix_is_counted_from_the_start() -> None:
    assert structure_refusal("1 75O100125") == ("finess", "format", "letter", 4)
