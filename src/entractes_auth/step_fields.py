"""The types of the wizard's fields: what each accepts, what it makes of it, and its longest text.

A refusal is a pydantic error whose type is our code ("bad_character") and whose context is our
params, all JSON and nothing of what was typed. A text that the store gives back is taken as it is:
it was read when it was saved, and the phone and e-mail libraries change their minds with each
release, which must not make a stored registration unreadable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, TypeAlias, cast

from pydantic import BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from entractes_auth import contacts, typed_text
from entractes_auth.errors import InvalidInput, NumberRefused, Problem
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.catalogue import find_profession
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.identifiers import parse_professional, parse_structure_number
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.policy.registration import NO_NETWORK

__all__ = [
    "FROM_STORE",
    "City",
    "ContactPhone",
    "Email",
    "Mobile",
    "Name",
    "Networks",
    "Organisation",
    "Postcode",
    "ProfessionKey",
    "ProfessionalNumber",
    "Street",
    "StructureNumber",
    "refusal",
]

FROM_STORE: Final = object()
"""The validation context that says: this was read before."""

_NAME_LONGEST = 80
_ORGANISATION_LONGEST = 120
_STREET_LONGEST = 160
_KEY_LONGEST = 64  # of professions and networks
_NETWORKS_MOST = 20

_Reader: TypeAlias = Callable[[object], object]
# The page and the field's name are known to pydantic only; `steps` puts them in.
_HERE = ""


def refusal(problem: Problem) -> PydanticCustomError:
    """`problem` as pydantic's error."""
    # pydantic wants a literal, so that no input becomes a code: ours are literals where they are raised.
    code = problem.code
    return PydanticCustomError(code, "refused", dict(problem.params))  # pyright: ignore[reportArgumentType]


def _field(read: _Reader) -> Callable[[object, ValidationInfo], object]:
    """A validator that reads what a person typed, and believes the store."""
    checked = _checked(read)

    def validate(value: object, info: ValidationInfo) -> object:
        return value if info.context is FROM_STORE else checked(value)

    return validate


def _checked(read: _Reader) -> _Reader:
    def validate(value: object) -> object:
        try:
            return read(value)
        except InvalidInput as refused:
            problem = refused.problems[0]
        except NumberRefused as refused:
            problem = _number_problem(refused)
        raise refusal(problem)

    return validate


def _number_problem(refused: NumberRefused) -> Problem:
    params: dict[str, str | int] = {"kind": refused.kind, "detail": refused.detail}
    if refused.position is not None:
        params["position"] = refused.position
    return Problem(_HERE, f"number_{refused.code}", params)


def _optional(read: _Reader) -> _Reader:
    return lambda value: "" if typed_text.is_blank(value) else read(value)


def _line(maximum: int, marks: str = typed_text.NAME_MARKS) -> _Reader:
    return lambda value: typed_text.line(value, _HERE, maximum=maximum, marks=marks)


def _postcode(value: object) -> str:
    return typed_text.postcode(value, _HERE)


def _mobile(value: object) -> str:
    return contacts.parse_mobile(value, regions=contacts.FRENCH_REGIONS)


def _contact_phone(value: object) -> str:
    return contacts.parse_phone(value, regions=contacts.FRENCH_REGIONS)


def _profession(value: object) -> str:
    key = typed_text.short_text(value, _HERE, maximum=_KEY_LONGEST)
    if find_profession(key) is None:
        raise InvalidInput(Problem(_HERE, "unknown_profession"))
    return key


def _networks(value: object) -> tuple[str, ...]:
    """Keys without their repetitions. One bare text is refused: it is what is left of a list that a
    host read with the wrong method of its form, and the other networks would be lost."""
    if value is None or value in ((), []):
        raise InvalidInput(Problem(_HERE, "missing"))
    if not isinstance(value, list | tuple):
        raise InvalidInput(Problem(_HERE, "not_a_list"))
    keys = cast("list[object] | tuple[object, ...]", value)
    if len(keys) > _NETWORKS_MOST:
        raise InvalidInput(Problem(_HERE, "too_many", {"maximum": _NETWORKS_MOST}))
    networks = tuple(dict.fromkeys(_network(key) for key in keys))
    if NO_NETWORK in networks and len(networks) > 1:
        raise InvalidInput(Problem(_HERE, "none_with_another"))
    return networks


def _network(value: object) -> str:
    key = typed_text.short_text(value, _HERE, maximum=_KEY_LONGEST)
    if not key.isprintable():
        raise InvalidInput(Problem(_HERE, "unknown_network"))
    return key


def _professional(value: object) -> Rpps | Adeli | None:
    if isinstance(value, Rpps | Adeli):
        return value
    return None if typed_text.is_blank(value) else parse_professional(cast(str, value))


def _structure(value: object) -> Finess | Siren | Siret | None:
    # A number keeps its kind here: the same nine digits may be a SIREN and a FINESS.
    if isinstance(value, Finess | Siren | Siret):
        return value
    return None if typed_text.is_blank(value) else parse_structure_number(cast(str, value))


Name: TypeAlias = Annotated[str, BeforeValidator(_field(_line(_NAME_LONGEST)))]
Organisation: TypeAlias = Annotated[
    str, BeforeValidator(_field(_optional(_line(_ORGANISATION_LONGEST, typed_text.ORGANISATION_MARKS))))
]
Street: TypeAlias = Annotated[str, BeforeValidator(_field(_line(_STREET_LONGEST, typed_text.ADDRESS_MARKS)))]
City: TypeAlias = Annotated[str, BeforeValidator(_field(_line(_NAME_LONGEST, typed_text.ADDRESS_MARKS)))]
Postcode: TypeAlias = Annotated[str, BeforeValidator(_field(_postcode))]
ProfessionKey: TypeAlias = Annotated[str, BeforeValidator(_field(_optional(_profession)))]
Networks: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_field(_networks))]
Mobile: TypeAlias = Annotated[str, BeforeValidator(_field(_mobile))]
ContactPhone: TypeAlias = Annotated[str, BeforeValidator(_field(_optional(_contact_phone)))]
Email: TypeAlias = Annotated[str, BeforeValidator(_field(contacts.parse_email))]

# Read again from the store too: their class must come back, and their keys do not change.
# `PlainValidator`: pydantic's own union would try FINESS first, and so turn a SIREN into one.
ProfessionalNumber: TypeAlias = Annotated[
    Rpps | Adeli | None,
    PlainValidator(_checked(_professional)),
    WithJsonSchema({"type": ["string", "null"], "title": "Numéro RPPS ou ADELI"}),
]
StructureNumber: TypeAlias = Annotated[
    Finess | Siren | Siret | None,
    PlainValidator(_checked(_structure)),
    WithJsonSchema({"type": ["string", "null"], "title": "Numéro FINESS ou SIRET"}),
]
