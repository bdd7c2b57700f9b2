"""Whatever a reader is given, it answers or refuses, and neither asks the text nor copies it."""

from __future__ import annotations

import re
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers._text import LONGEST
from entractes_auth.numbers.siret import Siret
from tests.numbers.hostile import ClaimsToBeText, ClassRaises, Liar, Saboteur, SiretByName
from tests.numbers.samples import MODULE_OF, NUMBERS, any_number, is_number

# ---------------------------------------------------------------- nothing else is ever raised

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=40),
    st.lists(st.text(max_size=2), max_size=14),
)
odd_texts = st.one_of(
    st.text(max_size=80),  # with halves of surrogate pairs
    st.text(st.characters(categories=["Cs", "Nd", "Nl", "No", "Lu", "Ll", "Cf", "Cc", "Zs"]), max_size=20),
    st.text("0123456789ABab -./\u0663\u00b2\u00df\ud835\n\x00", max_size=30),
    st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    any_number.map(str).flatmap(
        lambda number: st.builds("{}{}{}".format, st.text(max_size=2), st.just(number), st.text(max_size=2))
    ),
)


@pytest.mark.parametrize("kind", NUMBERS)
@given(value=odd_values)
def test_what_is_no_text_is_refused_and_not_valid(kind: type[Number], value: object) -> None:
    assert not is_number(kind, value)
    with pytest.raises(NumberRefused) as caught:
        kind(value)
    assert (caught.value.code, caught.value.detail) == ("format", "not_text")


@pytest.mark.parametrize("kind", NUMBERS)
@given(text=odd_texts)
@example("ß" * 9)
@example("1\u0130" * 7)
@example("\ud800" * 14)
@example("1" * 10_000)
def test_any_text_is_a_number_of_the_shape_or_refused(kind: type[Number], text: str) -> None:
    if is_number(kind, text):
        assert re.fullmatch(kind.shape.pattern, kind(text))


@given(st.one_of(any_number.map(str), odd_texts))
def test_a_subclass_is_read_by_what_it_holds_not_by_what_it_says(text: str) -> None:
    for kind in NUMBERS:
        plain = is_number(kind, text)
        for hostile in (Liar(text), Saboteur(text)):
            assert is_number(kind, hostile) == plain
            if plain:
                assert kind(hostile) == kind(text)


def test_what_cannot_even_be_printed_or_lies_about_its_class_is_refused() -> None:
    """In one loop: a test's name, or a falsifying example, would have to print them."""
    for value in (10**5000, ClaimsToBeText(), ClassRaises(), str, memoryview(b"26750045200524")):
        for kind in NUMBERS:
            assert not is_number(kind, value)


def test_an_honest_subclass_is_read_and_the_number_is_no_part_of_it() -> None:
    number = siret.parse(SiretByName.HOSPITAL)
    assert (number, type(number)) == ("26750045200524", Siret)


# ---------------------------------------------------------------- the work does not grow with the text

TEN_MILLION: Final = 10_000_000
HUGE: Final[dict[str, Callable[[int], str]]] = {
    "digits": lambda size: "1" * size,
    "spaces": lambda size: " " * size,
    "spaced digits": lambda size: "1 " * (size // 2),
    "foreign digits": lambda size: "\u0663" * size,
    "half surrogates": lambda size: "\ud800" * size,
    "a subclass": lambda size: Saboteur("1" * size),
}


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE)
def test_ten_million_characters_are_refused_without_a_copy_and_by_as_many_calls_as_a_few(
    kind: type[Number], make: Callable[[int], str]
) -> None:
    """Counted, not timed: the calls that the interpreter makes, and the bytes that it allocates."""
    short, huge = make(LONGEST + 2), make(TEN_MILLION)
    assert calls_to_judge(kind, huge) == calls_to_judge(kind, short)
    assert bytes_to_judge(kind, huge) < 10_000


def calls_to_judge(kind: type[Number], text: str) -> int:
    """How many functions, of Python and of C, are called until the text is refused."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            seen.append(event)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        answer = MODULE_OF[kind].is_valid(text)
    finally:
        sys.setprofile(before)
    assert answer is False
    return len(seen)


def bytes_to_judge(kind: type[Number], text: str) -> int:
    """The most memory that is held at once until the text is refused."""
    tracemalloc.start()
    try:
        held, _ = tracemalloc.get_traced_memory()
        assert MODULE_OF[kind].is_valid(text) is False
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return most - held
