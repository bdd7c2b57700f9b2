"""The key, against the textbook's sum written out slowly."""

from __future__ import annotations

import string

from hypothesis import example, given
from hypothesis import strategies as st

from entractes_auth.numbers import _luhn
from tests.numbers.samples import luhn_sum


@given(st.text(string.digits + string.ascii_uppercase, min_size=1, max_size=28))
def test_the_fast_sum_agrees_with_the_textbook(text: str) -> None:
    assert _luhn.holds(text) == _luhn.key_holds(text.encode()) == (luhn_sum(text) % 10 == 0)


def test_letters_beyond_the_ninth_count_as_their_rank_reduced_to_one_digit() -> None:
    """J, K, L... count 1, 2, 3... like A, B, C..., doubled or not."""
    for reduced, letters in {"1": "AJS", "2": "BKT", "8": "HQZ", "9": "IR"}.items():
        for letter in letters:
            for tail in ("0", "7", "34"):
                assert _luhn.holds(letter + tail) == _luhn.holds(reduced + tail)


def test_the_largest_sums_do_not_overflow() -> None:
    """Nines are the largest values, doubled or not: 28 of them sum to 252, which is 2 modulo 10."""
    for count in range(1, 29):
        assert _luhn.holds("9" * count) == (9 * count % 10 == 0)


@given(st.text(string.digits, max_size=28))
@example("9" * 28)
def test_the_digit_sum_is_that_of_the_digits(text: str) -> None:
    assert _luhn.digit_sum(_luhn.pack(text.encode())) == sum(map(int, text))


@given(st.text(string.digits + string.ascii_uppercase, min_size=2, max_size=28))
def test_a_packed_number_gives_up_its_last_character_by_a_shift(text: str) -> None:
    assert _luhn.pack(text.encode()) >> 8 == _luhn.pack(text[:-1].encode())
