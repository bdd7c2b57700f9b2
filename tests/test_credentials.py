"""Issued passwords are spread over all but the easiest, depend on everything they are made of, and are peppered."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from entractes_auth.credentials import derive_password, is_too_easy, pepper, read_identifier, read_password
from entractes_auth.errors import InvalidInput, KeyMissing
from entractes_auth.keys import Keyring
from entractes_auth.records.message import PasswordSeed

KEYS = Keyring({"k1": bytes(range(32)), "k2": bytes(range(50, 90))})
SEED = PasswordSeed("a" * 32, "k1", b"n" * 32)


def drawn(count: int, digits: int) -> list[str]:
    seeds = (replace(SEED, nonce=number.to_bytes(32, "big")) for number in range(count))
    return [derive_password(seed, digits, KEYS).reveal() for seed in seeds]


@pytest.mark.parametrize("digits", [6, 7, 12, 30])
def test_a_password_has_the_policys_digits_and_is_the_same_when_its_message_is_rendered_again(
    digits: int,
) -> None:
    assert all(len(text) == digits and text.isascii() and text.isdigit() for text in drawn(50, digits))
    assert derive_password(SEED, digits, KEYS) == derive_password(SEED, digits, KEYS)


def test_passwords_are_spread_over_their_whole_range() -> None:
    """20,000 passwords: at each place, each digit comes up 2,000 times, give or take six deviations."""
    passwords = drawn(20_000, 6)
    for place in range(6):
        counts = Counter(password[place] for password in passwords)
        assert all(1_745 < counts[digit] < 2_255 for digit in "0123456789")
    # 20,000 draws from 996,460 give about 199 that came up before; a smaller space would give more.
    assert 19_700 < len(set(passwords)) < 19_900


def test_no_issued_password_is_too_easy_and_the_refused_ones_are_drawn_again() -> None:
    """Three in a thousand raw draws of six digits are refused, so 20,000 meet some."""
    raw = [
        KEYS.digits("k1", "issued-password", 6, SEED.account_id.encode(), number.to_bytes(32, "big"), b"\x00")
        for number in range(20_000)
    ]
    assert any(is_too_easy(text) for text in raw)
    assert not any(is_too_easy(text) for text in drawn(20_000, 6))


def test_a_keyring_that_draws_nothing_but_easy_passwords_ends_in_an_error_and_not_in_a_loop() -> None:
    class Stuck(Keyring):
        @override
        def digits(self, key_id: str, purpose: str, count: int, *parts: bytes) -> str:
            return "0" * count

    with pytest.raises(AssertionError, match="256 candidates"):
        derive_password(SEED, 6, Stuck({"k1": bytes(range(32))}))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(SEED, account_id="b" * 32), id="account"),
        pytest.param(replace(SEED, nonce=b"m" * 32), id="nonce"),
        pytest.param(replace(SEED, key_id="k2"), id="key"),
        pytest.param(replace(SEED, account_id="a" * 31, nonce=b"a" + b"n" * 32), id="boundary"),
    ],
)
def test_another_account_nonce_or_key_gives_another_password(other: PasswordSeed) -> None:
    assert derive_password(other, 30, KEYS) != derive_password(SEED, 30, KEYS)


def test_the_key_must_be_there() -> None:
    with pytest.raises(KeyMissing):
        derive_password(SEED, 6, Keyring({"k9": bytes(range(32))}))
    with pytest.raises(KeyMissing):
        pepper("123456", "k9", KEYS)


@pytest.mark.parametrize(
    "password",
    [
        "000000",
        "111112",
        "121212",
        "112211",
        "123456",
        "654321",
        "890123",
        "210987",
        "427427",
        "0123456789012345678901234567890",
        "12345671234567",
    ],
)
def test_what_a_guesser_tries_first_is_too_easy(password: str) -> None:
    assert is_too_easy(password)


@pytest.mark.parametrize("password", ["428571", "123457", "112233", "135790", "427428", "1427142"])
def test_what_only_looks_regular_is_not(password: str) -> None:
    """Each refused password makes the others likelier: the list is short on purpose."""
    assert not is_too_easy(password)


def test_3540_of_a_million_six_digit_passwords_are_refused() -> None:
    """Few enough that the refusal costs a guesser's work nothing: 0.005 bits."""
    assert sum(is_too_easy(f"{number:06d}") for number in range(1_000_000)) == 3_540


@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_two_passwords_are_peppered_alike_only_if_they_are_the_same(one: str, other: str) -> None:
    assert (pepper(one, "k1", KEYS) == pepper(other, "k1", KEYS)) == (one == other)


def test_the_pepper_is_one_key_and_serves_nothing_else() -> None:
    peppered = pepper("123456", "k1", KEYS)
    assert len(peppered) == 32
    assert peppered != pepper("123456", "k2", KEYS)
    assert peppered != KEYS.mac("k1", "issued-password", b"123456")


def test_half_a_surrogate_pair_is_a_wrong_password_and_not_a_crash() -> None:
    assert pepper(read_password("\ud800"), "k1", KEYS) != pepper("?", "k1", KEYS)


@pytest.mark.parametrize("typed", ["40 001", " 40001\n", "4\u00a00001", "40001"])
def test_identifier_and_password_are_read_without_the_spaces_that_people_add(typed: str) -> None:
    assert read_identifier(typed) == read_password(typed) == "40001"


@pytest.mark.parametrize("typed", ["\x00", "4000\x001", "\ud8004", "a\u200b", "\x1b[31m"])
def test_an_identifier_holds_nothing_that_a_database_would_choke_on(typed: str) -> None:
    """It is answered as an unknown one, by the same reads and the same hash, and not by an error page."""
    read = read_identifier(typed)
    assert read.isprintable()
    assert "\ufffd" in read
    assert read.encode()


@pytest.mark.parametrize("typed", ["a", "camille.martin@example.fr", "é", "0" * 128, "' OR 1=1 --"])
def test_any_other_short_text_passes_so_that_its_form_tells_nothing(typed: str) -> None:
    assert read_identifier(typed) == "".join(typed.split())


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "missing"), (" \n", "missing"), ("1" * 129, "too_long"), ("1" * 10_000_000, "too_long")],
)
def test_nothing_and_far_too_much_are_refused_by_name(typed: str, code: str) -> None:
    for read, field in ((read_identifier, "identifier"), (read_password, "password")):
        with pytest.raises(InvalidInput) as caught:
            read(typed)
        assert [(problem.field, problem.code) for problem in caught.value.problems] == [(field, code)]
