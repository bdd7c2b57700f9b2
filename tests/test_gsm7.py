"""The length of an SMS is counted as the carriers count it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.gsm7 import septets

# 3GPP TS 23.038, section 6.2.1, row by row, without the escape character.
_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)


def test_the_127_characters_of_the_table_are_one_septet_each() -> None:
    assert len(set(_TABLE)) == 127
    assert septets(_TABLE) == 127


@pytest.mark.parametrize("character", "\f^{}\\[~]|€")
def test_the_characters_of_the_extension_table_are_two_septets_each(character: str) -> None:
    assert septets(character) == 2


@pytest.mark.parametrize("character", "êëîïôûçœâÀÈÊ’«»•\u00a0\u202f\x1b\t😀")
def test_what_the_alphabet_lacks_has_no_length(character: str) -> None:
    """`Ç` is in the alphabet and `ç` is not; neither are ordinary typographic marks."""
    assert septets(f"code {character}") is None


@given(st.text(alphabet=_TABLE + "€{}"), st.text(alphabet=_TABLE + "€{}"))
def test_the_length_of_two_texts_is_the_sum_of_theirs(one: str, other: str) -> None:
    assert septets(one + other) == (septets(one) or 0) + (septets(other) or 0)
