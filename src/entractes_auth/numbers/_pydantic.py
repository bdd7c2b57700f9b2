"""How pydantic reads and describes a number. Imported only when pydantic asks for a schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError, core_schema

from entractes_auth.errors import NumberRefused

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler

__all__ = ["core_schema_of", "json_schema_of"]


def core_schema_of(read: Callable[[Any], object]) -> core_schema.CoreSchema:
    """A field that holds what `read` makes; a refusal has the type `number_refused`."""

    def validate(value: Any) -> object:
        try:
            return read(value)
        except NumberRefused as refused:
            why = {"kind": refused.kind, "code": refused.code, "detail": refused.detail}
            where = {} if refused.position is None else {"position": refused.position}
            # `from None`: the refusal is told in full by the context, which is JSON, unlike an exception.
            raise PydanticCustomError(
                "number_refused", "{kind}: {code} ({detail})", {**why, **where}
            ) from None

    # A plain validator, since pydantic takes what a schema of texts gives for less exact: in a union
    # with `str`, the number would never be chosen.
    return core_schema.no_info_plain_validator_function(
        validate, serialization=core_schema.to_string_ser_schema()
    )


def json_schema_of(
    handler: GetJsonSchemaHandler, *, title: str, pattern: str, examples: list[str]
) -> dict[str, Any]:
    """The normalised value; what is typed may also hold spaces, dots and hyphens."""
    # The handler knows what a `Field` around the type says, and that wins.
    said = handler(core_schema.str_schema())
    return {"title": title, "pattern": pattern, "examples": examples, **said}
