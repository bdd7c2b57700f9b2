"""What holds of every number, and which mistakes its key catches: all of them, at each place."""

from __future__ import annotations

import copy
import json
import pickle
import re
import string
from typing import Final

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import siret
from entractes_auth.numbers._number import Number
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.siren import Siren
from entractes_auth.numbers.siret import Siret
from entractes_auth.testing import strategies as fr
from tests.numbers.samples import (
    LA_POSTE,
    NUMBERS,
    any_number,
    is_number,
    la_poste_numbers,
    luhn_sum,
    numbers,
    value_of,
    with_key,
)

LA_POSTE_HEAD_OFFICE: Final = "35600000000048"
SEPARATORS: Final = (
    " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u200b\u2060\ufeff.-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
)


# ---------------------------------------------------------------- what is printed reads back


@given(any_number, st.sampled_from(SEPARATORS))
def test_every_separator_between_the_groups_reads_back(number: Number, separator: str) -> None:
    assert type(number)(number.formatted.replace(" ", separator)) == number


@given(any_number, st.data())
def test_separators_anywhere_and_small_letters_read_back(number: Number, data: st.DataObject) -> None:
    gaps = st.text(SEPARATORS, max_size=2)
    typed = "".join(data.draw(gaps) + symbol for symbol in number) + data.draw(gaps)
    assert type(number)(typed.lower()) == number


@given(any_number)
def test_a_number_reads_back_as_itself(number: Number) -> None:
    again = type(number)(number)
    assert (again, type(again)) == (number, type(number))


# ---------------------------------------------------------------- what a wrong character does


@given(numbers)
def test_every_wrong_digit_is_caught(number: Number) -> None:
    """All of them, at each place: not a sample."""
    for at, symbol in enumerate(number):
        for wrong in string.digits:
            changed = number[:at] + wrong + number[at + 1 :]
            if symbol.isdigit() and wrong != symbol:
                assert not is_number(type(number), changed)


@given(numbers)
def test_every_swap_of_neighbours_is_caught_but_09_and_90(number: Number) -> None:
    """In a SIRET even those are caught across the end of the SIREN, whose own key sees one wrong digit."""
    for at in range(len(number) - 1):
        left, right = number[at], number[at + 1]
        swapped = number[:at] + right + left + number[at + 2 :]
        across = isinstance(number, Siret) and at == 8
        missed = left == right or ({left, right} == {"0", "9"} and not across)
        assert is_number(type(number), swapped) == missed


@given(fr.adeli_numbers() | fr.finess_numbers())
def test_the_second_character_is_missed_exactly_when_a_letter_is_taken_for_its_value(
    number: Adeli | Finess,
) -> None:
    """2A for 21, 2B for 22, and in a FINESS also A for J and S: they count the same in the key."""
    letters = "ABCDEF" if isinstance(number, Adeli) else string.ascii_uppercase
    for wrong in string.digits + string.ascii_uppercase:
        known = wrong.isdigit() or wrong in letters
        missed = known and value_of(wrong) == value_of(number[1])
        assert is_number(type(number), number[0] + wrong + number[2:]) == missed


# ---------------------------------------------------------------- La Poste, whose rule is weaker


def test_la_poste_has_the_numbers_whose_digit_sum_is_a_multiple_of_five_and_its_head_office() -> None:
    """All 100,000 that can be written."""
    written = [f"{LA_POSTE}{nic:05}" for nic in range(100_000)]
    fives = {text for text in written if sum(map(int, text)) % 5 == 0}
    assert len(fives) == 20_000
    assert set(filter(siret.is_valid, written)) == fives | {LA_POSTE_HEAD_OFFICE}
    assert luhn_sum(LA_POSTE_HEAD_OFFICE) % 10 == 0
    assert LA_POSTE_HEAD_OFFICE not in fives


@given(la_poste_numbers)
@example(Siret("35600000000047"))  # one digit from the head office
@example(Siret("35600000090048"))  # so is this one
def test_la_poste_misses_a_wrong_digit_that_differs_by_five_or_makes_the_head_office(number: Siret) -> None:
    for at, symbol in enumerate(number):
        for wrong in string.digits.replace(symbol, ""):
            changed = number[:at] + wrong + number[at + 1 :]
            by_five = at >= 9 and abs(int(wrong) - int(symbol)) == 5
            assert is_number(Siret, changed) == (by_five or changed == LA_POSTE_HEAD_OFFICE)


@given(la_poste_numbers)
def test_la_poste_misses_every_swap_within_the_nic_and_none_elsewhere(number: Siret) -> None:
    for at in range(13):
        left, right = number[at], number[at + 1]
        swapped = number[:at] + right + left + number[at + 2 :]
        assert is_number(Siret, swapped) == (at >= 9 or left == right)


def test_the_head_offices_wrong_digits_are_missed_when_they_make_an_establishment() -> None:
    """Four more, or one less, modulo five: the sum becomes a multiple of five. No swap does."""
    for at, symbol in enumerate(LA_POSTE_HEAD_OFFICE):
        for wrong in string.digits.replace(symbol, ""):
            changed = LA_POSTE_HEAD_OFFICE[:at] + wrong + LA_POSTE_HEAD_OFFICE[at + 1 :]
            missed = at >= 9 and (int(wrong) - int(symbol)) % 5 == 4
            assert is_number(Siret, changed) == missed
    assert not any(is_number(Siret, LA_POSTE + swapped) for swapped in ("00408", "00084", "04008"))


# ---------------------------------------------------------------- it travels, and stays what it is


@given(any_number)
def test_copies_pickles_and_json_keep_the_number(number: Number) -> None:
    twins = [copy.copy(number), copy.deepcopy(number), copy.deepcopy([number])[0]]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twins.append(pickle.loads(pickle.dumps(number, protocol)))  # noqa: S301
    assert {(type(twin), str(twin)) for twin in twins} == {(type(number), str(number))}
    assert json.loads(json.dumps({number: [number]})) == {str(number): [str(number)]}


@given(any_number, any_number)
def test_numbers_are_equal_and_hash_alike_as_their_texts_are(one: Number, other: Number) -> None:
    assert (one == other) == (str(one) == str(other))
    assert hash(one) == hash(str(one))
    assert str(one) in {one}
    assert sorted([one, other]) == sorted([str(one), str(other)])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_whose_digits_were_changed_is_refused(protocol: int) -> None:
    changed = pickle.dumps(Siren("267500452"), protocol).replace(b"267500452", b"267500453")
    with pytest.raises(NumberRefused):
        pickle.loads(changed)  # noqa: S301


# ---------------------------------------------------------------- the published pattern


@given(any_number)
def test_every_number_fits_its_pattern(number: Number) -> None:
    assert re.fullmatch(number.shape.pattern, number)


@pytest.mark.parametrize("kind", NUMBERS)
@given(data=st.data())
def test_of_the_ten_texts_of_the_shape_that_differ_in_the_key_one_is_a_number(
    kind: type[Number], data: st.DataObject
) -> None:
    """The other direction: the pattern admits no first characters that could not be a number's."""
    body = data.draw(st.from_regex(re.compile(kind.shape.pattern), fullmatch=True))[:-1]
    if kind is Siret:
        body = with_key(body[:8]) + body[9:]
        assume(body[:9].strip("0"))
        assume(not body.startswith(LA_POSTE))
    assume(body.strip("0"))
    assert sum(is_number(kind, body + key) for key in string.digits) == 1
