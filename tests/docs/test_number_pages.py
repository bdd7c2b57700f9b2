"""The pages of the numbers: their keys are worked again here, their sentences and parts asked of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import explain
from entractes_auth.numbers._number import Number
from tests.docs.pages import ROOT, rows
from tests.numbers.samples import CLASSES, luhn_sum, vectors

PAGES = {
    f"docs/numbers/{kind.lower()}.md": CLASSES[kind] for kind in ("RPPS", "ADELI", "FINESS", "SIREN", "SIRET")
}
PUBLISHED = {value for _, value, valid in vectors() if valid}

# One table of a worked key and the sum that is told after it.
_WORKED = re.compile(r"^\| character \|.*?\n\n.*?The sum is \*\*(\d+)\*\*", re.MULTILINE | re.DOTALL)


def worked_keys(page: str) -> Iterator[tuple[dict[str, list[str]], int]]:
    """The rows of each table by their first cell, and the sum."""
    for found in _WORKED.finditer((ROOT / page).read_text(encoding="utf-8")):
        table = [line.strip("| ").split(" | ") for line in found[0].splitlines() if line.startswith("|")]
        yield {row[0]: row[1:] for row in table}, int(found[1])


def value_of(character: str) -> int:
    """A digit's value, or a letter's rank in the alphabet."""
    return int(character) if character.isdigit() else ord(character) - ord("A") + 1


@pytest.mark.parametrize("page", PAGES)
def test_each_worked_key_is_right_in_every_cell(page: str) -> None:
    """Every step of the table follows from the one above it, and the key holds as the package says."""
    keys = list(worked_keys(page))
    assert keys
    for table, told in keys:
        number = "".join(table["character"])
        assert number in PUBLISHED
        values = [value_of(character) for character in number]
        if "times" not in table:  # La Poste's rule only adds the digits up
            assert table["adds"] == [str(value) for value in values]
            assert told == sum(values)
            assert told % 5 == 0
            continue
        assert ("counts" in table) == (not number.isdigit())
        assert table.get("counts", list(number)) == [str(value) for value in values]
        times = [1 if (len(number) - at) % 2 else 2 for at in range(len(number))]
        products = [value * weight for value, weight in zip(values, times, strict=True)]
        assert table["times"] == [str(weight) for weight in times]
        assert table["gives"] == [str(product) for product in products]
        assert table["adds"] == [str(product - 9 if product > 9 else product) for product in products]
        assert told == luhn_sum(number) == sum(map(int, table["adds"]))
        assert told % 10 == 0


@pytest.mark.parametrize("page", PAGES)
def test_the_sum_without_the_key_is_right_where_it_is_told(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    without = [int(told) for told in re.findall(r"(?:make|it is) \*\*(\d+)\*\*", text)]
    table, total = next(worked_keys(page))
    assert without in ([], [total - int(table["adds"][-1])])


@pytest.mark.parametrize(("page", "kind"), PAGES.items())
def test_each_refusal_says_what_the_page_says(page: str, kind: type[Number]) -> None:
    heading, *examples = [row for row in rows(page, 4) if row[0].startswith(("typed", "`"))]
    assert heading == ["typed", "code", "in French", "in English"]
    assert {row[1] for row in examples} == {"`format`", "`length`", "`checksum`", "`component`"}
    for typed, code, french, english in examples:
        with pytest.raises(NumberRefused) as caught:
            kind(typed.strip("`"))
        refused = caught.value
        assert [f"`{refused.code}`", explain(refused, "fr"), explain(refused, "en")] == [
            code,
            french,
            english,
        ]


@pytest.mark.parametrize("page", [page for page in PAGES if "siren" not in page])
def test_each_part_is_the_one_that_the_page_shows(page: str) -> None:
    heading, *parts = [row for row in rows(page, 3) if row[0].startswith(("part", "`"))]
    number = PAGES[page](heading[2].removeprefix("of "))
    assert parts
    for name, _, shown in parts:
        assert str(getattr(number, name.strip("`"))) == shown
