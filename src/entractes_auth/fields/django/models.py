"""Django model fields: the column holds the normalised number, the attribute its class.

    class Nurse(models.Model):
        rpps = RppsField(unique=True)
        finess = FinessField(null=True, blank=True)

As everywhere in Django, `full_clean` (which model forms and the admin call) tells a person what is
wrong; `save` and lookups do not, but they refuse with `NumberRefused`, a ValueError, rather than let a
wrong number into the column. `filter(rpps="99 700 218 896")` finds the row; `rpps__startswith` and the
like, and comparisons of order (`finess__gte="75"`), take their text as it is: half a number is no number.

Rows that hold no valid number are read as `Unreadable`, never refused: see `entractes_auth.fields`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic

from django.db import models
from django.db.models import lookups
from typing_extensions import TypeVar, override

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import _kinds
from entractes_auth.fields._kinds import Kind
from entractes_auth.fields._unreadable import Unreadable
from entractes_auth.fields.django import forms
from entractes_auth.fields.django.forms import validation_error
from entractes_auth.numbers import Adeli, Finess, IdNatPs, IdNatStruct, Rpps, Siren, Siret
from entractes_auth.numbers._number import Number

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression
    from django.forms import Field as FormField

__all__ = [
    "AdeliField",
    "FinessField",
    "IdNatPsField",
    "IdNatStructField",
    "NumberField",
    "ProfessionalField",
    "RppsField",
    "SirenField",
    "SiretField",
]

# What may be assigned and what is read, by the names and the rules of django-stubs: its mypy plugin fills
# them from `_pyi_private_get_type`, with None for a nullable field. Without the plugin they are Any.
_ST = TypeVar("_ST", contravariant=True, default=Any)
_GT = TypeVar("_GT", covariant=True, default=Any)

if TYPE_CHECKING:

    class _CharField(models.CharField[_ST, _GT]): ...
else:
    # Only the stubs know Django's fields as generic classes.
    class _CharField(models.CharField, Generic[_ST, _GT]): ...


class NumberField(_CharField[_ST, _GT]):
    """What the model fields have in common; choose the one of your number.

    Options are those of `models.CharField`. `max_length` is the number's own unless you give a wider
    one; `verbose_name` its French name, which migrations do not repeat.
    """

    kind: ClassVar[Kind[Number]]
    form_class: ClassVar[type[forms.NumberField]]
    _pyi_private_get_type: Any

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        options.setdefault("max_length", self.kind.length)
        super().__init__(verbose_name, **options)
        if verbose_name is None:
            self.verbose_name = self.kind.title

    @override
    def to_python(self, value: Any) -> Any:
        """The number; for `full_clean` and fixtures. Raises `ValidationError`."""
        if value in self.empty_values:
            return value
        try:
            return self.kind.read(value)
        except NumberRefused as refused:
            raise validation_error(refused, self.error_messages) from refused

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Number | Unreadable | str | None:
        """Called by Django for every value that it reads."""
        return self.kind.read_back(value) if value else value

    @override
    def get_prep_value(self, value: Any) -> Any:
        """What goes into the column, or is compared with it; raises `NumberRefused`."""
        # Past CharField's own, which would call `to_python` and answer a program as it answers a person.
        value = super(models.CharField, self).get_prep_value(value)
        return value if value in self.empty_values else str(self._accept(value))

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is about to be saved; the attribute then holds the number, as after a read."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str) and value:  # rather than an expression, which the database computes
            value = self._accept(value)
            setattr(model_instance, self.attname, value)
        return value

    @override
    def formfield(self, **options: Any) -> FormField | None:
        """The form field of the same name; without a length, which would count the spaces that people type."""
        options.setdefault("form_class", self.form_class)
        options.setdefault("max_length", None)
        return super().formfield(**options)

    def _accept(self, value: str) -> Number | Unreadable:
        try:
            return self.kind.accept(value)
        except NumberRefused as refused:
            refused.add_note(f"for the field {self}; full_clean() says it to a person before save()")
            raise


_ORDER = (
    lookups.GreaterThan,
    lookups.GreaterThanOrEqual,
    lookups.LessThan,
    lookups.LessThanOrEqual,
    lookups.Range,
)
for _lookup in _ORDER:
    # Django's own would ask `get_prep_value` for a whole number, as its LIKE does not.
    NumberField.register_lookup(type(_lookup.__name__, (_lookup,), {"prepare_rhs": False}))


class RppsField(NumberField[_ST, _GT]):
    """A column of RPPS numbers."""

    _pyi_private_get_type: Rpps | Unreadable
    kind = _kinds.RPPS
    form_class = forms.RppsField


class AdeliField(NumberField[_ST, _GT]):
    """A column of ADELI numbers."""

    _pyi_private_get_type: Adeli | Unreadable
    kind = _kinds.ADELI
    form_class = forms.AdeliField


class FinessField(NumberField[_ST, _GT]):
    """A column of FINESS numbers."""

    _pyi_private_get_type: Finess | Unreadable
    kind = _kinds.FINESS
    form_class = forms.FinessField


class SirenField(NumberField[_ST, _GT]):
    """A column of SIREN numbers."""

    _pyi_private_get_type: Siren | Unreadable
    kind = _kinds.SIREN
    form_class = forms.SirenField


class SiretField(NumberField[_ST, _GT]):
    """A column of SIRET numbers."""

    _pyi_private_get_type: Siret | Unreadable
    kind = _kinds.SIRET
    form_class = forms.SiretField


class IdNatPsField(NumberField[_ST, _GT]):
    """A column of professionals' national identifiers."""

    _pyi_private_get_type: IdNatPs | Unreadable
    kind = _kinds.IDNAT_PS
    form_class = forms.IdNatPsField


class IdNatStructField(NumberField[_ST, _GT]):
    """A column of structures' national identifiers: FINESS, SIREN and SIRET side by side."""

    _pyi_private_get_type: IdNatStruct | Unreadable
    kind = _kinds.IDNAT_STRUCT
    form_class = forms.IdNatStructField


class ProfessionalField(NumberField[_ST, _GT]):
    """A column of RPPS and ADELI numbers, told apart by their length."""

    _pyi_private_get_type: Rpps | Adeli | Unreadable
    kind = _kinds.PROFESSIONAL
    form_class = forms.ProfessionalField
