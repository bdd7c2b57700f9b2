"""National identifiers: two tables of types that are never mixed."""

from __future__ import annotations

import pytest
from hypothesis import given

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import siret
from entractes_auth.numbers._luhn import holds
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import (
    IDNAT_PS_SYSTEM,
    IDNAT_STRUCT_SYSTEM,
    RPPS_SYSTEM,
    IdNatPs,
    IdNatStruct,
)
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr
from tests.numbers.samples import with_key


def ps_refusal(text: object) -> tuple[str, str, str]:
    with pytest.raises(NumberRefused) as caught:
        IdNatPs(text)
    return caught.value.kind, caught.value.code, caught.value.detail


def struct_refusal(text: object) -> tuple[str, str, str]:
    with pytest.raises(NumberRefused) as caught:
        IdNatStruct(text)
    return caught.value.kind, caught.value.code, caught.value.detail


@given(fr.rpps_numbers())
def test_eight_and_an_rpps_name_a_professional_with_the_rppss_own_key(number: Rpps) -> None:
    identifier = IdNatPs(f"8{number}")
    assert identifier.number == number
    assert isinstance(identifier.number, Rpps)
    assert not holds(identifier)


@given(fr.adeli_numbers())
def test_zero_and_an_adeli_name_a_professional(number: Adeli) -> None:
    identifier = IdNatPs(f"0{number}")
    assert identifier.number == number
    assert isinstance(identifier.number, Adeli)


@pytest.mark.parametrize("text", ["3750100125/12345", "3750100125", "1", "526750045200524", "6"])
def test_an_employees_identifier_is_refused_as_such(text: str) -> None:
    assert ps_refusal(text) == ("idnat_ps", "component", "employee")


@pytest.mark.parametrize("text", ["19 999 999 998", "99700075064", "0B1053871", "061234563"])
def test_a_professionals_number_without_the_cards_digit_is_refused_as_such(text: str) -> None:
    """Every RPPS begins with a 1, which would be an employee's type; an ADELI of Nice with a 0, a card's."""
    assert ps_refusal(text) == ("idnat_ps", "component", "bare")


@pytest.mark.parametrize("text", ["130786049", "2A0000014", "267500452", "26750045200524"])
def test_a_structures_number_without_its_type_digit_is_refused_as_such(text: str) -> None:
    """Their first digits are types too: a SIRET that begins with 2 is not a SIREN that is too long."""
    assert struct_refusal(text) == ("idnat_struct", "component", "bare")


def test_a_zero_and_thirteen_digits_are_a_practices_even_if_they_are_a_siret_too() -> None:
    """Which of the two they are nobody can tell: refusing a real one would be worse."""
    assert siret.is_valid("00572000800001")
    assert IdNatStruct("00572000800001").structure is None


@pytest.mark.parametrize("text", ["299700075064", "799700075064", "999700075064", "A"])
def test_an_unknown_or_ended_type_of_professional_is_refused(text: str) -> None:
    assert ps_refusal(text) == ("idnat_ps", "component", "prefix")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1750803454", Finess),
        ("10B0172805", Finess),
        ("12A0000014", Finess),
        ("2267500452", Siren),
        ("326750045200524", Siret),
        ("335600000024249", Siret),
    ],
)
def test_a_structures_identifier_gives_its_number(text: str, kind: type) -> None:
    structure = IdNatStruct(text).structure
    assert structure == text[1:]
    assert type(structure) is kind


def test_a_practice_known_by_rpps_has_the_rppss_key_and_a_key_over_all_fourteen() -> None:
    assert IdNatStruct("499700366240007").structure is None
    assert struct_refusal("499700366240008") == ("idnat_struct", "checksum", "key")
    wrong_rpps = with_key("9970036624100")
    assert struct_refusal(f"4{wrong_rpps}") == ("idnat_struct", "checksum", "rpps_part")


@pytest.mark.parametrize("inner", ["0B1053871", "751234567", "75123456701", "2A123456789012"])
def test_a_practice_known_by_adeli_is_accepted_by_its_shape(inner: str) -> None:
    """No public text gives its key: refusing a real one would be worse."""
    assert IdNatStruct(f"0{inner}").structure is None


def test_a_practice_known_by_adeli_of_another_shape_is_refused() -> None:
    assert struct_refusal("075123456") == ("idnat_struct", "length", "too_short")
    assert struct_refusal("0751234567890123") == ("idnat_struct", "length", "too_long")
    assert struct_refusal("0751234X67") == ("idnat_struct", "format", "letter")


@pytest.mark.parametrize("text", ["5750100125", "8997000750064", "9", "X"])
def test_an_unknown_type_of_structure_is_refused(text: str) -> None:
    assert struct_refusal(text) == ("idnat_struct", "component", "prefix")


@pytest.mark.parametrize("kind", [IdNatPs, IdNatStruct])
def test_an_unknown_type_is_the_first_character(kind: type[IdNatPs | IdNatStruct]) -> None:
    with pytest.raises(NumberRefused) as caught:
        kind(" 9 750100125")
    assert (caught.value.detail, caught.value.position) == ("prefix", 1)


@pytest.mark.parametrize("text", ["899700075064", "00B1057294"])
def test_a_professionals_fhir_identifier_reads_back(text: str) -> None:
    identifier = IdNatPs(text)
    written = identifier.to_fhir()
    assert written == {"system": IDNAT_PS_SYSTEM, "value": text}
    assert type(written["value"]) is str
    assert IdNatPs.from_fhir(written) == identifier


def test_a_fhir_identifier_of_the_rpps_system_is_read_as_a_professional() -> None:
    read = IdNatPs.from_fhir({"system": RPPS_SYSTEM, "value": "99700075064"})
    assert read == "899700075064"


def test_a_structures_fhir_identifier_reads_back() -> None:
    identifier = IdNatStruct("10B0172805")
    assert identifier.to_fhir() == {"system": IDNAT_STRUCT_SYSTEM, "value": "10B0172805"}
    assert IdNatStruct.from_fhir(identifier.to_fhir()) == identifier


@pytest.mark.parametrize(
    "identifier",
    [{}, {"system": None, "value": "899700075064"}, {"system": "urn:oid:1.2.3", "value": "899700075064"}],
)
def test_a_fhir_identifier_of_another_system_is_refused(identifier: dict[str, object]) -> None:
    for kind in (IdNatPs, IdNatStruct):
        with pytest.raises(NumberRefused, match="system"):
            kind.from_fhir(identifier)


def test_the_two_systems_are_not_mixed() -> None:
    """A structure's 3 is a SIRET, a professional's 3 an employee: reading one as the other is wrong."""
    with pytest.raises(NumberRefused):
        IdNatPs.from_fhir(IdNatStruct("326750045200524").to_fhir())


def test_a_fhir_identifier_without_a_value_is_refused() -> None:
    with pytest.raises(NumberRefused, match="not_text"):
        IdNatPs.from_fhir({"system": IDNAT_PS_SYSTEM})


@pytest.mark.parametrize("identifier", [None, "899700075064", 12, [], [{"system": IDNAT_PS_SYSTEM}]])
def test_what_is_no_fhir_identifier_is_refused(identifier: object) -> None:
    for kind in (IdNatPs, IdNatStruct):
        with pytest.raises(NumberRefused, match="not_an_object"):
            kind.from_fhir(identifier)
