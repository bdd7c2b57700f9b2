"""What people type is read, and anything else is refused with its precise cause and place."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import adeli, finess, identifiers, rpps, siren, siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers._text import LONGEST
from entractes_auth.numbers.idnat import IdNatPs, IdNatStruct
from tests.numbers.hostile import Saboteur
from tests.numbers.samples import numbers

READERS = (
    rpps.parse,
    adeli.parse,
    finess.parse,
    siren.parse,
    siret.parse,
    identifiers.parse_professional,
    identifiers.parse_structure_number,
    IdNatPs,
    IdNatStruct,
)


def refusal(text: object) -> NumberRefused:
    with pytest.raises(NumberRefused) as caught:
        siret.Siret(text)
    return caught.value


def test_of_all_spaces_signs_and_marks_exactly_these_are_dropped() -> None:
    """Every space of Unicode, with a width or without, the tab, the full stop, and hyphens.

    Left out for time: letters of scripts without capitals, and what Unicode has not assigned.
    """
    kinds = {chr(code): unicodedata.category(chr(code)) for code in range(sys.maxunicode + 1)}
    tried = {symbol for symbol, kind in kinds.items() if kind not in ("Lo", "Cn", "Co", "Cs")}
    dropped = {symbol for symbol in tried if siren.is_valid(f"26750{symbol}0452")}
    spaces = {symbol for symbol, kind in kinds.items() if kind == "Zs"}
    without_width = set("\u200b\u2060\ufeff")
    hyphens = set("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212")
    assert len(tried) > 15_000
    assert dropped == spaces | without_width | hyphens | set("\t.")


@pytest.mark.parametrize("letter", ["ß", "ŉ", "ı", "ſ", "\ufb01", "\u212a", "\u0430"])
def test_no_letter_becomes_another_by_its_capital(letter: str) -> None:
    """'ß' would make two letters, 'ı' an I, and the last looks like an 'a': Cyrillic."""
    with pytest.raises(NumberRefused) as caught:
        finess.parse(f"2{letter}0000014")
    assert (caught.value.code, caught.value.detail, caught.value.position) == ("format", "foreign_letter", 2)


@pytest.mark.parametrize(
    ("symbol", "detail"),
    [
        ("\v", "control"),
        ("\f", "control"),
        ("\x1c", "control"),
        ("\x7f", "control"),
        ("\u2029", "control"),
        ("\n", "control"),
        ("\r", "control"),
        ("\x00", "control"),
        ("\x85", "control"),
        ("\u2028", "control"),
        ("\u200d", "invisible"),  # joins the letters around it
        ("\u202e", "invisible"),  # writes from right to left
        ("\u2066", "invisible"),
        ("\u180e", "invisible"),
        ("\u0663", "other_script_digit"),  # Arabic three
        ("\uff13", "other_script_digit"),  # fullwidth three
        ("\u00b3", "other_script_digit"),  # superscript three
        ("O", "letter"),
        ("é", "foreign_letter"),
        ("\uff21", "foreign_letter"),  # fullwidth A
        ("/", "character"),
        ("_", "character"),
        ("\ud800", "character"),  # half of a surrogate pair
    ],
)
def test_what_is_no_digit_is_named_with_its_place(symbol: str, detail: str) -> None:
    """The place counts from 1 and leaves separators out, as the person counts the number's characters."""
    refused = refusal(f"267 500{symbol}45200524")
    assert (refused.code, refused.detail, refused.position) == ("format", detail, 7)


@pytest.mark.parametrize(
    ("text", "detail", "position"),
    [
        ("A", "letter", 1),
        ("A50100125", "letter", 1),
        ("2", "too_short", None),
        ("2A", "too_short", None),
        ("2AX", "letter", 3),
        ("2AX000014", "letter", 3),
        ("2A0X00014", "letter", 4),
        ("2A000001X", "letter", 9),
    ],
)
def test_only_the_second_character_may_be_a_letter(text: str, detail: str, position: int | None) -> None:
    for read in (adeli.parse, finess.parse):
        with pytest.raises(NumberRefused) as caught:
            read(text)
        assert (caught.value.detail, caught.value.position) == (detail, position)


@pytest.mark.parametrize("text", ["٢٦٧٥٠٠٤٥٢٠٠٥٢٤", "２６７５００４５２００５２４"])
def test_a_valid_number_in_another_scripts_digits_is_refused(text: str) -> None:
    """`str.isdigit` would accept both, and one number would have several spellings."""
    assert text.isdigit()
    assert refusal(text).detail == "other_script_digit"


def test_a_line_end_after_a_valid_number_is_refused() -> None:
    """The `$` of a pattern would let it through, into a log or a header."""
    assert refusal("26750045200524\n").position == 15


@pytest.mark.parametrize("text", ["", " ", "\u00a0.-"])
def test_nothing_but_separators_is_empty(text: str) -> None:
    refused = refusal(text)
    assert (refused.code, refused.detail) == ("length", "empty")


def test_the_longest_text_that_is_read() -> None:
    assert siret.parse("26750045200524".rjust(LONGEST)) == "26750045200524"
    assert siret.parse("26750045200524".ljust(LONGEST, "\u00a0")) == "26750045200524"


def test_sixty_four_characters_are_read_and_not_one_more() -> None:
    """Also of a host's own class of texts, of which no more is copied than tells that it is too long."""
    for padded in ("267500452".ljust(64), Saboteur("267500452".ljust(64))):
        assert siren.parse(padded) == "267500452"
    for padded in ("267500452".ljust(65), Saboteur("267500452".ljust(65))):
        with pytest.raises(NumberRefused, match="too_long"):
            siren.parse(padded)


def test_length_is_judged_without_separators() -> None:
    assert siret.parse("2 6 7 5 0 0 4 5 2 0 0 5 2 4") == "26750045200524"
    assert refusal("2 6 7 5 0 0 4 5 2 0 0 5 2").detail == "too_short"
    assert refusal("2675004520052 44").detail == "too_long"


@pytest.mark.parametrize(
    "text",
    ["?" * 10_000_000, "\u0663" * 10_000_000, " " * (LONGEST + 1), "26750045200524".rjust(LONGEST + 1)],
    ids=["ten-megabytes", "ten-million-foreign-digits", "one-too-many", "one-too-many-before-a-number"],
)
def test_a_text_that_is_too_long_is_refused_before_it_is_read(text: str) -> None:
    """Its characters are wrong too, and the refusal does not know: they were never looked at."""
    refused = refusal(text)
    assert (refused.code, refused.detail, refused.position) == ("length", "too_long", None)


@pytest.mark.parametrize("value", [None, 26750045200524, 1.5, b"26750", ["26750045200524"]])
def test_what_is_not_a_text_is_refused_like_a_bad_number(value: object) -> None:
    refused = refusal(value)
    assert (refused.code, refused.detail) == ("format", "not_text")


@given(
    st.one_of(
        st.text(max_size=80),
        st.text("0123456789AB /.-\u0663\u00b2", max_size=20),
        st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
        st.text(st.characters(categories=["Cs", "Nd", "Lu", "Cf"]), max_size=20),
        st.none(),
        st.integers(),
        st.binary(max_size=20),
    )
)
@example("")
@example("0")
@example("8")
@example("4")
@example("/")
def test_nothing_raises_anything_but_a_refusal(value: object) -> None:
    for read in READERS:
        try:
            number: Number = read(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        except NumberRefused:
            continue
        assert number.isascii()
        assert number.isalnum()


@given(numbers)
def test_a_refusal_does_not_hold_what_was_typed(number: Number) -> None:
    """It may be a person's number with one digit wrong."""
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(NumberRefused) as caught:
        type(number)(wrong)
    shown = repr(vars(caught.value)) + str(caught.value) + repr(caught.value)
    assert wrong not in shown
    assert number not in shown
