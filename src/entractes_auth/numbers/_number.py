"""What the five numbers have in common: a `str` that can only hold a valid number, and hides in logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from typing_extensions import override

from entractes_auth.numbers._fault import Fault

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["Number", "Shape", "accepted"]

N = TypeVar("N", bound="Number")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of number is named, described and printed.

    `kind`: as in `NumberRefused.kind`. `title`: French, for forms and JSON Schema. `pattern`: of the
    normalised value, for ECMAScript and for `re.fullmatch`, since the `$` of Python's `re.search` lets a
    line end through. `examples`: published or test numbers.
    `groups`: how many characters people print together; what is left over is one more group.
    """

    kind: str
    title: str
    pattern: str
    examples: tuple[str, ...]
    groups: tuple[int, ...]


class Number(str):
    """A valid number: constructing one from a text that is not valid raises `NumberRefused`.

    `str()`, f-strings and JSON give the normalised value, `repr()` only what `masked` shows, so that
    a traceback or a dump of objects does not carry a person's number. It compares equal to a `str`
    of the same characters, and copies and pickles as one; loading it, by any protocol, checks it again.
    """

    __slots__ = ()

    shape: ClassVar[Shape]

    @property
    def formatted(self) -> str:
        """As people print it, in groups with ordinary spaces; `parse` reads it back."""
        groups: list[str] = []
        start = 0
        for size in self.shape.groups:
            groups.append(self[start : start + size])
            start += size
        return " ".join([*groups, self[start:]]).strip()

    @property
    def masked(self) -> str:
        """For logs and pages that must not show it: the first two and the last two characters."""
        return f"{self[:2]}{'•' * (len(self) - 4)}{self[-2:]}"

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self.masked}')"

    @override
    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        # Without it, the two oldest protocols would load any text as a number.
        return type(self), (str(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Lets pydantic take the class as a field type; a refusal has the type `number_refused`.

        pydantic's errors quote what was typed: set `hide_input_in_errors=True` on models whose
        errors are logged.
        """
        from entractes_auth.numbers._pydantic import core_schema_of

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The normalised value as a JSON Schema, under what the field says of itself."""
        from entractes_auth.numbers._pydantic import json_schema_of

        shape = cls.shape
        return json_schema_of(
            handler, title=shape.title, pattern=shape.pattern, examples=list(shape.examples)
        )


def accepted(kind: type[N], judged: bytes | Fault) -> N:
    """The number that these symbols are, since their key holds; raises what was found instead."""
    if isinstance(judged, Fault):
        raise judged.refusal(kind.shape.kind)
    return str.__new__(kind, judged, "ascii")
