"""Django form fields: the typed number, or a sentence at what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.fields.django import forms as ours
from entractes_auth.fields.django import models as columns
from entractes_auth.fields.django.forms import (
    AdeliField,
    FinessField,
    NumberField,
    ProfessionalField,
    RppsField,
    StructureField,
)
from entractes_auth.numbers import Adeli, Finess, Rpps, Siren, Siret, explain
from entractes_auth.testing import strategies as fr
from tests.django_settings import configure

configure()

WRONG_KEY = NumberRefused("rpps", "checksum", "key")
FIELDS: dict[str, type[NumberField]] = {
    name: getattr(ours, name) for name in ours.__all__ if name.endswith("Field") and name != "NumberField"
}


class Application(forms.Form):
    """A host's form."""

    rpps = RppsField()
    finess = FinessField(required=False)


def test_cleaned_data_holds_the_typed_numbers() -> None:
    form = Application({"rpps": "99 700 218 896", "finess": "2a0000014"})
    assert form.is_valid()
    assert form.cleaned_data == {"rpps": "99700218896", "finess": "2A0000014"}
    assert type(form.cleaned_data["rpps"]) is Rpps
    assert type(form.cleaned_data["finess"]) is Finess


def test_what_may_stay_empty_is_empty_and_what_must_not_is_asked_for() -> None:
    form = Application({"rpps": "  ", "finess": " "})
    assert not form.is_valid()
    assert list(form.errors) == ["rpps"]
    assert form.errors.as_data()["rpps"][0].code == "required"
    assert form.cleaned_data["finess"] == ""


@pytest.mark.parametrize(("language", "locale"), [("fr", "fr"), ("en", "en"), ("en-gb", "en"), ("de", "fr")])
def test_the_sentence_is_in_the_active_language(language: str, locale: str) -> None:
    with translation.override(language):
        form = Application({"rpps": "99700218897"})
        assert form.errors["rpps"] == [explain(WRONG_KEY, locale)]


def test_without_any_language_the_sentence_is_french() -> None:
    with translation.override(None):
        assert Application({"rpps": "99700218897"}).errors["rpps"] == [explain(WRONG_KEY, "fr")]


def test_an_error_has_the_refusal_as_its_code_and_its_cause() -> None:
    [error] = Application({"rpps": "9970O218896"}).errors.as_data()["rpps"]
    assert error.code == "format"
    assert isinstance(error.__cause__, NumberRefused)
    assert error.__cause__.position == 5


def test_a_host_may_say_it_in_its_own_words() -> None:
    class Own(forms.Form):
        rpps = RppsField(error_messages={"checksum": "Relisez la carte."})

    assert Own({"rpps": "99700218897"}).errors["rpps"] == ["Relisez la carte."]
    assert Own({"rpps": "1"}).errors["rpps"] == [explain(NumberRefused("rpps", "length", "too_short"), "fr")]


def test_what_was_typed_is_shown_again_as_it_was_typed_and_escaped() -> None:
    form = Application({"rpps": "99 700-218.897", "finess": '"><script>'})
    assert not form.is_valid()
    page = form.as_p()
    assert 'value="99 700-218.897"' in page
    assert "<script>" not in page


def test_the_input_says_which_keyboard_it_wants_and_nothing_that_cuts_a_pasted_number() -> None:
    page = str(Application()["rpps"])
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="off"' in page
    assert "maxlength" not in page
    assert 'autocapitalize="characters"' in str(Application()["finess"])


def test_the_hosts_own_attributes_win_and_a_hidden_input_needs_none() -> None:
    class Own(forms.Form):
        rpps = RppsField(widget=forms.TextInput({"autocomplete": "on", "class": "digits"}))
        kept = AdeliField(widget=forms.HiddenInput())

    page = str(Own()["rpps"])
    assert 'autocomplete="on"' in page
    assert 'class="digits"' in page
    assert 'inputmode="numeric"' in page
    assert "inputmode" not in str(Own()["kept"])


def test_the_label_is_the_numbers_french_name_unless_the_host_gives_one() -> None:
    class Own(forms.Form):
        rpps = RppsField()
        adeli = AdeliField(label="Ancien numéro")

    assert [bound.label for bound in Own()] == ["Numéro RPPS", "Ancien numéro"]


def test_a_number_that_is_only_written_otherwise_has_not_changed() -> None:
    field = RppsField()
    assert not field.has_changed(Rpps("99700218896"), "99 700 218 896")
    assert field.has_changed(Rpps("99700218896"), "99900007743")
    assert field.has_changed(Rpps("99700218896"), "")


@pytest.mark.parametrize(
    ("field", "typed", "kind"),
    [
        (ProfessionalField(), "899700218896", Rpps),
        (ProfessionalField(), "00b1053871", Adeli),
        (StructureField(), "2a0000014", Finess),
        (StructureField(), "2267500452", Siren),
        (StructureField(), "267 500 452 00524", Siret),
    ],
)
def test_the_composites_read_the_card(field: forms.Field, typed: str, kind: type[str]) -> None:
    assert type(field.clean(typed)) is kind


def test_line_ends_are_dropped_as_django_does_or_refused_where_the_host_asks() -> None:
    assert RppsField().clean("99700218896\r\n") == "99700218896"
    with pytest.raises(forms.ValidationError):
        RppsField(strip=False).clean("99700218896\n")


_typed = fr.as_typed(fr.professional_numbers() | fr.structure_numbers()).map(lambda each: each.typed)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@given(text=st.text() | _typed | fr.almost_professional_numbers() | fr.almost_structure_numbers())
def test_any_text_is_a_number_or_a_validation_error(field: type[NumberField], text: str) -> None:
    kept: Any = field(required=False)
    try:
        number = kept.clean(text)
    except forms.ValidationError:
        return
    assert number in {"", kept.kind.read(number) if number else ""}


def test_every_column_has_a_form_field_of_its_name() -> None:
    """A structure's number alone is no column: nine digits do not read back as what they were."""
    named = {name for name in columns.__all__ if name != "NumberField"}
    assert named == set(FIELDS) - {"StructureField"}
    for name in named:
        column = getattr(columns, name)
        assert column.form_class is FIELDS[name]
        assert column.kind is FIELDS[name].kind
