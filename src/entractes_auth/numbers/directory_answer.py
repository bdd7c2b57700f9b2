"""What a directory answered about a professional's number, against what was typed: facts for the operator.

The answer is a value that a host, or a port, fills from whatever it asked: the open extract, the FHIR
API, Pro Santé Connect. Nobody is refused for what a directory says: it is late, it has the exercise name
where the person has another, and it lists only some of the places where somebody works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from typing_extensions import override

from entractes_auth.numbers import _departments
from entractes_auth.numbers.catalogue import profession_of_code
from entractes_auth.numbers.findings import Finding
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.names import compare_first_names, compare_last_names
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = ["DirectoryAnswer", "DirectorySays", "NotListed", "examine_answer"]

_STUDENT: Final = "E"
"""TRE_R09-CategorieProfessionnelle: a student's category is no licence."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DirectoryAnswer:
    """What the directory has under one professional's number. What it leaves out is empty here.

    Names are the exercise names. The lists hold what each activity gives: profession codes without their
    table ("60"), codes of professional categories ("C", "M", "E"), postcodes, FINESS and SIRET numbers.
    `repr` shows nothing of a person.
    """

    last_name: str
    first_name: str
    profession_codes: tuple[str, ...] = ()
    category_codes: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    structure_numbers: tuple[str, ...] = ()
    active: bool = True

    @override
    def __repr__(self) -> str:
        return "DirectoryAnswer()"


@dataclass(frozen=True, slots=True)
class NotListed:
    """The directory was asked, and has nobody under that number."""


DirectorySays: TypeAlias = DirectoryAnswer | NotListed


def examine_answer(
    answer: DirectorySays,
    *,
    last_name: str,
    first_name: str,
    profession_code: str | None,
    postcode: str | None,
    structure: Finess | Siren | Siret | None,
) -> tuple[Finding, ...]:
    """Where the answer and what was typed differ; empty when nothing does.

    `profession_code` is a `Profession.key`, `postcode` the practice's. What either side leaves out is
    not compared, except the names: an answer without a name is a fact in itself.
    """
    match answer:
        case NotListed():
            return (Finding("directory_not_listed", "warning"),)
        case DirectoryAnswer():
            return tuple(
                [
                    *_of_person(answer, last_name, first_name),
                    *_of_professions(answer, profession_code),
                    *_of_places(answer, postcode),
                    *_of_structures(answer, structure),
                ]
            )


def _of_person(answer: DirectoryAnswer, last_name: str, first_name: str) -> Iterator[Finding]:
    if not answer.active:
        yield Finding("directory_inactive", "warning")
    if not (answer.last_name.strip() and answer.first_name.strip()):
        yield Finding("directory_without_name", "warning")
        return
    if compare_last_names(last_name, answer.last_name) == "differs":
        yield Finding("directory_last_name_differs", "warning")
    match compare_first_names(first_name, answer.first_name):
        case "first_part":
            yield Finding("directory_first_name_in_part", "info")
        case "differs":
            yield Finding("directory_first_name_differs", "warning")
        case "same":
            pass


def _of_professions(answer: DirectoryAnswer, key: str | None) -> Iterator[Finding]:
    # Codes only: the directory may name another table for the same profession, as it did for code 93.
    code = key.rpartition("/")[2] if key else ""
    listed = [one for one in answer.profession_codes if one]
    if code and listed and code not in listed:
        yield Finding("directory_profession_differs", "warning", _labels(listed))
    if {one for one in answer.category_codes if one} == {_STUDENT}:
        yield Finding("directory_student_only", "warning")


def _labels(codes: list[str]) -> dict[str, str]:
    """The labels of our own tables: what the directory wrote is not shown."""
    known = [one for one in map(profession_of_code, codes) if one is not None]
    return {
        "label_fr": ", ".join(one.label_fr for one in known) or "hors de nos nomenclatures",
        "label_en": ", ".join(one.label_en for one in known) or "in none of our tables",
    }


def _of_places(answer: DirectoryAnswer, postcode: str | None) -> Iterator[Finding]:
    """Departments only: someone who moved to the next town has not told the directory yet."""
    here = _departments.of_postcode(postcode) if postcode is not None else frozenset[str]()
    listed = frozenset[str]().union(*map(_departments.of_postcode, answer.postcodes))
    if here and listed and not here & listed:
        old = {_departments.CORSICA_BEFORE_1976}
        params = {"practice": " / ".join(sorted(here - old)), "listed": ", ".join(sorted(listed - old))}
        yield Finding("directory_department_differs", "info", params)


def _of_structures(answer: DirectoryAnswer, structure: Finess | Siren | Siret | None) -> Iterator[Finding]:
    known = _like(structure, answer.structure_numbers)
    if known and str(structure) not in known:
        yield Finding("directory_structure_differs", "info")


def _like(structure: Finess | Siren | Siret | None, numbers: tuple[str, ...]) -> set[str]:
    """The numbers of the same kind: the directory gives the FINESS and the SIRET of a place, or only one.

    A SIREN is there when the SIRET of one of its establishments is.
    """
    match structure:
        case None:
            return set()
        case Finess():
            return {one for one in numbers if len(one) == 9}
        case Siret():
            return {one for one in numbers if len(one) == 14}
        case Siren():
            return {one[:9] for one in numbers if len(one) == 14}
