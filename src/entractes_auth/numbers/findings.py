"""What the numbers of a registration tell the operator who checks it: facts, never a verdict.

A number that parses may still belong to no one, to a test, or to someone else's department. Refusing
a real number is worse than accepting a wrong one, so what is merely odd is accepted and said here.
No finding holds a number or a name: findings may be logged.

What a directory answered is compared in `directory_answer`; who else uses a number, only a store knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from entractes_auth.numbers import _departments
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import Profession, find_profession
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = ["Finding", "FindingCode", "Severity", "examine_numbers"]

Severity: TypeAlias = Literal["info", "warning"]
FindingCode: TypeAlias = Literal[
    "adeli_left_long_ago",
    "adeli_retired",
    "adeli_test_department",
    "department_before_1976",
    "department_differs",
    "department_unknown",
    "directory_department_differs",
    "directory_first_name_differs",
    "directory_first_name_in_part",
    "directory_inactive",
    "directory_last_name_differs",
    "directory_not_listed",
    "directory_profession_differs",
    "directory_student_only",
    "directory_structure_differs",
    "directory_without_name",
    "email_has_account",
    "finess_may_be_siren",
    "finess_test_department",
    "number_has_account",
    "number_in_other_registration",
    "profession_not_offered",
    "profession_unknown",
    "rpps_range_unseen",
    "rpps_test_identity",
    "siren_without_site",
    "structure_without_professional",
]

_RPPS_RANGES_SEEN: Final = ("100", "101")
_LAST_YEAR_OF_ADELI: Final = "2024"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. `params` holds what the sentence needs, such as two departments; never a number or a name."""

    code: FindingCode
    severity: Severity
    params: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)


def examine_numbers(
    *,
    professional: Rpps | Adeli | None,
    structure: Finess | Siren | Siret | None,
    postcode: str | None,
    profession_code: str | None,
    test_numbers_accepted: bool = False,
) -> tuple[Finding, ...]:
    """What these facts say together; empty when nothing is odd.

    `postcode` is the practice's, five digits; anything else is ignored here. `profession_code` is a
    `Profession.key`, table and code. Test identities are a warning, and only an information on a
    platform that accepts them (`Policy.registration.accept_test_numbers`).
    """
    of_a_test: Severity = "info" if test_numbers_accepted else "warning"
    profession = find_profession(profession_code) if profession_code is not None else None
    return tuple(
        [
            *_of_professional(professional, profession, of_a_test),
            *_of_structure(structure, professional, of_a_test),
            *_of_departments(professional, structure, postcode),
            *_of_profession(profession_code, profession),
        ]
    )


def _of_professional(
    number: Rpps | Adeli | None, profession: Profession | None, of_a_test: Severity
) -> Iterator[Finding]:
    if isinstance(number, Rpps):
        if number.is_test_identity:
            yield Finding("rpps_test_identity", of_a_test)
        elif not number.startswith(_RPPS_RANGES_SEEN):
            yield Finding("rpps_range_unseen", "info")
    if isinstance(number, Adeli):
        yield _of_adeli(profession)
        if number.is_test_identity:
            yield Finding("adeli_test_department", of_a_test)


def _of_adeli(profession: Profession | None) -> Finding:
    """ADELI closed in September 2024. Those who left it that year may still have it on every paper; a
    nurse has had an RPPS since 2021, and who gives an ADELI today may have it from an old list."""
    if profession is None or not profession.in_rpps_since:
        return Finding("adeli_retired", "info")
    if profession.in_rpps_since >= _LAST_YEAR_OF_ADELI:
        return Finding("adeli_retired", "info")
    params = {
        "since": profession.in_rpps_since,
        "label_fr": profession.label_fr,
        "label_en": profession.label_en,
    }
    return Finding("adeli_left_long_ago", "warning", params)


def _of_structure(
    number: Finess | Siren | Siret | None, professional: Rpps | Adeli | None, of_a_test: Severity
) -> Iterator[Finding]:
    if isinstance(number, Finess) and number.is_test_identity:
        yield Finding("finess_test_department", of_a_test)
    if isinstance(number, Siren):
        yield Finding("siren_without_site", "info")
    if number is not None and professional is None:
        yield Finding("structure_without_professional", "info")


def _of_departments(
    professional: Rpps | Adeli | None, structure: Finess | Siren | Siret | None, postcode: str | None
) -> Iterator[Finding]:
    """Only ADELI and FINESS carry a department; a SIREN and a SIRET say nothing of a place.

    A difference weighs more for FINESS, which says where the building is, than for ADELI, which
    a professional who moved may have kept on an old card.
    """
    if isinstance(professional, Adeli) and not professional.is_test_identity:
        yield from _of_department("adeli", professional.department, postcode, "info")
    if isinstance(structure, Finess) and not structure.is_test_identity:
        found = tuple(_of_department("finess", structure.department, postcode, "warning"))
        yield from found
        if structure.isdigit() and any(one.code != "department_before_1976" for one in found):
            # Nine bare digits were read as a FINESS, and have the key of a SIREN as well.
            yield Finding("finess_may_be_siren", "info")


def _of_department(
    kind: str, department: str | None, postcode: str | None, severity: Severity
) -> Iterator[Finding]:
    if department is None:
        yield Finding("department_unknown", "warning", {"kind": kind})
        return
    if department == _departments.CORSICA_BEFORE_1976:
        yield Finding("department_before_1976", "info", {"kind": kind})
    practice = _departments.of_postcode(postcode) if postcode is not None else frozenset[str]()
    if practice and department not in practice:
        where = " / ".join(sorted(practice - {_departments.CORSICA_BEFORE_1976}))
        yield Finding(
            "department_differs", severity, {"kind": kind, "department": department, "practice": where}
        )


def _of_profession(key: str | None, found: Profession | None) -> Iterator[Finding]:
    if key is None:
        return
    if found is None:
        yield Finding("profession_unknown", "warning")
    elif not found.offered:
        yield Finding(
            "profession_not_offered", "warning", {"label_fr": found.label_fr, "label_en": found.label_en}
        )
