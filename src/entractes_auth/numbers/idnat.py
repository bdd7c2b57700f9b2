"""The national identifiers of the agency's systems: a type digit, then the number itself.

On cards, in Pro Santé Connect and in FHIR, a professional is `8` + RPPS or `0` + ADELI (IdNat_PS),
and a structure is `1` + FINESS, `2` + SIREN, `3` + SIRET, or a practice: `0` + its ADELI identifier,
`4` + RPPS, rank and key (IdNat_Struct). The two type tables differ and must not be mixed: `3` is a
SIRET in one and an establishment's employee in the other.

The key is the number's own. Over the twelve characters of `8` + RPPS the Luhn sum always fails.

Sources: ANS, TRE_G08-TypeIdentifiantPersonne (OID 1.2.250.1.71.1.2.15) and
TRE_G07-TypeIdentifiantStructure (OID 1.2.250.1.71.1.2.14); FHIR systems: ansforge/IG-fhir-annuaire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self, cast

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import _luhn, adeli, finess, rpps, siret
from entractes_auth.numbers._number import Number, Shape
from entractes_auth.numbers._text import LONGEST, after_prefix, clean, digits, lettered
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = ["IDNAT_PS_SYSTEM", "IDNAT_STRUCT_SYSTEM", "RPPS_SYSTEM", "IdNatPs", "IdNatStruct"]

IDNAT_PS_SYSTEM: Final = "urn:oid:1.2.250.1.71.4.2.1"
IDNAT_STRUCT_SYSTEM: Final = "urn:oid:1.2.250.1.71.4.2.2"
RPPS_SYSTEM: Final = "https://rpps.esante.gouv.fr"


_EMPLOYEE_PREFIXES = frozenset("13456")
_CABINET_ADELI_SHORTEST = 9
_CABINET_ADELI_LONGEST = 14


class IdNatPs(Number):
    """A valid national identifier of a professional: `8` + RPPS or `0` + ADELI.

    Identifiers of employees (`3` + FINESS + `/` + register number, and the like) are refused with the
    detail `employee`: the register is the structure's own, and nothing here can check it. A number without
    its type digit is refused with the detail `bare`.
    """

    __slots__ = ()

    shape = Shape(
        "idnat_ps",
        "Identifiant national de professionnel (IdNat_PS)",
        "^(8[0-9]{11}|0[0-9][0-9A-F][0-9]{7})$",
        ("899700218896", "00B1057294"),
        (),
    )

    def __new__(cls, text: object) -> Self:
        # Of the type itself: a subclass of `str`, or what only claims to be one, may answer anything.
        if issubclass(type(text), str) and "/" in str.__str__(cast("str", text))[:LONGEST]:
            raise NumberRefused("idnat_ps", "component", "employee")
        value = clean("idnat_ps", text)
        if rpps.is_valid(value) or adeli.is_valid(value):
            # Before its first digit is taken for a type: that of an RPPS, 1, is an employee's.
            raise NumberRefused("idnat_ps", "component", "bare")
        _person(value)
        return super().__new__(cls, value)

    @property
    def number(self) -> Rpps | Adeli:
        """The professional's own number, without the type digit."""
        return _person(self)

    def to_fhir(self) -> dict[str, str]:
        """A FHIR Identifier: `{"system": ..., "value": ...}`."""
        return {"system": IDNAT_PS_SYSTEM, "value": str(self)}

    @classmethod
    def from_fhir(cls, identifier: object) -> Self:
        """Reads one FHIR Identifier of the IdNat_PS or the RPPS system; raises `NumberRefused`."""
        system, value = _system_and_value("idnat_ps", identifier)
        if system == IDNAT_PS_SYSTEM:
            return cls(value)
        if system == RPPS_SYSTEM:
            return cls(f"8{Rpps(value)}")
        raise NumberRefused("idnat_ps", "format", "system")


class IdNatStruct(Number):
    """A valid national identifier of a structure.

    FR Core describes a practice's ADELI identifier as the nine characters of the ADELI and two of rank;
    no public text gives a key, and other lengths are said to exist: nine to fourteen characters of
    ADELI's shape are accepted after the `0`, without a check.
    """

    __slots__ = ()

    shape = Shape(
        "idnat_struct",
        "Identifiant national de structure (IdNat_Struct)",
        "^(0[0-9][0-9A-Z][0-9]{7,12}|1[0-9][0-9A-Z][0-9]{7}|2[0-9]{9}|[34][0-9]{14})$",
        ("1750803454", "10B0172805"),
        (),
    )

    def __new__(cls, text: object) -> Self:
        value = clean("idnat_struct", text)
        # A SIREN has the form and the key of a FINESS. A 0 and thirteen digits may be a practice's.
        if finess.is_valid(value) or (siret.is_valid(value) and not value.startswith("0")):
            raise NumberRefused("idnat_struct", "component", "bare")
        _structure(value)
        return super().__new__(cls, value)

    @property
    def structure(self) -> Finess | Siren | Siret | None:
        """The structure's own number; None for a professional's practice, which has none."""
        return _structure(self)

    def to_fhir(self) -> dict[str, str]:
        """A FHIR Identifier: `{"system": ..., "value": ...}`."""
        return {"system": IDNAT_STRUCT_SYSTEM, "value": str(self)}

    @classmethod
    def from_fhir(cls, identifier: object) -> Self:
        """Reads one FHIR Identifier of the IdNat_Struct system; raises `NumberRefused`."""
        system, value = _system_and_value("idnat_struct", identifier)
        if system != IDNAT_STRUCT_SYSTEM:
            raise NumberRefused("idnat_struct", "format", "system")
        return cls(value)


def _system_and_value(kind: str, identifier: object) -> tuple[object, object]:
    """The two fields of an Identifier, which is JSON from elsewhere: it may be anything."""
    if not isinstance(identifier, Mapping):
        raise NumberRefused(kind, "format", "not_an_object")
    fields = cast("Mapping[object, object]", identifier)
    return fields.get("system"), fields.get("value")


def _person(value: str) -> Rpps | Adeli:
    match value[0]:
        case "8":
            return after_prefix(Rpps, value)
        case "0":
            return after_prefix(Adeli, value)
        case prefix:
            detail = "employee" if prefix in _EMPLOYEE_PREFIXES else "prefix"
            raise NumberRefused("idnat_ps", "component", detail, position=1)


def _structure(value: str) -> Finess | Siren | Siret | None:
    match value[0]:
        case "0":
            after_prefix(_cabinet_adeli, value)
            return None
        case "1":
            return after_prefix(Finess, value)
        case "2":
            return after_prefix(Siren, value)
        case "3":
            return after_prefix(Siret, value)
        case "4":
            after_prefix(_cabinet_rpps, value)
            return None
        case _:
            raise NumberRefused("idnat_struct", "component", "prefix", position=1)


def _cabinet_adeli(inner: str) -> str:
    length = min(max(len(inner), _CABINET_ADELI_SHORTEST), _CABINET_ADELI_LONGEST)
    return lettered("idnat_struct", inner, length)


def _cabinet_rpps(inner: str) -> str:
    value = digits("idnat_struct", inner, 14)
    if not _luhn.holds(value[:11]):
        raise NumberRefused("idnat_struct", "checksum", "rpps_part")
    if not _luhn.holds(value):
        raise NumberRefused("idnat_struct", "checksum", "key")
    return value
