"""Django model fields, on a real SQLite database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import RequestFactory

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import Unreadable
from entractes_auth.fields.django import models as ours
from entractes_auth.fields.django.forms import RppsField as RppsFormField
from entractes_auth.fields.django.models import NumberField, RppsField
from entractes_auth.numbers import Adeli, Finess, IdNatStruct, Rpps, Siren, explain
from tests.fields.django_models import Nurse, Practice

RPPS = Rpps("99700218896")
OTHER = Rpps("99900007743")
WRONG_KEY = NumberRefused("rpps", "checksum", "key")


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Nurse)
        editor.create_model(Practice)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Nurse)
        editor.delete_model(Practice)


@pytest.fixture(autouse=True)
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rpps FROM fields_tests_nurse ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def a_row_from_before(text: str = "99700218897") -> Nurse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fields_tests_nurse (rpps, name) VALUES (%s, 'before')", [text])
    return Nurse.objects.get(name="before")


# ---------------------------------------------------------------- writing and reading


def test_a_number_is_written_normalised_and_read_as_its_class() -> None:
    nurse = Nurse(rpps="99 700 218 896", finess="2a0000014")
    nurse.save()
    assert stored() == ["99700218896"]
    assert type(nurse.rpps) is Rpps  # at once, without a read
    read = Nurse.objects.get()
    assert (read.rpps, read.finess) == (RPPS, "2A0000014")
    assert (type(read.rpps), type(read.finess)) == (Rpps, Finess)
    assert type(Nurse.objects.values_list("rpps", flat=True)[0]) is Rpps


def test_no_number_is_none_or_empty_as_the_column_says() -> None:
    Nurse.objects.create(rpps=RPPS)
    Practice.objects.create(professional=RPPS, structure="")
    assert Nurse.objects.get().finess is None
    assert Practice.objects.get().structure == ""


def test_save_refuses_what_is_no_number_and_names_the_field() -> None:
    with pytest.raises(NumberRefused) as caught, transaction.atomic():
        Nurse(rpps="99700218897", name="Camille MARTIN").save()
    assert str(caught.value) == "rpps: checksum (key)"
    assert any("fields_tests.Nurse.rpps" in note for note in caught.value.__notes__)
    assert "99700218897" not in "".join(caught.value.__notes__)
    assert stored() == []


def test_rows_that_are_written_together_are_checked_and_normalised_too() -> None:
    Nurse.objects.bulk_create([Nurse(rpps="99 700 218 896"), Nurse(rpps="99.900.007.743")])
    assert stored() == [RPPS, OTHER]
    with pytest.raises(NumberRefused), transaction.atomic():
        Nurse.objects.bulk_create([Nurse(rpps="99700075064"), Nurse(rpps="99700218897")])
    with pytest.raises(NumberRefused), transaction.atomic():
        Nurse.objects.update(rpps=99700218896)
    assert stored() == [RPPS, OTHER]


def test_an_expression_is_left_to_the_database() -> None:
    nurse = Nurse.objects.create(rpps=RPPS, name="99900007743")
    nurse.rpps = F("name")
    nurse.save()
    assert stored() == [OTHER]
    Nurse.objects.update(rpps=Concat(Value("9970021889"), Value("6")))
    assert stored() == [RPPS]


def test_a_column_may_hold_numbers_of_several_kinds() -> None:
    Practice.objects.create(professional="899700218896", structure="2267500452")
    Practice.objects.create(professional="00B1053871", structure="12A0000014")
    first, second = Practice.objects.order_by("id")
    assert [type(one.professional) for one in (first, second)] == [Rpps, Adeli]
    structures = [one.structure for one in (first, second)]
    assert all(isinstance(one, IdNatStruct) for one in structures)
    assert [type(one.structure) for one in structures] == [Siren, Finess]


# ---------------------------------------------------------------- looking up


def test_a_text_is_looked_up_as_the_number_that_it_is() -> None:
    Nurse.objects.create(rpps=RPPS)
    assert Nurse.objects.filter(rpps="99-700-218-896").count() == 1
    assert Nurse.objects.filter(rpps__in=["99 700 218 896", OTHER]).count() == 1
    assert Nurse.objects.exclude(rpps="99 700 218 896").count() == 0
    assert Nurse.objects.filter(finess=None).count() == 1
    with pytest.raises(NumberRefused, match="letter"):
        Nurse.objects.filter(rpps="9970O218896").count()


@pytest.mark.parametrize(
    "lookup",
    [
        {"rpps__startswith": "997"},
        {"rpps__contains": "218"},
        {"rpps__iendswith": "96"},
        {"rpps__regex": "^99"},
        {"rpps__gt": "99"},
        {"rpps__gte": "997"},
        {"rpps__lt": "998"},
        {"rpps__lte": Rpps(RPPS)},
        {"rpps__range": ("99", "998")},
    ],
)
def test_a_part_of_a_number_is_looked_up_as_it_is(lookup: dict[str, object]) -> None:
    """What the admin's search box does, and who asks for the numbers of one department."""
    Nurse.objects.create(rpps=RPPS)
    assert Nurse.objects.filter(**lookup).count() == 1


# ---------------------------------------------------------------- what a person is told


def test_full_clean_tells_a_person_and_leaves_the_number() -> None:
    with pytest.raises(ValidationError) as caught:
        Nurse(rpps="99700218897").full_clean()
    assert caught.value.message_dict == {"rpps": [explain(WRONG_KEY, "fr")]}
    nurse = Nurse(rpps="99 700 218 896")
    nurse.full_clean()
    assert type(nurse.rpps) is Rpps


def test_the_same_number_written_otherwise_is_taken() -> None:
    Nurse.objects.create(rpps=RPPS)
    with pytest.raises(ValidationError) as caught:
        Nurse(rpps="99 700 218 896").full_clean()
    assert caught.value.error_dict["rpps"][0].code == "unique"


def model_form() -> type[forms.ModelForm[Nurse]]:
    return forms.modelform_factory(Nurse, fields=["rpps", "finess"])


def test_a_model_form_reads_saves_and_shows_again_what_was_typed() -> None:
    form = model_form()({"rpps": "99 700 218 896", "finess": ""})
    assert form.is_valid()
    form.save()
    assert stored() == [RPPS]
    assert Nurse.objects.get().finess is None
    wrong = model_form()({"rpps": "99 700 218 897"})
    assert wrong.errors == {"rpps": [explain(WRONG_KEY, "fr")]}
    page = wrong.as_p()
    assert "Numéro RPPS" in page
    assert 'value="99 700 218 897"' in page
    assert "maxlength" not in page


def test_the_admin_has_our_form_field_in_its_own_widget() -> None:
    site = admin.AdminSite()
    form = admin.ModelAdmin(Nurse, site).get_form(RequestFactory().get("/"))
    field = form.base_fields["rpps"]
    assert isinstance(field, RppsFormField)
    assert isinstance(field.widget, AdminTextInputWidget)
    assert field.widget.attrs["inputmode"] == "numeric"
    assert "maxlength" not in field.widget.attrs


def test_a_host_may_choose_another_form_field() -> None:
    field = RppsField().formfield(form_class=forms.CharField, max_length=20)
    assert type(field) is forms.CharField
    assert field.max_length == 20


# ---------------------------------------------------------------- rows that hold no number


def test_a_row_that_holds_no_number_does_not_take_the_page_down() -> None:
    a_row_from_before()
    Nurse.objects.create(rpps=RPPS)
    first, second = Nurse.objects.order_by("id")
    assert isinstance(first.rpps, Unreadable)
    assert type(second.rpps) is Rpps
    assert [nurse.rpps.formatted for nurse in (first, second)] == ["99700218897", "99 700 218 896"]
    assert repr(first.rpps) == "Unreadable('•••••••••••')"


def test_such_a_row_can_be_found_and_saved_for_another_columns_sake() -> None:
    nurse = a_row_from_before()
    nurse.finess = "750100125"
    nurse.save()
    assert stored() == ["99700218897"]
    found = Nurse.objects.get(rpps=nurse.rpps)
    assert found.finess == "750100125"


def test_whoever_edits_the_number_itself_is_asked_to_mend_it() -> None:
    nurse = a_row_from_before()
    form = model_form()({"rpps": nurse.rpps}, instance=nurse)
    assert form.errors == {"rpps": [explain(WRONG_KEY, "fr")]}
    assert 'value="99700218897"' in model_form()(instance=nurse).as_p()
    with pytest.raises(ValidationError):
        nurse.full_clean()
    names = forms.modelform_factory(Nurse, fields=["name"])({"name": "after"}, instance=nurse)
    assert names.is_valid()


def test_a_stored_number_with_separators_is_read_as_the_number_and_mended_by_a_save() -> None:
    nurse = a_row_from_before("99 700 218 896")
    assert nurse.rpps == RPPS
    nurse.save()
    assert stored() == ["99700218896"]


# ---------------------------------------------------------------- as a field among fields


def test_fixtures_are_written_as_text_and_checked_when_they_are_read() -> None:
    """`dumpdata` and `loaddata` ask the field for both ways."""
    nurse = Nurse.objects.create(rpps=RPPS)
    assert '"rpps": "99700218896"' in serializers.serialize("json", [nurse])
    field = Nurse._meta.get_field("rpps")
    assert isinstance(field, RppsField)
    assert type(field.to_python(field.value_to_string(nurse))) is Rpps
    assert field.to_python(None) is None
    with pytest.raises(ValidationError):
        field.to_python("99700218897")


NAMES = [name for name in ours.__all__ if name != "NumberField"]


@pytest.mark.parametrize("name", NAMES)
def test_a_migration_names_the_field_and_its_width_and_no_more(name: str) -> None:
    """Titles may be reworded in a later release without a migration in every host; a width may not."""
    kind: type[NumberField[Any, Any]] = getattr(ours, name)
    field = kind()
    field.set_attributes_from_name("number")
    _, path, positional, options = field.deconstruct()
    assert path == f"entractes_auth.fields.django.models.{name}"
    assert positional == []
    assert options == {"max_length": field.kind.length}
    again = kind(**options)
    assert again.deconstruct()[1:] == field.deconstruct()[1:]
    assert again.verbose_name == field.kind.title
    assert field.get_internal_type() == "CharField"


def test_options_of_the_host_are_kept() -> None:
    field = RppsField("N° RPPS", max_length=20, unique=True)
    assert field.verbose_name == "N° RPPS"
    assert field.deconstruct()[3] == {"verbose_name": "N° RPPS", "max_length": 20, "unique": True}
    assert field.clone().max_length == 20
    assert field.db_type(connection) == "varchar(20)"


def test_the_model_passes_djangos_checks() -> None:
    assert Nurse.check() == Practice.check() == []
    assert isinstance(Nurse._meta.get_field("rpps"), models.CharField)
