"""What the operator is told about numbers that were accepted."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given

from entractes_auth.numbers import Finding, examine_numbers, offered_professions, sentence
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.directory_answer import (
    DirectoryAnswer,
    DirectorySays,
    NotListed,
    examine_answer,
)
from entractes_auth.numbers.findings import FindingCode
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr
from tests.numbers.samples import with_key

REAL_LOOKING = Rpps(with_key("1010000000"))
NURSE = "TRE_G15-ProfessionSante/60"


def codes(
    professional: Rpps | Adeli | None = REAL_LOOKING,
    structure: Finess | Siren | Siret | None = None,
    postcode: str | None = None,
    profession: str | None = None,
) -> list[str]:
    found = examine_numbers(
        professional=professional, structure=structure, postcode=postcode, profession_code=profession
    )
    return [finding.code for finding in found]


def adeli_of(department: str) -> Adeli:
    return Adeli(with_key(f"{department}912345"))


def test_an_ordinary_registration_has_no_finding() -> None:
    assert codes(structure=Finess("750100125"), postcode="75013", profession=NURSE) == []
    assert codes(structure=Siret("26750045200524"), postcode="13001") == []
    assert codes(professional=None) == []


def test_test_identities_are_told() -> None:
    assert codes(professional=Rpps("99700218896")) == ["rpps_test_identity"]
    assert codes(professional=Adeli("0B1053871"), postcode="75001") == [
        "adeli_retired",
        "adeli_test_department",
    ]
    assert codes(structure=Finess("0B0172805"), postcode="75001") == ["finess_test_department"]


def test_an_rpps_that_begins_as_none_seen_before_is_told() -> None:
    assert codes(professional=Rpps("01234567897")) == ["rpps_range_unseen"]


def test_an_adeli_is_told_to_be_retired() -> None:
    assert codes(professional=adeli_of("75")) == ["adeli_retired"]


@pytest.mark.parametrize(
    ("profession", "since"),
    [
        ("TRE_G15-ProfessionSante/10", "2011"),
        ("TRE_G15-ProfessionSante/70", "2016-12"),
        (NURSE, "2021-10"),
        ("TRE_R94-ProfessionSocial/41", "2023-06"),
    ],
)
def test_an_adeli_of_a_profession_that_left_long_ago_is_a_warning(profession: str, since: str) -> None:
    """Every paper of a nurse has carried an RPPS for years."""
    [finding] = examine_numbers(
        professional=adeli_of("75"), structure=None, postcode="75001", profession_code=profession
    )
    assert (finding.code, finding.severity) == ("adeli_left_long_ago", "warning")
    assert finding.params["since"] == since


@pytest.mark.parametrize(
    "profession",
    [
        "TRE_R95-UsagerTitre/93",
        "TRE_G15-ProfessionSante/91",
        "TRE_G15-ProfessionSante/95",
        "TRE_R94-ProfessionSocial/42",
    ],
)
def test_an_adeli_of_a_profession_that_left_last_is_only_an_information(profession: str) -> None:
    """Or of one of which no source says when."""
    found = examine_numbers(
        professional=adeli_of("75"), structure=None, postcode="75001", profession_code=profession
    )
    assert [(one.code, one.severity) for one in found] == [("adeli_retired", "info")]


@pytest.mark.parametrize("number", [Rpps("99700218896"), Adeli("0B1053871"), None])
@pytest.mark.parametrize("structure", [Finess("0B0172805"), None])
def test_a_test_identity_is_a_warning_unless_the_platform_accepts_them(
    number: Rpps | Adeli | None, structure: Finess | None
) -> None:
    def severities(accepted: bool) -> set[str]:
        found = examine_numbers(
            professional=number,
            structure=structure,
            postcode="75001",
            profession_code=None,
            test_numbers_accepted=accepted,
        )
        return {one.severity for one in found if "_test_" in one.code}

    assert severities(True) <= {"info"}
    assert severities(False) <= {"warning"}
    assert bool(severities(True)) == bool(severities(False)) == bool(number or structure)


@pytest.mark.parametrize(
    ("number", "postcode", "told"),
    [
        (Finess("750100125"), "13001", True),
        (Finess(with_key("96010012")), "13001", True),
        (Finess("750100125"), "75001", False),
        (Finess("2A0000014"), "13001", False),
        (Finess(with_key("20010012")), "20000", False),
    ],
)
def test_nine_digits_that_do_not_fit_as_a_finess_may_be_a_siren(
    number: Finess, postcode: str, told: bool
) -> None:
    """Nothing else tells nine bare digits apart: their keys are the same."""
    assert ("finess_may_be_siren" in codes(structure=number, postcode=postcode)) is told


def test_a_siren_is_told_to_name_no_place() -> None:
    assert codes(structure=Siren("267500452"), postcode="75001") == ["siren_without_site"]


def test_a_structure_alone_is_told() -> None:
    assert codes(professional=None, structure=Siret("26750045200524")) == ["structure_without_professional"]


@pytest.mark.parametrize(
    ("number", "postcode"),
    [
        (Finess("750100125"), "75013"),
        (Finess("060785011"), "06000"),
        (Finess("2A0000014"), "20000"),
        (Finess("2B0000012"), "20600"),
        (Finess("970100400"), "97150"),
        (Finess("970211215"), "97200"),
        (Finess("970300026"), "97300"),
        (Finess("970400024"), "97400"),
        (Finess("980500011"), "97600"),
    ],
)
def test_a_structure_in_the_department_of_the_postcode_is_not_told(number: Finess, postcode: str) -> None:
    assert codes(structure=number, postcode=postcode) == []


def test_a_structure_elsewhere_is_told_with_both_departments() -> None:
    finding, _ = examine_numbers(
        professional=REAL_LOOKING, structure=Finess("750100125"), postcode="20200", profession_code=None
    )
    assert finding == Finding(
        "department_differs", "warning", {"kind": "finess", "department": "75", "practice": "2A / 2B"}
    )
    assert isinstance(hash(finding), int)


def test_an_adeli_of_another_department_is_only_an_information() -> None:
    """People move; the number on an old card does not."""
    found = examine_numbers(
        professional=adeli_of("9D"), structure=None, postcode="75001", profession_code=None
    )
    assert [(one.code, one.severity) for one in found] == [
        ("adeli_retired", "info"),
        ("department_differs", "info"),
    ]


@pytest.mark.parametrize("postcode", ["", "7501", "75O13", "７５０１３", "98000", "00000", "96000", None])
def test_what_is_no_french_postcode_is_not_compared(postcode: str | None) -> None:
    assert codes(structure=Finess("750100125"), postcode=postcode) == []


def test_corsica_before_1976_is_told_and_matches_corsica() -> None:
    assert codes(professional=adeli_of("20"), postcode="20137") == ["adeli_retired", "department_before_1976"]


@pytest.mark.parametrize("department", ["00", "96", "1C"])
def test_an_unknown_department_is_told(department: str) -> None:
    assert codes(professional=adeli_of(department), postcode="75001") == [
        "adeli_retired",
        "department_unknown",
    ]


def test_a_deprecated_or_unknown_profession_is_told() -> None:
    assert codes(profession="TRE_G15-ProfessionSante/93") == ["profession_not_offered"]
    assert codes(profession="TRE_G15-ProfessionSante/00") == ["profession_unknown"]


_CASES: list[tuple[Rpps | Adeli | None, Finess | Siren | Siret | None, str | None, str | None]] = [
    (Rpps("99700218896"), Finess("0B0172805"), None, "nowhere"),
    (Rpps("01234567897"), Finess("750100125"), "13001", "TRE_G15-ProfessionSante/93"),
    (Adeli("0B1053871"), None, None, None),
    (adeli_of("20"), None, "75001", None),
    (adeli_of("96"), None, None, None),
    (None, Siren("267500452"), None, None),
    (adeli_of("75"), None, "75001", NURSE),
    (adeli_of("75"), None, "75001", "TRE_G15-ProfessionSante/80"),
]
# What the review finds out by looking at other people's records (tests/flows/test_review.py).
_OF_OTHERS = [
    Finding("email_has_account", "warning"),
    Finding("number_has_account", "warning"),
    Finding("number_in_other_registration", "warning"),
]
_ANSWERS: list[DirectorySays] = [
    NotListed(),
    DirectoryAnswer(last_name="", first_name="ZOE", active=False, category_codes=("E",)),
    DirectoryAnswer(
        last_name="DURAND",
        first_name="ANNE",
        profession_codes=("10", "93"),
        postcodes=("13001", "2A000"),
        structure_numbers=("540002698",),
    ),
    DirectoryAnswer(last_name="MARTIN", first_name="ZOE ANNE", profession_codes=("00",)),
]
_OF_DIRECTORIES = [
    finding
    for answer in _ANSWERS
    for finding in examine_answer(
        answer,
        last_name="Martin",
        first_name="Zoé",
        profession_code=NURSE,
        postcode="75001",
        structure=Finess("750100125"),
    )
]
_OF_NUMBERS = [
    finding
    for professional, structure, postcode, profession in _CASES
    for finding in examine_numbers(
        professional=professional, structure=structure, postcode=postcode, profession_code=profession
    )
]
EVERY_FINDING = [*_OF_OTHERS, *_OF_DIRECTORIES, *_OF_NUMBERS]


def test_every_finding_can_be_reached() -> None:
    assert {finding.code for finding in EVERY_FINDING} == set(get_args(FindingCode))


@pytest.mark.parametrize("finding", EVERY_FINDING)
def test_every_finding_has_a_sentence_in_both_languages(finding: Finding) -> None:
    french, english = sentence(finding, "fr"), sentence(finding, "en")
    assert french != english
    for text in (french, english):
        assert text.endswith(".")
        assert "{" not in text


def test_a_test_identity_is_a_warning_where_nothing_is_said_of_test_numbers() -> None:
    [finding] = examine_numbers(
        professional=Rpps("99700218896"), structure=None, postcode=None, profession_code=None
    )
    assert finding == Finding("rpps_test_identity", "warning")


@pytest.mark.parametrize("locale", ["fr", "de", "zz", "EN", ""])
def test_every_locale_but_en_is_answered_in_french(locale: str) -> None:
    finding = Finding("adeli_retired", "info")
    assert sentence(finding, locale).startswith("Le numéro ADELI n'est plus attribué")
    assert sentence(finding, "en").startswith("ADELI numbers are no longer issued")


def test_sentences_name_the_departments_and_the_profession() -> None:
    finding = Finding(
        "department_differs", "warning", {"kind": "finess", "department": "75", "practice": "13"}
    )
    assert sentence(finding, "fr") == (
        "Le numéro FINESS est du département 75\u00a0; l'adresse d'exercice est dans le 13."
    )
    assert sentence(finding, "en") == (
        "The FINESS number is of department 75; the practice address is in 13."
    )


def test_sentences_name_the_month_of_a_move() -> None:
    params = {"since": "2021-10", "label_fr": "Infirmier", "label_en": "Nurse"}
    finding = Finding("adeli_left_long_ago", "warning", params)
    assert "«\u00a0Infirmier\u00a0» est passée d'ADELI au RPPS en octobre 2021\u00a0:" in sentence(
        finding, "fr"
    )
    assert "“Nurse” moved from ADELI to the RPPS in October 2021:" in sentence(finding, "en")
    in_a_year = Finding("adeli_left_long_ago", "warning", {**params, "since": "2018"})
    assert "en 2018\u00a0:" in sentence(in_a_year, "fr")


def test_every_move_of_a_profession_has_a_sentence() -> None:
    found = [
        finding
        for one in offered_professions()
        for finding in examine_numbers(
            professional=adeli_of("75"), structure=None, postcode="75001", profession_code=one.key
        )
    ]
    assert len(found) == len(offered_professions())
    for finding in found:
        assert sentence(finding, "fr") != sentence(finding, "en")


@given(fr.adeli_numbers(), fr.finess_numbers())
def test_findings_hold_no_number(professional: Adeli, structure: Finess) -> None:
    found = examine_numbers(
        professional=professional, structure=structure, postcode="59000", profession_code=None
    )
    shown = repr(found) + "".join(sentence(finding, "fr") for finding in found)
    numbers: tuple[Number, ...] = (professional, structure)
    assert not any(str(number) in shown for number in numbers)
