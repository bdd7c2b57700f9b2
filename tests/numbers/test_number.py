"""What all five numbers share: they hide in logs, travel, print, and describe themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from types import ModuleType
from typing import Annotated, Literal

import pytest
from hypothesis import given
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from tests.numbers.samples import CLASSES, MODULES, NUMBERS, numbers, with_key


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (Rpps("99700075064"), "99 700 075 064"),
        (Adeli("0B1053871"), "0B 1 05387 1"),
        (Finess("750100125"), "75 010 012 5"),
        (Siren("267500452"), "267 500 452"),
        (Siret("26750045200524"), "267 500 452 00524"),
    ],
)
def test_numbers_are_printed_as_people_know_them(number: Number, printed: str) -> None:
    assert number.formatted == printed


@given(numbers)
def test_repr_and_mask_show_four_characters_at_most(number: Number) -> None:
    assert repr(number) == f"{type(number).__name__}('{number.masked}')"
    assert number not in repr([number])
    assert len(number.masked.replace("•", "")) == 4
    assert len(number.masked) == len(number)


def test_str_gives_the_value_and_repr_does_not() -> None:
    number = Rpps("99700075064")
    assert str(number) == f"{number}" == "99700075064"
    assert type(str(number)) is str
    assert repr(number) == "Rpps('99•••••••64')"


@pytest.mark.parametrize("kind", NUMBERS)
def test_zeros_only_are_refused_though_the_key_holds(kind: type[Number]) -> None:
    length = len(kind.shape.examples[0])
    with pytest.raises(NumberRefused) as caught:
        kind("0" * length)
    assert (caught.value.code, caught.value.detail) == ("component", "all_zeros")


@pytest.mark.parametrize("module", MODULES)
def test_is_valid_refuses_a_wrong_key_and_accepts_the_printed_form(module: ModuleType) -> None:
    kind: type[Number] = getattr(module, module.__name__.rpartition(".")[2].capitalize())
    example = kind.shape.examples[0]
    assert module.is_valid(kind(example).formatted) is True
    assert module.is_valid(example[:-1] + str((int(example[-1]) + 1) % 10)) is False
    assert module.is_valid(None) is False


def test_the_parts_of_each_number() -> None:
    assert Rpps("99700075064").key == "4"
    assert Adeli("0B1053871").key == "1"
    assert Finess("750100125").key == "5"
    assert Siren("130025265").key == "5"
    siret = Siret("26750045200524")
    assert (siret.siren, siret.nic, siret.key) == (Siren("267500452"), "00524", "4")
    assert isinstance(siret.siren, Siren)


def test_the_agencys_test_identities_are_known() -> None:
    assert Rpps("99700075064").is_test_identity
    assert not Rpps("01234567897").is_test_identity
    assert Adeli("0B1053871").is_test_identity
    assert Finess("0B0172805").is_test_identity
    assert not Finess("750100125").is_test_identity


@pytest.mark.parametrize(
    ("number", "department"),
    [
        (Finess("750100125"), "75"),
        (Finess("060785011"), "06"),
        (Finess("2A0000014"), "2A"),
        (Finess("2B0000012"), "2B"),
        (Finess("970100400"), "971"),
        (Finess("970211215"), "972"),
        (Finess("970300026"), "973"),
        (Finess("970400024"), "974"),
        (Finess("980500011"), "976"),
        (Finess("0B0172805"), None),
        (Adeli("0B1053871"), None),
    ],
)
def test_the_department_is_an_insee_code(number: Finess | Adeli, department: str | None) -> None:
    assert number.department == department


def test_the_department_of_overseas_adeli_numbers() -> None:
    found = [Adeli(with_key(f"9{letter}912345")).department for letter in "ABCDEF"]
    assert found == ["971", "972", "973", "974", "975", "976"]


@pytest.mark.parametrize("kind", CLASSES.values())
def test_pydantic_reads_describes_and_writes_the_number(kind: type[Number]) -> None:
    adapter: TypeAdapter[Number] = TypeAdapter(kind)
    example = kind.shape.examples[0]
    spaced = f" {example[:2]}\u00a0{example[2:]} "
    number = adapter.validate_python(spaced)
    assert type(number) is kind
    assert adapter.validate_json(json.dumps(spaced)) == example
    assert adapter.dump_json(number) == json.dumps(example).encode()
    schema = adapter.json_schema()
    assert schema["title"] == kind.shape.title
    assert schema["type"] == "string"
    assert schema["examples"] == list(kind.shape.examples)
    for shown in schema["examples"]:
        assert kind(shown) == shown
        assert re.search(schema["pattern"], shown)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_a_number_inside_another_type_keeps_what_its_field_says(
    mode: Literal["validation", "serialization"],
) -> None:
    said = Field(title="Site", description="Un par site.", examples=["2A0000014"])
    assert TypeAdapter(list[Annotated[Finess, said]]).json_schema(mode=mode)["items"] == {
        "type": "string",
        "title": "Site",
        "description": "Un par site.",
        "examples": ["2A0000014"],
        "pattern": Finess.shape.pattern,
    }


def test_a_union_with_plain_text_tries_the_number_first() -> None:
    """A pipeline that keeps what it cannot read must not lose what it can."""
    either: TypeAdapter[str] = TypeAdapter(Rpps | str)
    assert type(either.validate_python("99 700 218 896")) is Rpps
    assert either.validate_python("à compléter") == "à compléter"


def test_a_model_field_of_this_type_refuses_with_the_cause_in_json() -> None:
    class Form(BaseModel):
        rpps: Rpps
        siret: Siret | None = None

    assert Form.model_validate({"rpps": "99 700 075 064"}).rpps == "99700075064"
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"rpps": "9970O075064"})
    [error] = json.loads(caught.value.json())
    assert error["type"] == "number_refused"
    assert error["loc"] == ["rpps"]
    assert error["ctx"] == {"kind": "rpps", "code": "format", "detail": "letter", "position": 5}
    with pytest.raises(ValidationError, match="rpps: checksum"):
        Form.model_validate({"rpps": "99700075065"})
    with pytest.raises(ValidationError, match="not_text"):
        Form.model_validate({"rpps": 99700075064})


def test_importing_the_numbers_imports_no_pydantic() -> None:
    """A command-line script that checks a number must not pay for a validation library."""
    program = "import sys, entractes_auth.numbers; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
