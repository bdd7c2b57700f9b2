"""SQLAlchemy 2: column types that write checked numbers and read them back as their class.

    class Base(DeclarativeBase):
        type_annotation_map = NUMBER_TYPES          # then `Mapped[Rpps]` is a column of this type

    class Nurse(Base):
        __tablename__ = "nurse"
        id: Mapped[int] = mapped_column(primary_key=True)
        rpps: Mapped[Rpps] = mapped_column(unique=True)

A text that is given to a statement is read like one that is typed: `Nurse.rpps == "99 700 218 896"`
finds the row, and a text that is no number raises `NumberRefused` before anything is sent. LIKE and the
comparisons of order take their text as it is, since half a number is no number.

Rows that hold no valid number are read as `Unreadable`, never refused: see `entractes_auth.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeVar

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import _kinds
from entractes_auth.fields._kinds import Kind
from entractes_auth.fields._unreadable import Unreadable
from entractes_auth.numbers import Adeli, Finess, IdNatPs, IdNatStruct, Rpps, Siren, Siret
from entractes_auth.numbers._number import Number

__all__ = [
    "NUMBER_TYPES",
    "AdeliType",
    "FinessType",
    "IdNatPsType",
    "IdNatStructType",
    "NumberType",
    "ProfessionalType",
    "RppsType",
    "SirenType",
    "SiretType",
]

N = TypeVar("N", bound=Number)

_WHOLE_NUMBERS: Final = frozenset(
    {
        operators.eq,
        operators.ne,
        operators.in_op,
        operators.not_in_op,
        operators.is_distinct_from,
        operators.is_not_distinct_from,
    }
)


class _ParameterRefused(NumberRefused, DontWrapMixin):
    """Reaches the caller as it is. SQLAlchemy's `StatementError` would quote the parameters, which are
    the number that was typed and the rest of a person's row, in every log that prints the error."""


class NumberType(TypeDecorator[N | Unreadable]):
    """What the column types have in common; choose the one of your number."""

    impl = String
    cache_ok = True  # said again by every subclass, since SQLAlchemy does not look further

    kind: ClassVar[Kind[Number]]

    def __init__(self, length: int | None = None) -> None:
        """`length`: of a column that is wider than the number; Alembic's migrations name it too."""
        # Kept here as well, where SQLAlchemy's cache of statements looks for what tells two types apart.
        self.length = length or self.kind.length
        super().__init__(self.length)

    @override
    def process_bind_param(self, value: N | Unreadable | str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return str(self.kind.accept(value))
        except NumberRefused as refused:
            raise _ParameterRefused(
                refused.kind, refused.code, refused.detail, position=refused.position
            ) from None

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.kind.read_back(value)

    @override
    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> TypeEngine[Any]:
        return self if op in _WHOLE_NUMBERS else String()


class RppsType(NumberType[Rpps]):
    """A column of RPPS numbers."""

    cache_ok = True
    kind = _kinds.RPPS


class AdeliType(NumberType[Adeli]):
    """A column of ADELI numbers."""

    cache_ok = True
    kind = _kinds.ADELI


class FinessType(NumberType[Finess]):
    """A column of FINESS numbers."""

    cache_ok = True
    kind = _kinds.FINESS


class SirenType(NumberType[Siren]):
    """A column of SIREN numbers."""

    cache_ok = True
    kind = _kinds.SIREN


class SiretType(NumberType[Siret]):
    """A column of SIRET numbers."""

    cache_ok = True
    kind = _kinds.SIRET


class IdNatPsType(NumberType[IdNatPs]):
    """A column of professionals' national identifiers."""

    cache_ok = True
    kind = _kinds.IDNAT_PS


class IdNatStructType(NumberType[IdNatStruct]):
    """A column of structures' national identifiers: FINESS, SIREN and SIRET side by side."""

    cache_ok = True
    kind = _kinds.IDNAT_STRUCT


class ProfessionalType(NumberType[Rpps | Adeli]):
    """A column of RPPS and ADELI numbers, told apart by their length."""

    cache_ok = True
    kind = _kinds.PROFESSIONAL


NUMBER_TYPES: Final[Mapping[Any, TypeEngine[Any]]] = {
    Rpps: RppsType(),
    Adeli: AdeliType(),
    Finess: FinessType(),
    Siren: SirenType(),
    Siret: SiretType(),
    IdNatPs: IdNatPsType(),
    IdNatStruct: IdNatStructType(),
    Rpps | Adeli: ProfessionalType(),
}
"""For `type_annotation_map` of a declarative base; merge it with your own: `{**NUMBER_TYPES, ...}`."""
