"""Polars columns: the verdicts of the parsers, on every text."""

# Polars' own types name numpy's, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import string
from typing import Any, get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.exceptions import PolarsError

from entractes_auth.cli.checking.kinds import KINDS
from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import columns
from entractes_auth.numbers.columns import Kind
from entractes_auth.testing import strategies as fr
from tests.cli.files import cells
from tests.numbers.samples import vectors, with_key

_ALL_KINDS: tuple[Kind, ...] = get_args(Kind)
_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
_texts = st.one_of(
    cells,
    fr.as_typed(fr.professional_numbers() | fr.structure_numbers()).map(lambda typed: typed.typed),
    fr.almost_professional_numbers(),
    fr.almost_structure_numbers(),
    _any_text,
    st.text("0123456789ABab ", max_size=70),
    st.none(),
)


def scalar(text: str, kind: Kind) -> tuple[str | None, str | None]:
    """The normalised number, and the code of the refusal, by `parse`."""
    try:
        return str(KINDS[kind](text)), None
    except NumberRefused as refused:
        return None, f"{refused.code}/{refused.detail}"


def assert_agree(texts: list[str | None], kind: Kind) -> None:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    shown = (
        frame.lazy()
        .select(
            columns.is_valid(pl.col("text"), kind).alias("valid"),
            columns.normalised(pl.col("text"), kind).alias("number"),
        )
        .collect()
    )
    why = columns.refusals(frame["text"], kind)
    for text, valid, number, code in zip(texts, shown["valid"], shown["number"], why, strict=True):
        if text is None:
            assert (valid, number, code) == (None, None, None)
        else:
            assert (number, code) == scalar(text, kind)
            assert valid is (number is not None)


@given(st.lists(_texts, max_size=60), st.sampled_from(_ALL_KINDS))
def test_a_column_has_the_verdicts_of_the_parser(texts: list[str | None], kind: Kind) -> None:
    """Any text at all, separators, letters, La Poste, other scripts and nulls: one verdict, one number, one reason."""
    assert_agree(texts, kind)


@pytest.mark.parametrize("kind", _ALL_KINDS)
def test_published_numbers_and_every_character_agree(kind: Kind) -> None:
    """Each character that there is, between two digits of a number, is dropped by both or refused by both."""
    values = [value for _, value, _ in vectors()]
    body = next(value for _, value, valid in vectors() if valid and scalar(value, kind)[1] is None)
    between = [body[:1] + chr(code) + body[1:] for code in range(0x3100) if not 0xD800 <= code < 0xE000]
    others = [body[:1] + chr(code) + body[1:] for code in (0xFEFF, 0xFF10, 0xFF21, 0x1D7CE, 0x10FFFF)]
    instead = [body[:1] + chr(code) + body[2:] for code in range(0x250)]
    assert_agree([*values, *between, *others, *instead], kind)


@pytest.mark.parametrize("key", range(10))
@pytest.mark.parametrize("prefix", ["", "3"])
def test_la_poste_has_its_own_rule(prefix: str, key: int) -> None:
    """Its establishments are judged by their digit sum, in a column as one by one."""
    assert_agree([f"{prefix}356000000{nic:04}{key}" for nic in range(0, 9999, 370)], "siret")
    assert_agree([f"{prefix}356000000{nic:04}{key}" for nic in range(0, 9999, 370)], "structure")


def test_la_postes_head_office_has_the_ordinary_key_and_its_neighbours_have_not() -> None:
    assert_agree([f"356000000000{two:02}" for two in range(100)], "siret")


@pytest.mark.parametrize("body", ["00552013", "35599999", "35600001", "73282932"])
def test_no_other_company_has_la_postes_rule(body: str) -> None:
    """Before it and after it: one NIC in ten has the key, and the digit sum is nobody's affair."""
    texts: list[str | None] = [f"{with_key(body)}{nic:05}" for nic in range(100)]
    assert_agree(texts, "siret")
    assert sum(scalar(str(text), "siret")[1] is None for text in texts) == 10


@pytest.mark.parametrize("kind", _ALL_KINDS)
def test_every_letter_in_second_place_is_judged_as_one_by_one(kind: Kind) -> None:
    assert_agree([f"9{letter}912345{key}" for letter in string.ascii_letters for key in range(10)], kind)


@pytest.mark.parametrize("kind", _ALL_KINDS)
def test_a_number_of_sixty_four_characters_is_read_and_one_of_sixty_five_is_not(kind: Kind) -> None:
    number = next(value for _, value, valid in vectors() if valid and scalar(value, kind)[1] is None)
    texts: list[str | None] = [number.ljust(length) for length in (63, 64, 65, 66)]
    assert_agree(texts, kind)
    assert [scalar(str(text), kind)[1] for text in texts] == [
        None,
        None,
        "length/too_long",
        "length/too_long",
    ]


def test_a_column_of_integers_is_refused() -> None:
    """Numbers that have lost their leading zeros are not silently judged."""
    with pytest.raises(PolarsError):
        pl.DataFrame({"n": [10000024]}).select(columns.is_valid(pl.col("n"), "finess"))


def test_the_series_of_refusals_keeps_name_and_order() -> None:
    """What comes back stands beside what went in, repeated texts included."""
    series = pl.Series("RPPS", ["99700218897", None, "99700218896", "99700218897", ""])
    found = columns.refusals(series, "rpps")
    assert found.name == "RPPS"
    assert found.to_list() == ["checksum/key", None, None, "checksum/key", "length/empty"]


@pytest.mark.parametrize("kind", _ALL_KINDS)
def test_the_expressions_keep_the_columns_name(kind: Kind) -> None:
    """So that `with_columns(normalised(pl.col("RPPS"), "rpps"))` replaces the column, and `alias` names a new one."""
    frame = pl.DataFrame({"RPPS": ["99700218896"]})
    assert frame.select(columns.is_valid(pl.col("RPPS"), kind)).columns == ["RPPS"]
    assert frame.select(columns.normalised(pl.col("RPPS"), kind).alias("new")).columns == ["new"]
    assert frame.select(columns.normalised(pl.col("RPPS"), kind)).columns == ["RPPS"]


def test_an_unknown_kind_is_refused_by_name() -> None:
    """'RPPS' for 'rpps' is what everybody writes first."""
    unknown: Any = "RPPS"
    for read in (columns.is_valid, columns.normalised):
        with pytest.raises(ValueError, match=r"kind: adeli, finess, .*, not 'RPPS'"):
            read(pl.col("RPPS"), unknown)
    with pytest.raises(ValueError, match="not 'RPPS'"):
        columns.refusals(pl.Series(["1"]), unknown)
