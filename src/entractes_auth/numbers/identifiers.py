"""The two composite fields of the sign-up page, as people copy them from a card or a letterhead.

A professional's field takes 9 to 12 characters: 9 ADELI, 10 `0` + ADELI, 11 RPPS, 12 `8` + RPPS.

A structure's field takes FINESS and SIRET numbers, and what cards carry: 9 FINESS, 10 `1` + FINESS
or `2` + SIREN, 14 SIRET, 15 `3` + SIRET. FINESS and SIREN share nine characters *and* the same key, so
that nothing tells nine bare digits apart: they are a FINESS, since that is what the field asks for,
unless they begin like no department (00, 96, 99), which leaves a SIREN. Accepted: most SIREN numbers
typed alone are read as a FINESS; `findings` tells the operator that it may be one where the department
does not fit.

A professional's own practice has an identifier too: `4` + RPPS, rank and key, or `0` + ADELI and rank.
`parse_structure` reads both as an `IdNatStruct`, where the professional's number in it has its key: else
nearly any mistyped FINESS or SIRET that begins with a zero would be one. The sign-up field
(`parse_structure_number`) refuses it with the detail `practice`, and a sentence that says what to give
instead: it holds no number of a structure, only the professional's, whose field is the other one.
"""

from __future__ import annotations

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import _luhn, adeli, rpps
from entractes_auth.numbers._text import after_prefix, clean
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.idnat import IdNatStruct
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret

__all__ = ["parse_professional", "parse_structure", "parse_structure_number"]

_NO_DEPARTMENT = ("00", "96", "99")


def parse_professional(text: str) -> Rpps | Adeli:
    """The professional's number; raises `NumberRefused`.

    The refusal's kind is "rpps" or "adeli" once the length has told which one it is, and
    "professional" before that; `position` counts the card's digit too.
    """
    value = clean("professional", text)
    match len(value), value[0]:
        case 9, _:
            return Adeli(value)
        case 10, "0":
            return after_prefix(Adeli, value)
        case 11, _:
            return Rpps(value)
        case 12, "8":
            return after_prefix(Rpps, value)
        case ((10 | 12), _):
            # Nearly always an RPPS with a digit too few or too many.
            raise NumberRefused("professional", "component", "prefix", position=1)
        case _:
            raise NumberRefused("professional", "length", "too_short" if len(value) < 9 else "too_long")


def parse_structure(text: str) -> Finess | Siren | Siret | IdNatStruct:
    """Whatever names a structure: its number, or the identifier of a professional's own practice.

    Raises `NumberRefused`, with kinds and positions as above.
    """
    value = clean("structure", text)
    return IdNatStruct(value) if _is_practice(value) else parse_structure_number(value)


def parse_structure_number(text: str) -> Finess | Siren | Siret:
    """The structure's number, as the sign-up field takes it; raises `NumberRefused` as `parse_structure` does."""
    value = clean("structure", text)
    if _is_practice(value):
        raise NumberRefused("structure", "component", "practice", position=1)
    match len(value), value[0]:
        case 9, _:
            return Siren(value) if value.startswith(_NO_DEPARTMENT) else Finess(value)
        case 10, "1":
            return after_prefix(Finess, value)
        case 10, "2":
            return after_prefix(Siren, value)
        case 14, _:
            return Siret(value)
        case 15, "3":
            return after_prefix(Siret, value)
        case ((10 | 15), _):
            raise NumberRefused("structure", "component", "prefix", position=1)
        case _:
            raise NumberRefused("structure", "length", _length_detail(len(value)))


def _is_practice(value: str) -> bool:
    """Whether it is a practice's identifier beyond doubt: the professional's number in it has its key."""
    match len(value), value[0]:
        case 15, "4":
            return rpps.is_valid(value[1:12]) and _luhn.holds(value[1:])
        case 12, "0":
            return adeli.is_valid(value[1:10]) and value[10:].isdigit()
        case _:
            return False


def _length_detail(length: int) -> str:
    if length < 9:
        return "too_short"
    return "too_long" if length > 15 else "between"
