"""Names, addresses and postcodes: what is kept as typed, and what is refused at which character."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.typed_text import ADDRESS_MARKS, ORGANISATION_MARKS, line, postcode


def _refused(text: object, *, maximum: int = 80, marks: str | None = None) -> Problem:
    with pytest.raises(InvalidInput) as caught:
        line(text, "here", maximum=maximum, **({} if marks is None else {"marks": marks}))
    (problem,) = caught.value.problems
    assert problem.field == "here"
    return problem


@pytest.mark.parametrize(
    "name",
    [
        "Dupont",
        "D'Arc",
        "L’Hôte",
        "ʻUvea",
        "Jean-Pierre",
        "de La Tour",
        "St. John",
        "Nguyễn",
        "Ø",
        "محمد",
        "李",
        "Στέφανος",
        "Ковалёва",
        "राजेश",
        "สมชาย",
    ],
)
def test_a_name_of_any_script_is_kept_as_it_is_spelt(name: str) -> None:
    assert line(name, "here", maximum=80) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Marie   Claire ", "Marie Claire"),
        ("Marie\u00a0Claire\u202f", "Marie Claire"),
        ("Zoe\u0308", "Zoë"),
        ("Jean\u2011Pierre", "Jean-Pierre"),
    ],
)
def test_spaces_accents_and_hyphens_of_word_processors_become_the_ordinary_ones(
    typed: str, kept: str
) -> None:
    assert line(typed, "here", maximum=80) == kept


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        pytest.param("Ma\x00rie", 3, id="NUL"),
        pytest.param("Marie\r\nBcc: x", 6, id="line end, a second mail header"),
        pytest.param("Marie\tX", 6, id="tab"),
        pytest.param("\u202eeiraM", 1, id="direction override"),
        pytest.param("Ma\u200brie", 3, id="zero-width space"),
        pytest.param("Ma\ufeffrie", 3, id="byte order mark"),
        pytest.param("\u3164", 1, id="Hangul filler, a letter without a glyph"),
        pytest.param("Ma\ufe0frie", 3, id="variation selector, a mark without a glyph"),
        pytest.param("Marie\U0001f600", 6, id="emoji"),
        pytest.param("Marie2", 6, id="digit"),
        pytest.param("x\u0332\u0332\u0332", 4, id="a third mark on a letter"),
        pytest.param("\u0301Marie", 1, id="a mark without a letter"),
        pytest.param("-\u0301Marie", 2, id="a mark on a hyphen"),
        pytest.param("Ma\ud800rie", 3, id="half a surrogate pair"),
        pytest.param("<b>", 1, id="markup"),
        pytest.param("  Marie=", 6, id="the spaces in front are not counted"),
    ],
)
def test_what_cannot_be_read_back_to_somebody_is_refused_where_it_stands(typed: str, position: int) -> None:
    problem = _refused(typed)
    assert (problem.code, problem.params) == ("bad_character", {"position": position})


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        (" \u00a0 ", "missing"),
        (" " * 100, "missing"),
        (3, "not_text"),
        (b"x", "not_text"),
        ("-", "no_letter"),
        ("’ .", "no_letter"),
    ],
)
def test_a_name_is_a_text_with_a_letter(typed: object, code: str) -> None:
    assert _refused(typed).code == code


def test_the_longest_name_passes_and_one_character_more_does_not() -> None:
    assert line("é" * 80, "here", maximum=80) == "é" * 80
    assert _refused("é" * 81) == Problem("here", "too_long", {"maximum": 80})


def test_the_length_counts_letters_whichever_way_their_accents_were_typed() -> None:
    assert line("e\u0301" * 80, "here", maximum=80) == "é" * 80


@pytest.mark.parametrize("text", ["e\u0301" * 5_000_000, " " * 10_000_000], ids=["accents", "spaces"])
def test_ten_megabytes_are_refused_without_being_read(text: str) -> None:
    """Cleaning them would take up to a second of CPU for one request; a length is read in no time."""
    began = time.thread_time()
    assert _refused(text).code == "too_long"
    assert time.thread_time() - began < 0.01


def test_an_address_has_digits_and_an_organisation_an_ampersand() -> None:
    street = "12 bis, rue n°3 (bât. A/B)"
    assert line(street, "here", maximum=160, marks=ADDRESS_MARKS) == street
    assert line("Dupont & Fils", "here", maximum=120, marks=ORGANISATION_MARKS) == "Dupont & Fils"


@pytest.mark.parametrize("formula", ["=1+1", "+33", "@SUM(A1)"])
def test_no_field_may_begin_a_spreadsheet_formula(formula: str) -> None:
    assert _refused(formula, marks=ORGANISATION_MARKS).code == "bad_character"


@given(st.text() | st.text(st.characters(categories=["L", "Mn", "Mc", "Zs"]), max_size=100))
def test_a_line_that_was_cleaned_is_clean(text: str) -> None:
    """Cleaning twice is cleaning once, and what is kept is NFC, single-spaced and printable."""
    try:
        cleaned = line(text, "here", maximum=80, marks=ADDRESS_MARKS)
    except InvalidInput:
        return
    assert line(cleaned, "here", maximum=80, marks=ADDRESS_MARKS) == cleaned
    assert cleaned.isprintable()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "  " not in cleaned
    assert 1 <= len(cleaned) <= 80


@pytest.mark.parametrize("code", ["75001", "20000", "20620", "97410", "98800", "98000", "00550", "01000"])
def test_a_postcode_may_be_corsican_overseas_monegasque_or_military(code: str) -> None:
    assert postcode(code, "here") == code


def test_the_space_that_people_put_into_a_postcode_is_dropped() -> None:
    assert postcode(" 75 001\u00a0", "here") == "75001"


@pytest.mark.parametrize(
    "code", ["7500", "750011", "2A000", "00000", "٧٥٠٠١", "７５００１", "75001\n", "-7500"]
)
def test_a_postcode_is_five_ascii_digits(code: str) -> None:
    with pytest.raises(InvalidInput, match="not_a_postcode"):
        postcode(code, "here")
