"""FHIR resources come from elsewhere: their numbers are read, or refused with a typed error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.fhir import (
    FINESS_SYSTEM,
    IDNAT_PS_SYSTEM,
    IDNAT_STRUCT_SYSTEM,
    RPPS_SYSTEM,
    SIRENE_SYSTEM,
    professional_from_fhir,
    structure_from_fhir,
    structures_from_fhir,
    to_fhir,
)
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr

RPPS = Rpps("99700075064")
FRENCH_TYPES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
STRUCTURES = fr.finess_numbers() | fr.siren_numbers() | fr.siret_numbers()


def identifier(system: str | None, value: object, code: str | None = None, **more: Any) -> dict[str, Any]:
    typed = {} if code is None else {"type": {"coding": [{"system": FRENCH_TYPES, "code": code}]}}
    return {**({} if system is None else {"system": system}), "value": value, **typed, **more}


def refusal(read: Callable[[object], object], given_: object) -> tuple[str, str, str]:
    with pytest.raises(NumberRefused) as caught:
        read(given_)
    return caught.value.kind, caught.value.code, caught.value.detail


PRACTITIONER = [
    identifier(IDNAT_PS_SYSTEM, f"8{RPPS}", "IDNPS", use="official"),
    identifier(RPPS_SYSTEM, str(RPPS), "RPPS", use="official"),
]


@given(fr.rpps_numbers())
def test_an_rpps_reads_back_from_its_identifier(number: Rpps) -> None:
    assert to_fhir(number) == {"system": "https://rpps.esante.gouv.fr", "value": str(number)}
    read = professional_from_fhir([to_fhir(number)])
    assert (read, type(read)) == (number, Rpps)


@given(fr.adeli_numbers())
def test_an_adeli_is_written_as_a_national_identifier_and_reads_back(number: Adeli) -> None:
    assert to_fhir(number) == {"system": IDNAT_PS_SYSTEM, "value": f"0{number}"}
    read = professional_from_fhir([to_fhir(number)])
    assert (read, type(read)) == (number, Adeli)


@given(STRUCTURES)
def test_a_structures_number_reads_back_from_its_identifier(number: Finess | Siren | Siret) -> None:
    read = structure_from_fhir(to_fhir(number))
    assert (read, type(read)) == (number, type(number))


def test_the_systems_are_those_of_fr_core() -> None:
    assert to_fhir(Finess("750100125"))["system"] == "https://finess.esante.gouv.fr"
    assert to_fhir(Siren("267500452"))["system"] == "https://sirene.fr"
    assert to_fhir(Siret("26750045200524"))["system"] == "https://sirene.fr"
    assert all(type(value) is str for value in to_fhir(RPPS).values())


def test_a_practitioner_lists_one_person_twice() -> None:
    assert professional_from_fhir(PRACTITIONER) == RPPS
    assert professional_from_fhir(tuple(reversed(PRACTITIONER))) == RPPS


@pytest.mark.parametrize(("code", "value"), [("IDNPS", f"8{RPPS}"), ("RPPS", str(RPPS))])
def test_where_the_system_is_missing_the_type_code_tells(code: str, value: str) -> None:
    assert professional_from_fhir([identifier(None, value, code)]) == RPPS


def test_a_system_weighs_more_than_a_type_code() -> None:
    found = [identifier("https://example.org/ours", "12", "RPPS"), *PRACTITIONER]
    assert professional_from_fhir(found) == RPPS


def test_one_object_where_a_list_is_due_is_a_list_of_one() -> None:
    assert professional_from_fhir(PRACTITIONER[1]) == RPPS


def test_identifiers_that_are_old_or_an_employees_are_passed_over() -> None:
    beside = [
        identifier(RPPS_SYSTEM, "99900007743", use="old"),
        identifier(IDNAT_PS_SYSTEM, "3750100125/12345"),
        identifier(IDNAT_PS_SYSTEM, "526750045200524"),
    ]
    assert professional_from_fhir([*beside, *PRACTITIONER]) == RPPS
    assert refusal(professional_from_fhir, beside) == ("professional", "component", "missing")


def test_the_rpps_is_taken_before_the_adeli_of_the_same_person() -> None:
    assert professional_from_fhir([identifier(IDNAT_PS_SYSTEM, "00B1057294"), *PRACTITIONER]) == RPPS


def test_two_numbers_that_differ_are_two_persons() -> None:
    other = identifier(RPPS_SYSTEM, "99900007743")
    assert refusal(professional_from_fhir, [*PRACTITIONER, other]) == (
        "professional",
        "component",
        "conflict",
    )


@pytest.mark.parametrize(
    ("value", "detail"), [("0000000000", "all_zeros"), ("899700075065", "key"), ("8997", "too_short")]
)
def test_only_an_employees_identifier_is_passed_over_and_no_mistake_is(value: str, detail: str) -> None:
    """A mistyped number that were passed over would leave the other one of two that differ."""
    found = [identifier(IDNAT_PS_SYSTEM, value), *PRACTITIONER]
    assert refusal(professional_from_fhir, found)[2] == detail


@pytest.mark.parametrize(
    ("value", "kind", "detail"),
    [
        ("26750045", "siren", "too_short"),
        ("2675004520", "siret", "too_short"),
        ("267500452005240", "siret", "too_long"),
    ],
)
def test_a_number_of_the_sirene_register_is_a_siret_from_ten_digits_on(
    value: str, kind: str, detail: str
) -> None:
    assert refusal(structure_from_fhir, identifier(SIRENE_SYSTEM, value)) == (kind, "length", detail)


ODD_PRACTITIONERS: list[tuple[Any, str]] = [
    (None, "missing"),
    ([], "missing"),
    ("99700075064", "not_a_list"),
    (12, "not_a_list"),
    (["99700075064"], "not_an_object"),
    ([None], "not_an_object"),
    ([{}], "missing"),
    ([{"system": ["https://rpps.esante.gouv.fr"], "value": "99700075064"}], "system"),
    ([{"system": RPPS_SYSTEM}], "not_text"),
    ([{"system": RPPS_SYSTEM, "value": 99700075064}], "not_text"),
    ([{"system": RPPS_SYSTEM, "value": ["99700075064"]}], "not_text"),
    ([{"system": RPPS_SYSTEM, "value": "99700075065"}], "key"),
    ([{"value": str(RPPS), "type": "RPPS"}], "missing"),
    ([{"value": str(RPPS), "type": {"coding": "RPPS"}}], "missing"),
    ([{"value": str(RPPS), "type": {"coding": {"code": "RPPS"}}}], "missing"),
    ([{"value": str(RPPS), "type": {"coding": ["RPPS", {"code": ["RPPS"]}, None]}}], "missing"),
    ([{"value": str(RPPS), "type": ["RPPS"]}], "missing"),
]


@pytest.mark.parametrize(("identifiers", "detail"), ODD_PRACTITIONERS)
def test_a_practitioner_of_another_shape_is_refused(identifiers: object, detail: str) -> None:
    assert refusal(professional_from_fhir, identifiers)[2] == detail


ORGANIZATION = [
    identifier(IDNAT_STRUCT_SYSTEM, "1540002698", "IDNST"),
    identifier(FINESS_SYSTEM, "540002698", "FINEG"),
    identifier(FINESS_SYSTEM, "540023264", "FINEJ"),
    identifier(SIRENE_SYSTEM, "26750045200524", "SIRET"),
    identifier(SIRENE_SYSTEM, "267500452", "SIREN"),
    identifier("https://rppsrang.esante.gouv.fr", "F540002698", "RPPSRG"),
]


def test_an_organization_lists_each_number_once_in_its_order() -> None:
    read = structures_from_fhir(ORGANIZATION)
    assert [(type(one), str(one)) for one in read] == [
        (Finess, "540002698"),
        (Finess, "540023264"),
        (Siret, "26750045200524"),
        (Siren, "267500452"),
    ]


def test_a_finess_and_a_siren_of_the_same_characters_are_two_numbers() -> None:
    same = [identifier(FINESS_SYSTEM, "267500452"), identifier(SIRENE_SYSTEM, "267500452")]
    assert [type(one) for one in structures_from_fhir(same)] == [Finess, Siren]


def test_a_practice_has_no_number_of_a_structure() -> None:
    practice = identifier(IDNAT_STRUCT_SYSTEM, "499700366240007", "IDNST")
    assert structure_from_fhir(practice) is None
    assert structures_from_fhir([practice]) == ()


@pytest.mark.parametrize("code", ["FINEG", "FINEJ"])
def test_a_structures_type_code_tells_where_the_system_is_missing(code: str) -> None:
    assert structures_from_fhir([identifier(None, "540002698", code)]) == (Finess("540002698"),)


@pytest.mark.parametrize(
    ("identifiers", "detail"),
    [
        ("540002698", "not_a_list"),
        ([["540002698"]], "not_an_object"),
        ([{"system": SIRENE_SYSTEM}], "not_text"),
        ([{"system": SIRENE_SYSTEM, "value": 267500452}], "not_text"),
        ([{"system": FINESS_SYSTEM, "value": "540002699"}], "key"),
        ([{"system": 3}], "system"),
    ],
)
def test_an_organization_of_another_shape_is_refused(identifiers: object, detail: str) -> None:
    assert refusal(structures_from_fhir, identifiers)[2] == detail


def test_one_identifier_of_no_structure_is_refused() -> None:
    assert refusal(structure_from_fhir, to_fhir(RPPS)) == ("structure", "format", "system")
    assert structures_from_fhir([to_fhir(RPPS)]) == ()
    assert structures_from_fhir(None) == ()


SYSTEMS = [RPPS_SYSTEM, IDNAT_PS_SYSTEM, IDNAT_STRUCT_SYSTEM, FINESS_SYSTEM, SIRENE_SYSTEM]
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([*SYSTEMS, "IDNPS", "RPPS", "SIREN", str(RPPS), f"8{RPPS}", "540002698", "old"])
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["system", "value", "type", "coding", "code", "use"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(anything)
def test_whatever_they_are_given_the_readers_raise_nothing_but_a_refusal(json: object) -> None:
    readers: tuple[Callable[[object], object], ...] = (
        professional_from_fhir,
        structure_from_fhir,
        structures_from_fhir,
        IdNatPs.from_fhir,
        IdNatStruct.from_fhir,
    )
    for read in readers:
        assert isinstance(_read_or_refused(read, json), Number | tuple | NumberRefused | None)


def _read_or_refused(read: Callable[[object], object], json: object) -> object:
    try:
        return read(json)
    except NumberRefused as refused:
        return refused
