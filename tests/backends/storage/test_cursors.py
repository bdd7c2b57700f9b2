"""A cursor is opaque, comes back exactly, and anything else is refused by name."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.storage.cursors import Cursor, page_size
from entractes_auth.errors import InvalidInput, Problem

BAD = (Problem("after", "bad_cursor"),)


@given(
    position=st.datetimes(timezones=st.just(UTC)),
    row_id=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)
def test_a_cursor_comes_back_exactly(position: datetime, row_id: str) -> None:
    """What `encode` wrote is read back to the microsecond, whatever the id."""
    assert Cursor.decode(Cursor(position, row_id).encode()) == Cursor(position, row_id)


@given(
    text=st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_any_text_is_a_cursor_of_ours_or_is_refused(text: str) -> None:
    """A text is either exactly what `encode` would write, or `after: bad_cursor`; nothing else can happen."""
    problems: tuple[Problem, ...] = ()
    again = ""
    try:
        again = Cursor.decode(text).encode()
    except InvalidInput as refused:
        problems = refused.problems
    assert (again, problems) in [(text, ()), ("", BAD)]


@pytest.mark.parametrize(
    "inside",
    ["", "1", ":x", "x:1", "1_0:x", " 1:x", "+1:x", "01:x", "१:x", "1:a\0b", f"{10**18}:x", f"{'9' * 400}:x"],
)
def test_numbers_in_another_spelling_are_refused(inside: str) -> None:
    """There is one spelling of each cursor: no sign, no zeros, no other script, nothing out of range."""
    with pytest.raises(InvalidInput) as refused:
        Cursor.decode(base64.urlsafe_b64encode(inside.encode()).decode())
    assert refused.value.problems == BAD


def test_an_endless_cursor_costs_nothing() -> None:
    """A text of ten megabytes is refused by its length."""
    with pytest.raises(InvalidInput):
        Cursor.decode("A" * 10_000_000)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_page_has_at_least_one_row(limit: int) -> None:
    """SQL reads a negative limit as "all rows": it is refused before it gets there."""
    with pytest.raises(InvalidInput) as refused:
        page_size(limit)
    assert refused.value.problems == (Problem("limit", "too_small", {"minimum": 1}),)
