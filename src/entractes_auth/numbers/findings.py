"""What the numbers of a registration tell the operator who checks it: facts, never a verdict.

A number that parses may still belong to no one, to a test, or to someone else's department. Refusing
a real number is worse than accepting a wrong one, so what is merely odd is accepted and said here.
No finding holds a number: findings may be logged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from entractes_auth.numbers import _departments
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import find_profession
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = ["Finding", "FindingCode", "Severity", "examine_numbers"]

Severity: TypeAlias = Literal["info", "warning"]
FindingCode: TypeAlias = Literal[
    "adeli_retired",
    "adeli_test_department",
    "department_before_1976",
    "department_differs",
    "department_unknown",
    "email_has_account",
    "finess_test_department",
    "number_has_account",
    "number_in_other_registration",
    "profession_not_offered",
    "profession_unknown",
    "rpps_range_unseen",
    "rpps_test_identity",
    "structure_without_professional",
]

_RPPS_RANGES_SEEN = ("100", "101")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. `params` holds what the sentence needs, such as two departments; never a number."""

    code: FindingCode
    severity: Severity
    params: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)


def examine_numbers(
    *,
    professional: Rpps | Adeli | None,
    structure: Finess | Siren | Siret | None,
    postcode: str | None,
    profession_code: str | None,
) -> tuple[Finding, ...]:
    """What these facts say together; empty when nothing is odd.

    `postcode` is the practice's, five digits; anything else is ignored here. `profession_code` is a
    `Profession.key`, table and code.
    """
    return tuple(
        [
            *_of_professional(professional),
            *_of_structure(structure, professional),
            *_of_departments(professional, structure, postcode),
            *_of_profession(profession_code),
        ]
    )


def _of_professional(number: Rpps | Adeli | None) -> Iterator[Finding]:
    if isinstance(number, Rpps):
        if number.is_test_identity:
            yield Finding("rpps_test_identity", "warning")
        elif not number.startswith(_RPPS_RANGES_SEEN):
            yield Finding("rpps_range_unseen", "info")
    if isinstance(number, Adeli):
        yield Finding("adeli_retired", "info")
        if number.is_test_identity:
            yield Finding("adeli_test_department", "warning")


def _of_structure(
    number: Finess | Siren | Siret | None, professional: Rpps | Adeli | None
) -> Iterator[Finding]:
    if isinstance(number, Finess) and number.is_test_identity:
        yield Finding("finess_test_department", "warning")
    if number is not None and professional is None:
        yield Finding("structure_without_professional", "info")


def _of_departments(
    professional: Rpps | Adeli | None, structure: Finess | Siren | Siret | None, postcode: str | None
) -> Iterator[Finding]:
    """Only ADELI and FINESS carry a department.

    A difference weighs more for FINESS, which says where the building is, than for ADELI, which
    a professional who moved may have kept on an old card.
    """
    if isinstance(professional, Adeli) and not professional.is_test_identity:
        yield from _of_department("adeli", professional.department, postcode, "info")
    if isinstance(structure, Finess) and not structure.is_test_identity:
        yield from _of_department("finess", structure.department, postcode, "warning")


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


def _of_profession(key: str | None) -> Iterator[Finding]:
    if key is None:
        return
    found = find_profession(key)
    if found is None:
        yield Finding("profession_unknown", "warning")
    elif not found.offered:
        yield Finding(
            "profession_not_offered", "warning", {"label_fr": found.label_fr, "label_en": found.label_en}
        )
