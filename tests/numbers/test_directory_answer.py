"""What a directory answered, against what was typed: facts, each only where there is something to compare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entractes_auth.numbers import sentence
from entractes_auth.numbers.directory_answer import (
    DirectoryAnswer,
    DirectorySays,
    NotListed,
    examine_answer,
)
from entractes_auth.numbers.findings import Finding
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

ANSWER = DirectoryAnswer(
    last_name="D AUBIGNE",
    first_name="JEAN PIERRE",
    profession_codes=("60", "71"),
    category_codes=("C",),
    postcodes=("75013", "29200"),
    structure_numbers=("750100125", "26750045200524"),
)


def examined(
    answer: DirectorySays,
    *,
    last_name: str = "d’Aubigné",
    first_name: str = "Jean-Pierre",
    profession: str | None = "TRE_G15-ProfessionSante/60",
    postcode: str | None = "75001",
    structure: Finess | Siren | Siret | None = None,
) -> list[tuple[str, str]]:
    found = examine_answer(
        answer,
        last_name=last_name,
        first_name=first_name,
        profession_code=profession,
        postcode=postcode,
        structure=structure,
    )
    return [(one.code, one.severity) for one in found]


def test_an_answer_that_says_the_same_is_no_finding() -> None:
    assert examined(ANSWER, structure=Finess("750100125")) == []


def test_a_number_that_the_directory_does_not_know_is_a_warning_and_says_all() -> None:
    assert examined(NotListed(), last_name="Other") == [("directory_not_listed", "warning")]


def test_another_last_name_is_a_warning() -> None:
    assert examined(ANSWER, last_name="Aubigné") == [("directory_last_name_differs", "warning")]


def test_the_first_part_of_the_first_name_is_an_information_and_another_one_a_warning() -> None:
    assert examined(ANSWER, first_name="Jean") == [("directory_first_name_in_part", "info")]
    assert examined(ANSWER, first_name="Pierre") == [("directory_first_name_differs", "warning")]


@pytest.mark.parametrize("missing", ["last_name", "first_name"])
@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_answer_without_a_name_is_a_warning_and_matches_nobody(missing: str, nothing: str) -> None:
    answer = (
        replace(ANSWER, last_name=nothing) if missing == "last_name" else replace(ANSWER, first_name=nothing)
    )
    assert examined(answer, last_name=nothing, first_name=nothing) == [("directory_without_name", "warning")]


def test_someone_who_is_no_longer_active_is_a_warning() -> None:
    assert examined(replace(ANSWER, active=False)) == [("directory_inactive", "warning")]


def test_another_profession_is_a_warning_that_names_the_directorys_by_our_labels() -> None:
    [finding] = examine_answer(
        ANSWER,
        last_name="d'Aubigné",
        first_name="Jean-Pierre",
        profession_code="TRE_G15-ProfessionSante/10",
        postcode=None,
        structure=None,
    )
    labels = {"label_fr": "Infirmier, Ostéopathe", "label_en": "Nurse, Osteopath"}
    assert finding == Finding("directory_profession_differs", "warning", labels)


def test_a_profession_that_no_table_has_is_not_quoted() -> None:
    answer = replace(ANSWER, profession_codes=("<b>", ""))
    [finding] = examine_answer(
        answer,
        last_name="d'Aubigné",
        first_name="Jean-Pierre",
        profession_code="TRE_G15-ProfessionSante/10",
        postcode=None,
        structure=None,
    )
    assert (
        sentence(finding, "fr") == "L'annuaire donne une autre profession\u00a0: hors de nos nomenclatures."
    )


def test_a_psychologist_of_the_former_table_is_one_of_the_new() -> None:
    """The directory gives the code alone, and 93 is in two tables."""
    answer = replace(ANSWER, profession_codes=("93",))
    assert examined(answer, profession="TRE_R95-UsagerTitre/93") == []


@pytest.mark.parametrize(
    ("categories", "told"), [(("E",), True), (("E", ""), True), (("E", "C"), False), ((), False)]
)
def test_a_student_only_is_a_warning(categories: tuple[str, ...], told: bool) -> None:
    found = examined(replace(ANSWER, category_codes=categories))
    assert found == ([("directory_student_only", "warning")] if told else [])


def test_an_address_in_a_department_where_the_directory_has_none_is_an_information() -> None:
    assert examined(ANSWER, postcode="75020") == []
    assert examined(ANSWER, postcode="29000") == []
    [finding] = examine_answer(
        replace(ANSWER, postcodes=("20200", "75013", "")),
        last_name="d'Aubigné",
        first_name="Jean-Pierre",
        profession_code=None,
        postcode="13001",
        structure=None,
    )
    params = {"practice": "13", "listed": "2A, 2B, 75"}
    assert finding == Finding("directory_department_differs", "info", params)


@pytest.mark.parametrize(
    ("structure", "told"),
    [
        (Finess("750100125"), False),
        (Finess("540002698"), True),
        (Siret("26750045200524"), False),
        (Siret("13002526500013"), True),
        (Siren("267500452"), False),
        (Siren("130025265"), True),
        (None, False),
    ],
)
def test_a_structure_that_is_none_of_the_directorys_is_an_information(
    structure: Finess | Siren | Siret | None, told: bool
) -> None:
    assert examined(ANSWER, structure=structure) == (
        [("directory_structure_differs", "info")] if told else []
    )


@pytest.mark.parametrize(
    ("structure", "listed"),
    [
        (Finess("540002698"), "26750045200524"),
        (Siret("13002526500013"), "750100125"),
        (Siren("750100125"), "750100125"),
        (Siren("130025265"), "750100125"),
        (Siren("130025265"), "326750045200524"),
        (Siret("13002526500013"), "326750045200524"),
    ],
)
def test_a_number_is_not_compared_with_those_of_another_kind(
    structure: Finess | Siren | Siret, listed: str
) -> None:
    """The directory often has the SIRET of a place and not its FINESS, or the other way round; or an IdNat."""
    assert examined(replace(ANSWER, structure_numbers=(listed, "")), structure=structure) == []


def test_what_the_directory_or_the_applicant_leaves_out_is_not_compared() -> None:
    bare = DirectoryAnswer(last_name="D'AUBIGNE", first_name="JEAN-PIERRE")
    assert examined(bare, structure=Finess("540002698")) == []
    assert examined(ANSWER, profession=None, postcode=None) == []
    assert examined(replace(ANSWER, postcodes=("", "98000")), postcode="13001") == []


def test_neither_findings_nor_the_answers_repr_hold_a_name_or_a_number() -> None:
    answer = replace(ANSWER, last_name="SECRETNAME", first_name="SECRETFIRST")
    found = examine_answer(
        answer,
        last_name="Typedname",
        first_name="Typedfirst",
        profession_code="TRE_G15-ProfessionSante/10",
        postcode="13001",
        structure=Finess("540002698"),
    )
    assert len(found) == 5
    shown = repr(answer) + repr(found) + "".join(sentence(one, "fr") + sentence(one, "en") for one in found)
    for text in ("SECRET", "Typed", "540002698", "750100125", "13001"):
        assert text not in shown


def test_the_two_names_are_given_by_name() -> None:
    """In a row they would be swapped unseen, and nobody would match."""
    with pytest.raises(TypeError):
        DirectoryAnswer("D AUBIGNE", "JEAN PIERRE")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
