"""Numbers as pydantic field types, alone and as the two composites of a sign-up page."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    validate_call,
)
from pydantic.json_schema import models_json_schema

from entractes_auth.errors import NumberRefused
from entractes_auth.fields.pydantic import ProfessionalNumber, StructureNumber, explain_refusal
from entractes_auth.numbers import Adeli, Finess, Rpps, Siren, Siret, explain

PROFESSIONAL: TypeAdapter[Rpps | Adeli] = TypeAdapter(ProfessionalNumber)
STRUCTURE: TypeAdapter[Finess | Siren | Siret] = TypeAdapter(StructureNumber)


class Application(BaseModel):
    """What a host's endpoint receives."""

    model_config = ConfigDict(hide_input_in_errors=True)

    rpps: Rpps
    finess: Finess | None = None
    professional: ProfessionalNumber | None = Field(default=None, description="As on the card.")
    structure: StructureNumber | None = Field(default=None, json_schema_extra={"x-order": 3})


def errors_of(call: Any, *given_to_it: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        call(*given_to_it)
    return list(caught.value.errors())


# ---------------------------------------------------------------- one class


def test_a_document_of_an_interface_shows_title_pattern_and_examples() -> None:
    """What OpenAPI is made of: one schema for the model, with French titles and numbers that may be shown."""
    _, document = models_json_schema([(Application, "validation")], title="Inscriptions")
    fields = document["$defs"]["Application"]["properties"]
    assert fields["rpps"] == {
        "type": "string",
        "title": "Numéro RPPS",
        "pattern": Rpps.shape.pattern,
        "examples": list(Rpps.shape.examples),
    }
    number, nothing = fields["finess"]["anyOf"]
    assert number["title"] == "Numéro FINESS"
    assert nothing == {"type": "null"}


def test_a_field_may_say_more_than_its_type() -> None:
    class Form(BaseModel):
        rpps: Rpps = Field(title="Votre RPPS", description="11 chiffres", json_schema_extra={"x-order": 1})

    told = Form.model_json_schema()["properties"]["rpps"]
    assert (told["title"], told["description"], told["x-order"]) == ("Votre RPPS", "11 chiffres", 1)
    assert told["pattern"] == Rpps.shape.pattern


def test_strict_mode_takes_texts_and_numbers_and_nothing_else() -> None:
    """A number that JSON holds without quotes has lost its leading zeros: it is refused in both modes."""
    strict: TypeAdapter[Finess] = TypeAdapter(Finess, config=ConfigDict(strict=True))
    assert strict.validate_python("750100125") == "750100125"
    assert strict.validate_python(Finess("750100125")) == "750100125"
    assert strict.validate_json('"75 010 012 5"') == "750100125"
    for adapter in (strict, TypeAdapter(Finess)):
        [error] = errors_of(adapter.validate_json, "750100125")
        assert error["ctx"]["detail"] == "not_text"


def test_a_checked_call_receives_the_number() -> None:
    @validate_call
    def greet(rpps: Rpps) -> str:
        return rpps.formatted

    spaced: Any = "997 002 188 96"
    assert greet(spaced) == "99 700 218 896"


def test_an_error_names_the_field_and_can_be_told_in_french_and_english() -> None:
    [error] = errors_of(Application.model_validate, {"rpps": "9970O218896"})
    assert error["loc"] == ("rpps",)
    assert error["type"] == "number_refused"
    refused = NumberRefused("rpps", "format", "letter", position=5)
    assert explain_refusal(error, "fr") == explain(refused, "fr")
    assert explain_refusal(error, "en-GB") == explain(refused, "en")


def test_an_error_without_a_position_is_told_as_well() -> None:
    [error] = errors_of(Application.model_validate, {"rpps": "99700218897"})
    assert explain_refusal(error, "fr") == explain(NumberRefused("rpps", "checksum", "key"), "fr")


def test_an_error_about_something_else_has_no_sentence_of_ours() -> None:
    [error] = errors_of(Application.model_validate, {})
    assert error["type"] == "missing"
    assert explain_refusal(error, "fr") is None


def test_a_model_that_hides_its_input_prints_no_number() -> None:
    with pytest.raises(ValidationError) as caught:
        Application.model_validate({"rpps": "99700218897"})
    assert "99700218897" not in str(caught.value)
    assert "99700218897" not in caught.value.json(include_input=False)


# ---------------------------------------------------------------- the composites


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("99 700 218 896", Rpps("99700218896")),
        ("8997 00218896", Rpps("99700218896")),
        ("0b1053871", Adeli("0B1053871")),
        ("00B1053871", Adeli("0B1053871")),
    ],
)
def test_a_professional_is_read_as_the_card_prints_it(typed: str, read: Rpps | Adeli) -> None:
    number = PROFESSIONAL.validate_python(typed)
    assert number == read
    assert type(number) is type(read)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2a0000014", Finess("2A0000014")),
        ("1750100125", Finess("750100125")),
        ("2267500452", Siren("267500452")),
        ("267 500 452 00524", Siret("26750045200524")),
        ("326750045200524", Siret("26750045200524")),
    ],
)
def test_a_structure_is_read_as_the_card_prints_it(typed: str, read: Finess | Siren | Siret) -> None:
    number = STRUCTURE.validate_python(typed)
    assert number == read
    assert type(number) is type(read)


def test_a_number_that_is_one_already_is_kept() -> None:
    """Nine digits alone would be read as a FINESS: a SIREN that a program made must stay one."""
    siren = Siren("267500452")
    assert STRUCTURE.validate_python(siren) is siren
    rpps = Rpps("99700218896")
    assert PROFESSIONAL.validate_python(rpps) is rpps


def test_a_number_of_another_kind_is_read_like_any_text() -> None:
    [error] = errors_of(PROFESSIONAL.validate_python, Siret("26750045200524"))
    assert (error["ctx"]["kind"], error["ctx"]["code"]) == ("professional", "length")


def test_a_wrong_number_is_one_error_and_not_one_for_each_class() -> None:
    [error] = errors_of(Application.model_validate, {"rpps": "99700218896", "professional": "899700218897"})
    assert error["loc"] == ("professional",)
    assert error["ctx"] == {"kind": "rpps", "code": "checksum", "detail": "key"}
    assert explain_refusal(error, "fr") == explain(NumberRefused("rpps", "checksum", "key"), "fr")


def test_a_composite_describes_itself() -> None:
    schema = Application.model_json_schema()["properties"]
    professional, _ = schema["professional"]["anyOf"]
    assert professional["title"] == "Numéro RPPS ou ADELI"
    assert schema["professional"]["description"] == "As on the card."
    structure, _ = schema["structure"]["anyOf"]
    assert structure["title"] == "Numéro FINESS, SIREN ou SIRET"
    assert schema["structure"]["x-order"] == 3
    assert PROFESSIONAL.json_schema()["examples"] == ["99700218896", "0B1053871"]


def test_a_composite_inside_another_type_keeps_what_its_field_says() -> None:
    told = TypeAdapter(list[Annotated[StructureNumber, Field(title="Site", description="Un par site.")]])
    modes: tuple[Literal["validation", "serialization"], ...] = ("validation", "serialization")
    for mode in modes:
        items = told.json_schema(mode=mode)["items"]
        assert (items["title"], items["description"]) == ("Site", "Un par site.")
        assert items["type"] == "string"
        assert items["pattern"] == STRUCTURE.json_schema()["pattern"]


def test_a_union_of_a_composite_with_plain_text_tries_the_number_first() -> None:
    either: TypeAdapter[str] = TypeAdapter(ProfessionalNumber | str)
    assert type(either.validate_python("8997 0021 8896")) is Rpps
    assert either.validate_python("à compléter") == "à compléter"


@pytest.mark.parametrize("adapter", [PROFESSIONAL, STRUCTURE], ids=["professional", "structure"])
def test_the_examples_of_a_composite_fit_its_pattern_with_and_without_the_cards_digit(
    adapter: TypeAdapter[Any],
) -> None:
    schema = adapter.json_schema()
    prefixes = {Rpps: "8", Adeli: "0", Finess: "1", Siren: "2", Siret: "3"}
    for example in schema["examples"]:
        number = adapter.validate_python(example)
        assert re.search(schema["pattern"], example)
        assert re.search(schema["pattern"], prefixes[type(number)] + example)


@pytest.mark.parametrize("adapter", [PROFESSIONAL, STRUCTURE], ids=["professional", "structure"])
@given(text=st.text() | st.text("0123456789AB ", min_size=9, max_size=15))
def test_any_text_is_a_number_or_a_validation_error_that_is_json(
    adapter: TypeAdapter[Any], text: str
) -> None:
    try:
        number = adapter.validate_python(text)
    except ValidationError as error:
        told = json.loads(error.json())
        assert [each["type"] for each in told] == ["number_refused"]
    else:
        assert adapter.dump_json(number) == json.dumps(str(number)).encode()
        assert re.search(adapter.json_schema()["pattern"], number)
