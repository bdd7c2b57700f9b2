"""pydantic: the two composite fields of the sign-up page, and sentences for refused numbers.

    from entractes_auth.fields.pydantic import ProfessionalNumber, StructureNumber
    from entractes_auth.numbers import Rpps

    class Application(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)

        rpps: Rpps                               # the classes of `numbers` are field types by themselves
        professional: ProfessionalNumber         # RPPS or ADELI, 9 to 12 characters as on the card
        structure: StructureNumber | None = None

A plain union `Rpps | Adeli` does not read the card's twelve characters, and reports each wrong number
twice. A value that is already a number of the union is kept as it is.

Accepted: in JSON, a `Siren` is nine digits, which `StructureNumber` reads back as a `Finess`. Where
that matters on the wire, use `IdNatStruct`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from entractes_auth.errors import NumberRefused
from entractes_auth.fields._kinds import PROFESSIONAL, STRUCTURE, Kind, explain_in
from entractes_auth.numbers import Adeli, Finess, Rpps, Siren, Siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers._pydantic import core_schema_of, json_schema_of

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, ErrorDetails

__all__ = ["ProfessionalNumber", "StructureNumber", "explain_refusal"]


@dataclass(frozen=True, slots=True)
class _AsTyped:
    """Reads with the composite's own reader, in place of trying each class of the union."""

    kind: Kind[Number]
    classes: tuple[type[Number], ...]
    pattern: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema_of(self._read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        examples = [one.shape.examples[0] for one in self.classes]
        return json_schema_of(handler, title=self.kind.title, pattern=self.pattern, examples=examples)

    def _read(self, value: Any) -> Number:
        # A Siren is not read again: nine digits alone would make a Finess of it.
        return value if isinstance(value, self.classes) else self.kind.read(value)


ProfessionalNumber = Annotated[
    Rpps | Adeli,
    _AsTyped(PROFESSIONAL, (Rpps, Adeli), "^(8?[0-9]{11}|0?[0-9][0-9A-F][0-9]{7})$"),
]
"""An RPPS or ADELI number, with or without the digit that cards print before it."""

StructureNumber = Annotated[
    Finess | Siren | Siret,
    _AsTyped(STRUCTURE, (Finess, Siret, Siren), "^(1?[0-9][0-9A-Z][0-9]{7}|2[0-9]{9}|3?[0-9]{14})$"),
]
"""A FINESS, SIREN or SIRET number, with or without the digit that cards print before it."""


def explain_refusal(error: ErrorDetails, locale: str) -> str | None:
    """The sentence for one of `ValidationError.errors()`, French or English ("fr", "en", "en-GB").

    None when the error is not about a number: `explain_refusal(error, "fr") or error["msg"]`.
    """
    told = error.get("ctx")
    if error["type"] != "number_refused" or told is None:
        return None
    refused = NumberRefused(told["kind"], told["code"], told["detail"], position=told.get("position"))
    return explain_in(locale, refused)
