"""Django form fields: `cleaned_data` holds the typed number, or the form says how to mend it.

    class Application(forms.Form):
        professional = ProfessionalField()              # RPPS or ADELI, as on the card
        siret = SiretField(required=False)

The sentences are French, or English where Django's active language is. What was typed is shown again
as it was typed. Like every CharField of Django these drop white space around the text, line ends
included; `strip=False` leaves it to the number, which refuses line ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from typing_extensions import override

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import _kinds
from entractes_auth.fields._kinds import Kind, explain_in
from entractes_auth.numbers._number import Number

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
    "StructureField",
    "validation_error",
]


class NumberField(forms.CharField):
    """What the form fields have in common; choose the one of your number.

    Options are those of `forms.CharField`. `label` is the number's French name unless you give one;
    `error_messages` may replace the sentences of "format", "length", "checksum" and "component".
    """

    kind: ClassVar[Kind[Number]]

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", self.kind.title)
        super().__init__(**options)

    @override
    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        if not typed:
            return typed
        try:
            return self.kind.read(typed)
        except NumberRefused as refused:
            raise validation_error(refused, self.error_messages) from refused

    @override
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        if widget.is_hidden:
            return attributes
        # Django lets these win over the widget's own; the host's word must win here.
        ours = {name: value for name, value in self.kind.html_attributes.items() if name not in widget.attrs}
        return {**attributes, **ours}


class RppsField(NumberField):
    """An RPPS number."""

    kind = _kinds.RPPS


class AdeliField(NumberField):
    """An ADELI number."""

    kind = _kinds.ADELI


class FinessField(NumberField):
    """A FINESS number."""

    kind = _kinds.FINESS


class SirenField(NumberField):
    """A SIREN number."""

    kind = _kinds.SIREN


class SiretField(NumberField):
    """A SIRET number."""

    kind = _kinds.SIRET


class IdNatPsField(NumberField):
    """A national identifier of a professional."""

    kind = _kinds.IDNAT_PS


class IdNatStructField(NumberField):
    """A national identifier of a structure."""

    kind = _kinds.IDNAT_STRUCT


class ProfessionalField(NumberField):
    """An RPPS or ADELI number, as on the card: an `Rpps` or an `Adeli`."""

    kind = _kinds.PROFESSIONAL


class StructureField(NumberField):
    """A structure's number: a `Finess`, a `Siren` or a `Siret`."""

    kind = _kinds.STRUCTURE


def validation_error(refused: NumberRefused, own: Mapping[str, Any]) -> ValidationError:
    """The refusal in the active language; `own` is a field's `error_messages`, by the refusal's code."""
    message = own.get(refused.code) or explain_in(get_language(), refused)
    return ValidationError(message, code=refused.code)
