"""Each refusal has a sentence that says how to mend it, in French and in English."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import (
    adeli,
    explain,
    finess,
    parse_professional,
    parse_structure_number,
    rpps,
    siren,
    siret,
)
from entractes_auth.numbers.fhir import (
    RPPS_SYSTEM,
    professional_from_fhir,
    structure_from_fhir,
    structures_from_fhir,
)
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from tests.numbers.samples import CLASSES


@pytest.mark.parametrize("locale", ["fr", "de", "zz", "EN", ""])
def test_every_locale_but_en_is_answered_in_french(locale: str) -> None:
    refused = NumberRefused("rpps", "checksum", "key")
    assert explain(refused, locale).startswith("La clé ne correspond pas")
    assert explain(refused, "en").startswith("The key does not match")


def refusal(read: Callable[[str], object], text: str) -> NumberRefused:
    with pytest.raises(NumberRefused) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize(
    ("read", "text", "french"),
    [
        (
            rpps.parse,
            "997002O8896",
            "Le 7e caractère est une lettre\u00a0; un numéro RPPS ne contient que des chiffres.",
        ),
        (
            rpps.parse,
            "X9700218896",
            "Le 1er caractère est une lettre\u00a0; un numéro RPPS ne contient que des chiffres.",
        ),
        (
            rpps.parse,
            "99700218897",
            "La clé ne correspond pas\u00a0: un chiffre a sans doute été mal recopié. Vérifiez le numéro RPPS.",
        ),
        (rpps.parse, "997002188", "Il manque des caractères\u00a0: un numéro RPPS a 11 chiffres."),
        (rpps.parse, "", "Tapez votre numéro\u00a0: un numéro RPPS a 11 chiffres."),
        (
            adeli.parse,
            "9Z1234567",
            "Le 2e caractère ne fait partie d'aucun département\u00a0: vérifiez les deux premiers.",
        ),
        (
            siret.parse,
            "MONACOCONFO001",
            "Le 1er caractère est une lettre\u00a0; un numéro SIRET ne contient que des chiffres. "
            "Les numéros de Monaco, qui comportent des lettres, ne sont pas acceptés.",
        ),
    ],
)
def test_the_french_sentence(read: Callable[[str], object], text: str, french: str) -> None:
    assert explain(refusal(read, text), "fr") == french


@pytest.mark.parametrize(
    ("kind", "detail", "french"),
    [
        ("rpps", "not_text", "Le numéro RPPS doit être un texte."),
        ("idnat_ps", "not_text", "L'identifiant national de professionnel doit être un texte."),
        (
            "idnat_struct",
            "key",
            "La clé ne correspond pas\u00a0: un chiffre a sans doute été mal recopié. "
            "Vérifiez l'identifiant national de structure.",
        ),
    ],
)
def test_the_french_article_is_that_of_the_kind(kind: str, detail: str, french: str) -> None:
    assert explain(NumberRefused(kind, "format", detail), "fr") == french


def test_the_english_sentence() -> None:
    refused = refusal(siren.parse, "26750O452")
    assert explain(refused, "en") == (
        "Character 6 is a letter; a SIREN number holds digits only. "
        "Monaco's numbers, which hold letters, are not accepted."
    )


READERS: tuple[Callable[[str], object], ...] = (*CLASSES.values(), parse_professional, parse_structure_number)

# One text for each cause, whatever the reader.
CAUSES = [
    "",
    "1",
    "1" * 20,
    "1" * 70,
    "0" * 9,
    "0" * 11,
    "0" * 14,
    "123456789",
    "12345678901",
    "12345678901234",
    "1234567890",
    "123456789012",
    "92345678901234",
    "35600000000000",
    "9Z1234567",
    "12\t4",
    "12\u200b4",
    "12\u06634",
    "12/4",
    "12X4",
    "4123456789012345",
    "412345678901234",
    "499700366240008",
    "499700366240007",
    "812345678901",
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", CAUSES)
def test_every_refusal_has_a_full_sentence_in_both_languages(
    read: Callable[[str], object], text: str
) -> None:
    _assert_explained(refusal_or_none(read, text))


@given(st.sampled_from(READERS), st.text("0123456789AB8/ \u0663\t", max_size=18))
def test_no_refusal_is_without_a_sentence(read: Callable[[str], object], text: str) -> None:
    _assert_explained(refusal_or_none(read, text))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", [*CAUSES, "é", 12])
def test_no_french_sentence_forgets_an_elision(read: Callable[[object], object], text: object) -> None:
    """Not "le identifiant"."""
    refused = fhir_refusal_or_none(read, text)
    assert refused is None or not re.search(
        r"\b(le|la|de|ne|que|se) [aeiouéèê]", explain(refused, "fr"), re.IGNORECASE
    )


@pytest.mark.parametrize("letter", ["\u0410", "\uff21", "é"], ids=["cyrillic", "fullwidth", "accented"])
def test_a_letter_that_only_looks_like_corsicas_is_not_said_to_stand_in_a_digits_place(letter: str) -> None:
    """A 2A copied from elsewhere: its second character may well be a letter, but not that one."""
    refused = refusal(finess.parse, f"2{letter}0000014")
    assert explain(refused, "fr") == (
        "Le 2e caractère est une lettre accentuée ou d'un autre alphabet\u00a0: tapez le numéro au clavier."
    )


def test_refusals_of_fhir_identifiers_and_of_other_types_have_a_sentence() -> None:
    for kind in (IdNatPs, IdNatStruct):
        with pytest.raises(NumberRefused) as system:
            kind.from_fhir({})
        _assert_explained(system.value)
    for read in (professional_from_fhir, structure_from_fhir, structures_from_fhir):
        for wrong in (
            "",
            ["x"],
            [],
            [{"system": 1}],
            {"system": 1},
            {"system": RPPS_SYSTEM, "value": 1},
            _TWO,
        ):
            _assert_explained(fhir_refusal_or_none(read, wrong))
    for number in CLASSES.values():
        with pytest.raises(NumberRefused) as not_text:
            number(12)
        _assert_explained(not_text.value)


_TWO = [{"system": RPPS_SYSTEM, "value": value} for value in ("99700075064", "99900007743")]


def fhir_refusal_or_none(read: Callable[[object], object], wrong: object) -> NumberRefused | None:
    try:
        read(wrong)
    except NumberRefused as refused:
        return refused
    return None


def refusal_or_none(read: Callable[[str], object], text: str) -> NumberRefused | None:
    try:
        read(text)
    except NumberRefused as refused:
        return refused
    return None


def _assert_explained(refused: NumberRefused | None) -> None:
    if refused is None:
        return
    french, english = explain(refused, "fr"), explain(refused, "en")
    assert french != english
    for sentence in (french, english):
        assert sentence.endswith(".")
        assert not re.search(r"[{}]|None", sentence)
