"""WTForms validators, in plain forms and behind a Flask page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from entractes_auth.errors import NumberRefused
from entractes_auth.fields import wtforms as ours
from entractes_auth.fields.wtforms import (
    FinessNumber,
    NumberValidator,
    ProfessionalNumber,
    RppsNumber,
    StructureNumber,
)
from entractes_auth.numbers import Adeli, Finess, IdNatPs, IdNatStruct, Rpps, Siren, Siret, explain
from entractes_auth.numbers._number import Number

WRONG_KEY = NumberRefused("rpps", "checksum", "key")


class Application(Form):
    """An address-less registration."""

    rpps = StringField("Numéro RPPS", [InputRequired(), RppsNumber()])
    finess = StringField("Numéro FINESS", [Optional(), FinessNumber()])


def posted(kind: type[Form], **typed: str) -> Any:
    return kind(MultiDict(typed))


def test_the_data_becomes_the_typed_number() -> None:
    form = posted(Application, rpps="99 700 218 896", finess="2a0000014")
    assert form.validate()
    assert form.rpps.data == "99700218896"
    assert type(form.rpps.data) is Rpps
    assert type(form.data["finess"]) is Finess


@pytest.mark.parametrize(
    ("validator", "example"),
    [
        (ours.RppsNumber, Rpps("99700218896")),
        (ours.AdeliNumber, Adeli("0B1053871")),
        (ours.FinessNumber, Finess("750100125")),
        (ours.SirenNumber, Siren("267500452")),
        (ours.SiretNumber, Siret("26750045200524")),
        (ours.IdNatPsNumber, IdNatPs("899700218896")),
        (ours.IdNatStructNumber, IdNatStruct("1750803454")),
        (ours.ProfessionalNumber, Adeli("0B1053871")),
        (ours.StructureNumber, Siret("26750045200524")),
    ],
)
def test_each_validator_reads_its_own_kind(validator: type[NumberValidator], example: Number) -> None:
    class One(Form):
        number = StringField(validators=[validator()])

    form = posted(One, number=example.formatted)
    assert form.validate()
    assert form.number.data == example
    assert type(form.number.data) is type(example)
    assert not posted(One, number="0").validate()


def test_each_validator_is_public() -> None:
    named = {name for name, value in vars(ours).items() if isinstance(value, type) and "Number" in name}
    assert named - {"Number", "NumberRefused"} == set(ours.__all__)


def test_what_was_typed_is_shown_again_with_the_sentence_and_escaped() -> None:
    form = posted(Application, rpps='99 700 218 897">', finess="")
    assert not form.validate()
    assert 'value="99 700 218 897&#34;&gt;"' in str(form.rpps())
    form = posted(Application, rpps="99 700 218 897")
    assert not form.validate()
    assert form.errors == {"rpps": [explain(WRONG_KEY, "fr")]}
    assert 'value="99 700 218 897"' in str(form.rpps())


@pytest.mark.parametrize(
    ("locales", "locale"),
    [(["en"], "en"), (["en_GB", "fr"], "en"), (["fr_FR", "en"], "fr"), ([], "fr"), (False, "fr")],
)
def test_the_sentence_is_in_the_language_of_the_form(
    locales: Any, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # For an empty list WTForms itself takes the language of the process, and fails where that is "C".
    monkeypatch.setenv("LANGUAGE", "en")
    form = Application(MultiDict({"rpps": "99700218897"}), meta={"locales": locales})
    assert not form.validate()
    assert list(form.rpps.errors) == [explain(WRONG_KEY, locale)]


@pytest.mark.parametrize("language", ["en_US", lambda: "en"])
def test_a_host_may_say_the_language_itself(language: Any) -> None:
    class One(Form):
        number = StringField(validators=[RppsNumber(locale=language)])

    form = One(MultiDict({"number": "99700218897"}), meta={"locales": ["fr"]})
    assert not form.validate()
    assert list(form.number.errors) == [explain(WRONG_KEY, "en")]


def test_a_host_may_say_it_in_its_own_words() -> None:
    class One(Form):
        number = StringField(validators=[RppsNumber("Relisez la carte.")])

    form = posted(One, number="1")
    assert not form.validate()
    assert list(form.number.errors) == ["Relisez la carte."]


def test_a_field_that_may_stay_empty_says_nothing_and_another_asks() -> None:
    form = posted(Application, rpps="99700218896", finess=" ")
    assert form.validate()
    assert not form.finess.data.strip()

    class One(Form):
        number = StringField(validators=[RppsNumber()])

    for missing in (posted(One, number=""), posted(One)):
        assert not missing.validate()
        assert list(missing.number.errors) == [explain(NumberRefused("rpps", "length", "empty"), "fr")]


def test_a_later_validator_receives_the_number_and_is_not_called_with_less() -> None:
    seen: list[object] = []

    def not_taken(form: Form, field: Any) -> None:
        seen.append(field.data)
        raise ValidationError("taken")

    class One(Form):
        number = StringField(validators=[RppsNumber(), not_taken])

    assert not posted(One, number="99700218897").validate()
    assert seen == []
    assert not posted(One, number="99 700 218 896").validate()
    assert [type(each) for each in seen] == [Rpps]


def test_the_composites_read_the_card() -> None:
    class One(Form):
        professional = StringField(validators=[ProfessionalNumber()])
        structures = FieldList(StringField(validators=[StructureNumber()]))

    form = posted(
        One, professional="00B1053871", **{"structures-0": "2267500452", "structures-1": "2A0000014"}
    )
    assert form.validate()
    assert type(form.professional.data) is Adeli
    assert [type(each) for each in form.structures.data] == [Siren, Finess]


def test_a_flask_page_answers_a_posted_form() -> None:
    """The whole way: a request of a browser, Flask-WTF's form, the number in the view."""

    class Page(FlaskForm):  # type: ignore[misc]  # published without types
        rpps = StringField("Numéro RPPS", [InputRequired(), RppsNumber()], render_kw={"inputmode": "numeric"})

    app = Flask(__name__)
    app.config["SECRET_KEY"] = "of tests only, and of no value"
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/")
    def register() -> Any:
        form: Any = Page()
        if form.validate_on_submit():
            return form.rpps.data.formatted
        return render_template_string("{{ form.rpps }} {{ form.rpps.errors[0] }}", form=form), 422

    client = app.test_client()
    assert client.post("/", data={"rpps": "997.002.188.96"}).text == "99 700 218 896"
    refused = client.post("/", data={"rpps": "997.002.188.97"})
    assert refused.status_code == 422
    assert 'value="997.002.188.97"' in refused.text
    assert explain(WRONG_KEY, "fr") in refused.text
