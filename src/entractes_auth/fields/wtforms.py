"""WTForms: validators that make the typed number of what a field received.

    class Application(Form):
        rpps = StringField("Numéro RPPS", [InputRequired(), RppsNumber()])
        finess = StringField("Numéro FINESS", [Optional(), FinessNumber()])

    form.rpps.data          # Rpps('99•••••••96'), and what was typed as long as it is wrong

Put them last but for validators that ask something of the number itself: those come after and receive
the typed number, since a refusal ends the chain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from wtforms.fields import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import _kinds
from entractes_auth.fields._kinds import Kind, explain_in
from entractes_auth.numbers._number import Number

__all__ = [
    "AdeliNumber",
    "FinessNumber",
    "IdNatPsNumber",
    "IdNatStructNumber",
    "NumberValidator",
    "ProfessionalNumber",
    "RppsNumber",
    "SirenNumber",
    "SiretNumber",
    "StructureNumber",
]


class NumberValidator:
    """What the validators have in common; choose the one of your number.

    `message`: your own sentence, in place of the one that says what is wrong and how to mend it.
    `locale`: a language tag or a callable that gives one, such as Flask-Babel's `get_locale`; without
    it the first of the form's `Meta.locales`, and French when there is none.
    """

    kind: ClassVar[Kind[Number]]

    def __init__(
        self, message: str | None = None, *, locale: str | Callable[[], object] | None = None
    ) -> None:
        self.message = message
        self.locale = locale

    def __call__(self, form: BaseForm, field: Field) -> None:
        try:
            # A field that the request did not have holds None: it is empty, rather than no text.
            field.data = self.kind.read("" if field.data is None else field.data)
        except NumberRefused as refused:
            # Stops the chain: a later validator may rely on the number that it is given.
            raise StopValidation(self.message or explain_in(self._language(form), refused)) from refused

    def _language(self, form: BaseForm) -> str | None:
        if self.locale is not None:
            return str(self.locale() if callable(self.locale) else self.locale)
        return next(iter(form.meta.locales or ()), None)


class RppsNumber(NumberValidator):
    """An RPPS number."""

    kind = _kinds.RPPS


class AdeliNumber(NumberValidator):
    """An ADELI number."""

    kind = _kinds.ADELI


class FinessNumber(NumberValidator):
    """A FINESS number."""

    kind = _kinds.FINESS


class SirenNumber(NumberValidator):
    """A SIREN number."""

    kind = _kinds.SIREN


class SiretNumber(NumberValidator):
    """A SIRET number."""

    kind = _kinds.SIRET


class IdNatPsNumber(NumberValidator):
    """A national identifier of a professional."""

    kind = _kinds.IDNAT_PS


class IdNatStructNumber(NumberValidator):
    """A national identifier of a structure."""

    kind = _kinds.IDNAT_STRUCT


class ProfessionalNumber(NumberValidator):
    """An RPPS or ADELI number, as on the card: `field.data` becomes an `Rpps` or an `Adeli`."""

    kind = _kinds.PROFESSIONAL


class StructureNumber(NumberValidator):
    """A structure's number: `field.data` becomes a `Finess`, a `Siren` or a `Siret`."""

    kind = _kinds.STRUCTURE
