"""What the fields of all frameworks share, and that no framework is imported before it is asked for."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entractes_auth import fields
from entractes_auth.errors import NumberRefused
from entractes_auth.fields import Unreadable, _kinds
from entractes_auth.fields._kinds import Kind, explain_in
from entractes_auth.numbers import Adeli, Finess, IdNatPs, IdNatStruct, Rpps, Siren, Siret, explain
from entractes_auth.numbers._number import Number
from entractes_auth.testing import strategies as fr

KINDS: dict[str, Kind[Number]] = {name: getattr(_kinds, name) for name in _kinds.__all__ if name.isupper()}
CLASSES: list[tuple[Kind[Number], type[Number]]] = [
    (_kinds.RPPS, Rpps),
    (_kinds.ADELI, Adeli),
    (_kinds.FINESS, Finess),
    (_kinds.SIREN, Siren),
    (_kinds.SIRET, Siret),
    (_kinds.IDNAT_PS, IdNatPs),
    (_kinds.IDNAT_STRUCT, IdNatStruct),
]


TYPED = {name: fr.as_typed(getattr(fr, f"{name.lower()}_numbers")()) for name in KINDS}
ALMOST = {name: getattr(fr, f"almost_{name.lower()}_numbers")() for name in KINDS}


@pytest.mark.parametrize(("kind", "number"), CLASSES)
def test_a_kind_describes_its_class(kind: Kind[Number], number: type[Number]) -> None:
    """Title, room for every example, and a keyboard on which it can be typed."""
    examples = [number(example) for example in number.shape.examples]
    assert all(type(kind.read(example)) is number for example in examples)
    assert kind.title == number.shape.title
    assert max(map(len, examples)) <= kind.length
    assert kind.letters or all(example.isdigit() for example in examples)


def test_the_longest_structure_identifier_has_room() -> None:
    """A column cut to fourteen characters would lose the key of a SIRET with its type digit."""
    assert len(IdNatStruct("326750045200524")) == _kinds.IDNAT_STRUCT.length


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(stored=st.text())
def test_reading_back_never_refuses_and_never_changes_what_it_does_not_understand(
    kind: Kind[Number], stored: str
) -> None:
    read = kind.read_back(stored)
    assert isinstance(read, Unreadable) is not isinstance(read, Number)
    if isinstance(read, Unreadable):
        assert read == stored
        assert kind.accept(read) is read


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=30)  # of each of nine kinds
@given(data=st.data())
def test_every_number_is_accepted_as_people_type_it_and_fits_its_column(
    name: str, data: st.DataObject
) -> None:
    kind = KINDS[name]
    typed = data.draw(TYPED[name])
    accepted = kind.accept(typed.typed)
    assert accepted == kind.read_back(accepted) == typed.value
    assert len(accepted) <= kind.length
    assert kind.letters or accepted.isdigit()


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=30)  # of each of nine kinds
@given(data=st.data())
def test_what_is_typed_is_never_taken_for_what_was_stored(name: str, data: st.DataObject) -> None:
    """What nearly is a number is refused at the door, and kept as it is where it was stored."""
    almost = data.draw(ALMOST[name])
    with pytest.raises(NumberRefused):
        KINDS[name].accept(almost)
    assert KINDS[name].accept(KINDS[name].read_back(almost)) == almost


def test_an_unreadable_text_hides_in_logs_and_looks_like_a_number_to_a_page() -> None:
    text = Unreadable("99700218897")
    assert repr(text) == repr([text])[1:-1] == "Unreadable('•••••••••••')"
    assert str(text) == text.formatted == "99700218897"
    assert text.masked == "•••••••••••"
    assert pickle.loads(pickle.dumps(text)) == text  # noqa: S301
    assert isinstance(pickle.loads(pickle.dumps(text)), Unreadable)  # noqa: S301


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("en-gb", "en"),
        ("en_US", "en"),
        ("EN", "en"),
        ("fr", "fr"),
        ("fr-ca", "fr"),
        ("de", "fr"),
        ("enm", "fr"),
        ("", "fr"),
        (None, "fr"),
    ],
)
def test_a_language_tag_in_any_spelling_finds_its_sentence(language: str | None, locale: str) -> None:
    refused = NumberRefused("rpps", "checksum", "key")
    assert explain_in(language, refused) == explain(refused, locale)


def test_a_browser_is_not_told_a_length_that_would_cut_a_pasted_number() -> None:
    for kind in KINDS.values():
        assert "maxlength" not in kind.html_attributes
        assert kind.html_attributes["autocomplete"] == "off"
        assert kind.html_attributes["inputmode"] == ("text" if kind.letters else "numeric")


def test_the_fields_import_no_framework_until_one_is_asked_for() -> None:
    program = (
        "import sys, entractes_auth.fields, entractes_auth.fields.django;"
        "print(sorted({'pydantic', 'django', 'wtforms', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_there() -> None:
    assert fields.__all__ == ["Unreadable"]
    assert fields.Unreadable is Unreadable
