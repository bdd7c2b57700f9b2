"""The key, against the textbook's sum written out slowly."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import _luhn
from entractes_auth.numbers._number import Number
from tests.numbers.samples import luhn_sum, numbers


@given(st.text(string.digits + "ABCDEFGHI", min_size=1, max_size=20))
def test_the_fast_sum_agrees_with_the_textbook(text: str) -> None:
    assert _luhn.holds(text) == (luhn_sum(text) % 10 == 0)


def test_letters_beyond_the_ninth_count_as_their_rank_reduced_to_one_digit() -> None:
    """J, K, L... count 1, 2, 3... like A, B, C..., doubled or not."""
    for reduced, letters in {"1": "AJS", "2": "BKT", "8": "HQZ", "9": "IR"}.items():
        for letter in letters:
            for tail in ("0", "7", "34"):
                assert _luhn.holds(letter + tail) == _luhn.holds(reduced + tail)


@given(numbers, st.data())
def test_one_wrong_digit_is_caught(number: Number, data: st.DataObject) -> None:
    places = [at for at, symbol in enumerate(number) if symbol.isdigit()]
    at = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([digit for digit in string.digits if digit != number[at]]))
    assert refused(type(number), number[:at] + wrong + number[at + 1 :])


@given(numbers, st.data())
def test_two_swapped_neighbours_are_caught_but_zero_and_nine(number: Number, data: st.DataObject) -> None:
    at = data.draw(st.integers(2, len(number) - 2))
    pair = number[at : at + 2]
    swapped = number[:at] + pair[::-1] + number[at + 2 :]
    blind = pair[0] == pair[1] or set(pair) == {"0", "9"}
    assert refused(type(number), swapped) != blind


def refused(kind: type[Number], text: str) -> bool:
    try:
        kind(text)
    except NumberRefused:
        return True
    return False
