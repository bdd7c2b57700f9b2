"""Numbers of the kit: valid ones are read as themselves, almost valid ones are refused, and none of it by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import (
    Adeli,
    Finess,
    IdNatPs,
    IdNatStruct,
    Rpps,
    Siren,
    Siret,
    parse_professional,
    parse_structure_number,
)
from entractes_auth.testing import strategies as fr
from entractes_auth.testing.strategies import _departments, _judge
from entractes_auth.testing.strategies._departments import DEPARTMENTS
from tests.numbers.samples import luhn_sum, vectors, with_key
from tests.testing.drawing import found, sample, simplest

Read = Callable[[str], str]

READERS: dict[str, Read] = {
    "rpps": Rpps,
    "adeli": Adeli,
    "finess": Finess,
    "siren": Siren,
    "siret": Siret,
    "idnat_ps": IdNatPs,
    "idnat_struct": IdNatStruct,
    "professional": parse_professional,
    "structure": parse_structure_number,
}
VALID: dict[str, SearchStrategy[Any]] = {kind: getattr(fr, f"{kind}_numbers")() for kind in READERS}
ALMOST: dict[str, SearchStrategy[str]] = {kind: getattr(fr, f"almost_{kind}_numbers")() for kind in READERS}
kinds = pytest.mark.parametrize("kind", READERS)

# A SIREN alone is read as a FINESS: the field needs the identifier's type digit before it.
FOR_ITS_FIELD = {**VALID, "structure": fr.structure_numbers().filter(lambda one: not isinstance(one, Siren))}


# ---------------------------------------------------------------- what they promise


@kinds
@settings(max_examples=60)
@given(data=st.data())
def test_a_valid_number_is_read_as_itself(kind: str, data: st.DataObject) -> None:
    number = data.draw(FOR_ITS_FIELD[kind])
    read = READERS[kind](str(number))
    assert (read, type(read)) == (number, type(number))


@kinds
@settings(max_examples=60)
@given(data=st.data())
def test_a_number_is_read_as_people_type_it(kind: str, data: st.DataObject) -> None:
    number = data.draw(fr.as_typed(FOR_ITS_FIELD[kind]))
    assert READERS[kind](number.typed) == number.value


@kinds
@settings(max_examples=60)
@given(data=st.data())
def test_an_almost_valid_number_is_refused_with_the_typed_error(kind: str, data: st.DataObject) -> None:
    typed = data.draw(ALMOST[kind])
    with pytest.raises(NumberRefused):
        READERS[kind](typed)


# ---------------------------------------------------------------- the judge


@pytest.mark.parametrize(("kind", "value", "valid"), vectors())
def test_the_judge_knows_the_published_numbers(kind: str, value: str, valid: bool) -> None:
    assert _judge.surely_wrong(kind.lower(), value) is not valid


@given(st.text("0123456789AB", min_size=1, max_size=14))
def test_the_judges_sum_is_the_textbooks(text: str) -> None:
    assert _judge.luhn_sum(text) % 10 == luhn_sum(text) % 10
    assert _judge.with_key(text) == with_key(text)


texts = st.text(st.sampled_from("0123456789028AbZ .-\n\0٣１_"), max_size=20)
repaired = texts.map(lambda text: _judge.with_key("".join(c for c in text if c in "0123456789AB")))


@kinds
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_surely_wrong_is_refused_whatever_it_is(kind: str, data: st.DataObject) -> None:
    """Not of the strategies' own texts only: the judge is never stricter than the parser."""
    typed = data.draw(texts | repaired)
    if _judge.surely_wrong(kind, typed):
        with pytest.raises(NumberRefused):
            READERS[kind](typed)


# ---------------------------------------------------------------- how far they reach


MAINLAND = {one.code for one in DEPARTMENTS if len(one.code) == 2}


def test_adeli_numbers_come_from_every_department_and_from_the_agencys_own() -> None:
    numbers = sample(fr.adeli_numbers(), 500)
    everywhere = MAINLAND | {"20", "0B", "9A", "9B", "9C", "9D", "9E", "9F"}
    beginnings = {number[:2] for number in numbers}
    assert beginnings <= everywhere
    assert len(beginnings) > len(everywhere) * 0.5
    assert set(_departments.adeli_beginnings(None)) == everywhere - {"0B"}


def test_finess_numbers_come_from_every_department_and_from_the_agencys_own() -> None:
    numbers = sample(fr.finess_numbers(), 500)
    everywhere = MAINLAND | {"971", "972", "973", "974", "976", "986"}
    departments = {number.department for number in numbers if not number.is_test_identity}
    assert departments <= everywhere
    assert len(departments) > len(everywhere) * 0.5
    assert len(_departments.finess_beginnings(None)) == len(everywhere)


@pytest.mark.parametrize("start", ["2A", "2B", "9701", "9702", "9703", "9704", "9805", "9806", "0B"])
def test_finess_numbers_come_from_corsica_and_overseas(start: str) -> None:
    assert found(fr.finess_numbers(), lambda number: number.startswith(start))


@pytest.mark.parametrize("code", ["01", "2A", "2B", "75", "971", "974", "976"])
def test_a_department_that_is_asked_for_is_the_one_that_the_number_names(code: str) -> None:
    numbers = st.one_of(fr.adeli_numbers(department=code), fr.finess_numbers(department=code))
    assert {number.department for number in sample(numbers, 30)} == {code}


@pytest.mark.parametrize("strategy", [fr.adeli_numbers, fr.finess_numbers])
@pytest.mark.parametrize("code", ["987", "988", "96", "00", "", "paris"])
def test_a_department_that_gives_no_such_numbers_is_an_error(
    strategy: Callable[..., object], code: str
) -> None:
    with pytest.raises(ValueError, match="department"):
        strategy(department=code)


def test_rpps_numbers_have_every_beginning() -> None:
    numbers = sample(fr.rpps_numbers(), 200)
    assert {number[0] for number in numbers} == set("123456789")
    assert {"100", "101", "997", "999"} <= {number[:3] for number in numbers}


@given(
    fr.rpps_numbers(test_identities=False),
    fr.adeli_numbers(test_identities=False),
    fr.finess_numbers(test_identities=False),
    fr.idnat_ps_numbers(test_identities=False),
)
def test_test_identities_are_left_out_where_they_are_not_wanted(
    rpps: Rpps, adeli: Adeli, finess: Finess, idnat: IdNatPs
) -> None:
    assert not any(one.is_test_identity for one in (rpps, adeli, finess, idnat.number))


@pytest.mark.parametrize("numbers", [fr.rpps_numbers(), fr.adeli_numbers(), fr.finess_numbers()])
def test_test_identities_are_found_where_they_are_wanted(
    numbers: SearchStrategy[Rpps | Adeli | Finess],
) -> None:
    assert found(numbers, lambda number: number.is_test_identity)


def test_la_postes_establishments_and_its_head_office_are_among_the_siret_numbers() -> None:
    la_poste = {number for number in sample(fr.siret_numbers(), 400) if number.startswith("356000000")}
    assert "35600000000048" in la_poste
    assert any(luhn_sum(number) % 10 for number in la_poste)
    assert {number[-1] for number in la_poste} == set("0123456789")


@pytest.mark.parametrize("prefix", "01234")
def test_structures_are_identified_in_every_way(prefix: str) -> None:
    assert found(fr.idnat_struct_numbers(), lambda number: number.startswith(prefix))


# ---------------------------------------------------------------- what one reads


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("rpps", "99700218896"),
        ("adeli", "0B1057294"),
        ("finess", "750100125"),
        ("siren", "130025265"),
        ("siret", "13002526500013"),
        ("idnat_ps", "899700218896"),
        ("idnat_struct", "1750100125"),
    ],
)
def test_the_simplest_number_is_a_published_one(kind: str, number: str) -> None:
    assert simplest(VALID[kind]) == number
    assert simplest(fr.as_typed(VALID[kind])).typed == number


def test_the_simplest_almost_valid_number_has_one_wrong_digit() -> None:
    assert simplest(fr.almost_rpps_numbers()) == "09700218896"
