"""The numbers in FHIR: an `Identifier` of each, and what a Practitioner or an Organization lists.

What comes in is JSON from elsewhere: a list may be missing, or be a text; a value may be a number.
Whatever it is given, each reader raises `NumberRefused` or returns numbers whose keys hold.

An identifier is told by its `system`; only where it has none, by its type code. Identifiers of other
systems, and those marked `"use": "old"`, are passed over: they are not wrong, they are not ours.

Systems and type codes: Interop'Santé, FR Core, profiles fr-core-organization and fr-core-practitioner,
which the directory's guide (ansforge/IG-fhir-annuaire, as-organization and as-practitioner) builds on.
A practice's own systems (https://rppsrang.esante.gouv.fr, https://adelirang.esante.gouv.fr) are passed
over: the guides' examples do not agree on what their value is, and IdNat_Struct says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers._text import clean
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

__all__ = [
    "FINESS_SYSTEM",
    "IDNAT_PS_SYSTEM",
    "IDNAT_STRUCT_SYSTEM",
    "RPPS_SYSTEM",
    "SIRENE_SYSTEM",
    "professional_from_fhir",
    "structure_from_fhir",
    "structures_from_fhir",
    "to_fhir",
]

FINESS_SYSTEM: Final = "https://finess.esante.gouv.fr"
SIRENE_SYSTEM: Final = "https://sirene.fr"
"""Of SIREN and SIRET alike: their length tells them apart."""

_SYSTEM_OF_TYPE: Final[Mapping[str, str]] = {
    "IDNPS": IDNAT_PS_SYSTEM,
    "RPPS": RPPS_SYSTEM,
    "IDNST": IDNAT_STRUCT_SYSTEM,
    "FINEG": FINESS_SYSTEM,  # geographical entity
    "FINEJ": FINESS_SYSTEM,  # legal entity
    "SIREN": SIRENE_SYSTEM,
    "SIRET": SIRENE_SYSTEM,
}

_Object: TypeAlias = Mapping[object, object]


def to_fhir(number: Rpps | Adeli | Finess | Siren | Siret) -> dict[str, str]:
    """The number as a FHIR Identifier: `{"system": ..., "value": ...}`.

    An ADELI number has no system of its own any more: it is written as an IdNat_PS. For the national
    identifiers themselves see `IdNatPs.to_fhir` and `IdNatStruct.to_fhir`.
    """
    match number:
        case Rpps():
            return {"system": RPPS_SYSTEM, "value": str(number)}
        case Adeli():
            return IdNatPs(f"0{number}").to_fhir()
        case Finess():
            return {"system": FINESS_SYSTEM, "value": str(number)}
        case Siren() | Siret():
            return {"system": SIRENE_SYSTEM, "value": str(number)}


def professional_from_fhir(identifiers: object) -> Rpps | Adeli:
    """The number of a professional, from the `identifier` list of a Practitioner.

    The RPPS where there is one: an ADELI listed beside it is what the same person had before. Employee
    identifiers are passed over. Raises `NumberRefused`: `not_a_list`, `not_an_object`, `system` (not
    a text), `missing` (none is a professional's), `conflict` (two that differ), or what is wrong
    with a number.
    """
    found = [
        number
        for system, value in _entries("professional", identifiers)
        if (number := _professional(system, value)) is not None
    ]
    in_rpps = [number for number in found if isinstance(number, Rpps)]
    numbers: set[Rpps | Adeli] = set(in_rpps or found)
    if len(numbers) != 1:
        # Two numbers are two persons: to choose one would show somebody else's file.
        raise NumberRefused("professional", "component", "conflict" if numbers else "missing")
    return numbers.pop()


def structure_from_fhir(identifier: object) -> Finess | Siren | Siret | None:
    """The number in one FHIR Identifier; None for a professional's practice, which has none.

    Raises `NumberRefused`: `not_an_object`, `system` (none of a structure), or what is wrong with the
    number.
    """
    system, value = _entry("structure", identifier)
    if system == FINESS_SYSTEM:
        return Finess(value)
    if system == SIRENE_SYSTEM:
        return Siret(value) if len(clean("structure", value)) > 9 else Siren(value)
    if system == IDNAT_STRUCT_SYSTEM:
        return IdNatStruct(value).structure
    raise NumberRefused("structure", "format", "system")


def structures_from_fhir(identifiers: object) -> tuple[Finess | Siren | Siret, ...]:
    """The numbers of a structure, from the `identifier` list of an Organization, each once, in its order.

    Empty when it lists none that is ours. Raises `NumberRefused` as above, and `not_a_list`.
    """
    ours = (IDNAT_STRUCT_SYSTEM, FINESS_SYSTEM, SIRENE_SYSTEM)
    read = (
        structure_from_fhir({"system": system, "value": value})
        for system, value in _entries("structure", identifiers)
        if system in ours
    )
    # Their class belongs to the key: the same nine characters may be a FINESS and a SIREN.
    return tuple({(type(number), number): number for number in read if number is not None}.values())


def _professional(system: str | None, value: object) -> Rpps | Adeli | None:
    if system == RPPS_SYSTEM:
        return Rpps(value)
    if system != IDNAT_PS_SYSTEM:
        return None
    try:
        return IdNatPs(value).number
    except NumberRefused as refused:
        if refused.detail == "employee":
            return None
        raise


def _entries(kind: str, identifiers: object) -> Iterator[tuple[str | None, object]]:
    """System and value of each identifier in use. One object where a list is due is a list of one."""
    if identifiers is None:
        return
    if isinstance(identifiers, Mapping):
        identifiers = [cast("_Object", identifiers)]
    if not isinstance(identifiers, list | tuple):
        raise NumberRefused(kind, "format", "not_a_list")
    for identifier in cast("list[object] | tuple[object, ...]", identifiers):
        entry = _entry(kind, identifier)
        if cast("_Object", identifier).get("use") != "old":
            yield entry


def _entry(kind: str, identifier: object) -> tuple[str | None, object]:
    if not isinstance(identifier, Mapping):
        raise NumberRefused(kind, "format", "not_an_object")
    fields = cast("_Object", identifier)
    system = fields.get("system")
    if system is None:
        return _system_of_type(fields.get("type")), fields.get("value")
    if not isinstance(system, str):
        raise NumberRefused(kind, "format", "system")
    return system, fields.get("value")


def _system_of_type(kind: object) -> str | None:
    """The system that a CodeableConcept stands for; None for any other, whatever its shape."""
    codings = cast("_Object", kind).get("coding") if isinstance(kind, Mapping) else None
    for coding in cast("list[object]", codings) if isinstance(codings, list) else []:
        code = cast("_Object", coding).get("code") if isinstance(coding, Mapping) else None
        if isinstance(code, str) and code in _SYSTEM_OF_TYPE:
            return _SYSTEM_OF_TYPE[code]
    return None
