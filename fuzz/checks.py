"""What must hold of the readers of numbers, whatever they are given: `check` raises where it does not.

Nothing but `NumberRefused` is raised, and each refusal has a sentence; `is_valid` agrees with `parse`, and
both with a second, naive writing of the rules; what was read is read again as itself; what is masked shows
no middle. Names are compared the same in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Final

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import (
    IdNatPs,
    IdNatStruct,
    adeli,
    explain,
    fhir,
    finess,
    names,
    parse_professional,
    parse_structure,
    parse_structure_number,
    rpps,
    siren,
    siret,
)
from entractes_auth.numbers._number import Number
from fuzz import expected
from fuzz.inputs import built_number, decoded, mutated_number, two_texts
from fuzz.values import Reader

__all__ = ["check"]

_MODULES: Final[dict[str, ModuleType]] = {
    "rpps": rpps,
    "adeli": adeli,
    "finess": finess,
    "siren": siren,
    "siret": siret,
}
_NUMBERS: Final[dict[type, str]] = {
    rpps.Rpps: "rpps",
    adeli.Adeli: "adeli",
    finess.Finess: "finess",
    siren.Siren: "siren",
    siret.Siret: "siret",
    IdNatStruct: "practice",
}
_CODES: Final = ("format", "length", "checksum", "component")
_A_CHARACTER: Final = ("letter", "foreign_letter", "control", "invisible", "other_script_digit", "character")
_LONGEST: Final = 15


def check(data: bytes) -> None:
    """Raises `AssertionError`, or whatever a reader let through, where something does not hold.

    The first byte says what the others are; without one that is known, all of them are a text.
    """
    match data[:1]:
        case b"l":
            _check_text(data[1:].decode("latin-1"))
        case b"m":
            _check_text(mutated_number(data[1:]))
        case b"k":
            _check_text(built_number(data[1:]))
        case b"n":
            _check_names(*two_texts(data[1:]))
        case b"f":
            _check_fhir(Reader(decoded(data[1:])).value())
        case _:
            _check_text(decoded(data))


def _check_text(text: str) -> None:
    for kind, module in _MODULES.items():
        number = _read(module.parse, text)
        assert module.is_valid(text) is (number is not None), "is_valid and parse disagree"
        assert number == expected.number(kind, text), "not what the rules say"
    for read, find in (
        (parse_professional, expected.professional),
        (parse_structure_number, expected.structure),
        (parse_structure, expected.structure_or_practice),
    ):
        found = _read(read, text)
        told = None if found is None else (_NUMBERS[type(found)], str(found))
        assert told == find(text), "not what the field must find"
    _check_identifier(IdNatPs, text)
    _check_identifier(IdNatStruct, text)


def _check_identifier(kind: type[IdNatPs | IdNatStruct], text: str) -> None:
    identifier = _read(kind, text)
    if identifier is None:
        return
    assert type(identifier) is kind
    assert kind.from_fhir(identifier.to_fhir()) == identifier
    inner = identifier.number if isinstance(identifier, IdNatPs) else identifier.structure
    assert inner is None or identifier[1:] == inner == type(inner)(str(inner))


def _read(read: Callable[[str], Number], text: str) -> Number | None:
    """The number, if it is one, itself looked at; None if it was refused as it must be."""
    try:
        number = read(text)
    except NumberRefused as refused:
        _check_refusal(refused, expected.bare(text))
        return None
    _check_number(number)
    return number


def _check_number(number: Number) -> None:
    kind = type(number)
    assert re.fullmatch(kind.shape.pattern, number)
    for again in (str(number), number.formatted, number):
        assert kind(again) == number
        assert type(kind(again)) is kind
    assert number.masked == number[:2] + "•" * (len(number) - 4) + number[-2:]
    assert number[2:-2] not in number.masked
    assert str(number) not in repr(number)
    assert len(number) <= _LONGEST


def _check_refusal(refused: NumberRefused, bare: str | None) -> None:
    assert refused.code in _CODES
    if refused.position is not None:
        assert 1 <= refused.position <= 64
    if refused.detail == "letter" and bare is not None and refused.position is not None:
        assert bare[refused.position - 1].isalpha(), "the letter is elsewhere"
    assert refused.detail not in _A_CHARACTER or refused.position is not None
    french, english = explain(refused, "fr"), explain(refused, "en")
    assert french != english
    for sentence in (french, english):
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "None" not in sentence


def _check_names(one: str, other: str) -> None:
    key = names.comparison_key(one)
    assert names.comparison_key(key) == key == " ".join(key.split())
    same = key.replace(" ", "") == names.comparison_key(other).replace(" ", "") != ""
    assert names.compare_last_names(one, other) == ("same" if same else "differs")
    assert names.compare_last_names(other, one) == ("same" if same else "differs")
    first = names.compare_first_names(one, other)
    assert first == names.compare_first_names(other, one)
    assert (first == "same") is same


def _check_fhir(value: object) -> None:
    readers: tuple[Callable[[object], object], ...] = (
        fhir.professional_from_fhir,
        fhir.structure_from_fhir,
        fhir.structures_from_fhir,
        IdNatPs.from_fhir,
        IdNatStruct.from_fhir,
    )
    for read in readers:
        try:
            found = read(value)
        except NumberRefused as refused:
            _check_refusal(refused, None)
            continue
        for number in found if isinstance(found, tuple) else (found,):
            assert number is None or isinstance(number, Number)
            if number is not None:
                _check_number(number)
