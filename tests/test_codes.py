"""A code is good for one challenge, one sending, one address and one key; judging takes nothing else."""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp.hotp import HOTP

from entractes_auth.codes import derive, judge, read_code
from entractes_auth.errors import CodeRefused, InvalidInput, KeyMissing
from entractes_auth.keys import Keyring
from entractes_auth.records.challenge import Attempt
from entractes_auth.records.kinds import Channel, Purpose
from entractes_auth.records.message import CodeSeed

KEYS = Keyring({"k1": bytes(range(32)), "k2": bytes(range(50, 90))})
SEED = CodeSeed("c" * 32, "k1", b"n" * 32, "+33612345678", 1)
ATTEMPT = Attempt(
    challenge_id=SEED.challenge_id,
    purpose=Purpose.CONFIRM,
    subject_id="r" * 32,
    binding="camille.martin@example.fr",
    key_id=SEED.key_id,
    nonce=SEED.nonce,
    channel=Channel.SMS,
    address=SEED.address,
    counter=SEED.counter,
    attempts_left=2,
)
OTHERS = {
    "address": replace(SEED, address="+33612345679"),
    "challenge": replace(SEED, challenge_id="d" * 32),
    "nonce": replace(SEED, nonce=b"m" * 32),
    "counter": replace(SEED, counter=2),
    "key": replace(SEED, key_id="k2"),
    # The same characters, parted elsewhere.
    "boundary": replace(SEED, challenge_id="c" * 31, nonce=b"c" + b"n" * 32),
}

# RFC 4226, appendix D: the truncated decimal values and the codes of "12345678901234567890".
TRUNCATED = (
    1284755224,
    1094287082,
    137359152,
    1726969429,
    1640338314,
    868254676,
    1918287922,
    82162583,
    673399871,
    645520489,
)
SIX = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


@pytest.mark.parametrize("counter", range(10))
def test_ten_digits_are_hotps_whole_value_so_cutting_them_is_hotp_with_fewer_digits(counter: int) -> None:
    """The library's own code agrees with RFC 4226 at both ends of what `derive` does with it."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    whole = HOTP(secret, digits=10).at(counter)
    assert whole == f"{TRUNCATED[counter]:010d}"
    assert whole[-6:] == SIX[counter] == HOTP(secret, digits=6).at(counter)


@pytest.mark.parametrize("digits", range(4, 10))
def test_a_code_has_the_policys_digits_and_a_retry_is_the_same_code(digits: int) -> None:
    codes = [derive(replace(SEED, counter=n), digits, KEYS).reveal() for n in range(1, 40)]
    assert all(len(code) == digits and code.isascii() and code.isdigit() for code in codes)
    assert derive(SEED, digits, KEYS) == derive(SEED, digits, KEYS)
    assert derive(SEED, 9, KEYS).reveal().endswith(derive(SEED, digits, KEYS).reveal())


@pytest.mark.parametrize("what", sorted(OTHERS))
def test_another_address_challenge_sending_or_key_gives_another_code(what: str) -> None:
    """Nine digits, so that two equal codes are no chance."""
    assert derive(OTHERS[what], 9, KEYS) != derive(SEED, 9, KEYS)


def test_codes_are_spread_over_their_whole_range() -> None:
    """10,000 sendings, first and last digit: each digit comes up 1,000 times, give or take six deviations."""
    codes = [derive(replace(SEED, counter=n), 4, KEYS).reveal() for n in range(10_000)]
    for place in (0, 3):
        counts = Counter(code[place] for code in codes)
        assert all(820 < counts[digit] < 1180 for digit in "0123456789")


def test_the_right_code_gives_the_proof_of_exactly_what_was_spent() -> None:
    proof = judge(ATTEMPT, derive(SEED, 4, KEYS).reveal(), 4, KEYS)
    for name in ("challenge_id", "purpose", "subject_id", "binding", "channel", "address", "counter"):
        assert getattr(proof, name) == getattr(ATTEMPT, name)


def test_of_all_four_digit_codes_exactly_one_is_right() -> None:
    right = derive(SEED, 4, KEYS).reveal()
    accepted: list[str] = []
    for number in range(10_000):
        typed = f"{number:04d}"
        try:
            judge(ATTEMPT, typed, 4, KEYS)
        except CodeRefused:
            continue
        accepted.append(typed)
    assert accepted == [right]


@pytest.mark.parametrize("what", sorted(OTHERS))
def test_the_right_code_of_anything_else_is_refused(what: str) -> None:
    with pytest.raises(CodeRefused):
        judge(ATTEMPT, derive(OTHERS[what], 9, KEYS).reveal(), 9, KEYS)


@pytest.mark.parametrize("typed", ["", "abcd", "é", "\ud800", "0" * 10_000])
def test_what_is_not_a_code_at_all_is_refused_like_a_wrong_one(typed: str) -> None:
    """`judge` does not lean on `read_code` having been called."""
    right = derive(SEED, 4, KEYS).reveal()
    for text in (typed, right + typed if typed else right[:-1]):
        with pytest.raises(CodeRefused):
            judge(ATTEMPT, text, 4, KEYS)


def test_a_key_that_is_gone_is_an_error_of_the_configuration_and_not_a_wrong_code() -> None:
    keys = Keyring({"k9": bytes(range(32))})
    with pytest.raises(KeyMissing, match="k1"):
        derive(SEED, 4, keys)
    with pytest.raises(KeyMissing, match="k1"):
        judge(ATTEMPT, "0000", 4, keys)


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        " 123456\r\n",
        "123 456",
        "12 34 56",
        "12-34-56",
        "12.34.56",
        "123\u00a0456",
        "123\u202f456",
        "1 2-3.4 5 6",
    ],
)
def test_a_code_is_read_as_people_write_and_paste_it(typed: str) -> None:
    assert read_code(typed, 6) == "123456"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("12345", "wrong_length"),
        ("1234567", "wrong_length"),
        ("12345a", "digits_only"),
        ("12345O", "digits_only"),
        ("+123456", "digits_only"),
        ("123\x00456", "digits_only"),
        ("123\ud800456", "digits_only"),
        ("１２３４５６", "digits_only"),  # full-width
        ("١٢٣٤٥٦", "digits_only"),  # Arabic-Indic
        ("१२३४५६", "digits_only"),  # Devanagari
        ("①②③④⑤⑥", "digits_only"),
        ("12345²", "digits_only"),
        ("1" * 65, "too_long"),
        ("1" * 10_000_000, "too_long"),
    ],
)
def test_what_is_no_code_by_its_form_is_refused_with_what_to_mend(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_code(typed, 6)
    (problem,) = caught.value.problems
    assert (problem.field, problem.code) == ("code", code)
    assert typed[:3].strip() not in str(caught.value) or not typed[:3].strip()


@given(st.text(max_size=80))
def test_whatever_is_typed_gives_six_digits_or_a_typed_refusal(typed: str) -> None:
    digits = "".join(c for c in typed if c in "0123456789")
    try:
        read = read_code(typed, 6)
    except InvalidInput as refusal:
        fields = [problem.field for problem in refusal.problems]
    else:
        assert len(read) == 6
        fields = ["code"] if read == digits else []
    assert fields == ["code"]


def test_a_refused_code_leaves_the_right_one_in_no_frame() -> None:
    """A crash reporter sends the variables of each frame along; attempts may be left."""
    right = derive(SEED, 9, KEYS).reveal()
    with pytest.raises(CodeRefused) as refused:
        judge(ATTEMPT, "0" * 9, 9, KEYS)
    frames = [frame for frame, _ in traceback.walk_tb(refused.value.__traceback__)][1:]
    assert frames
    assert right not in str([frame.f_locals for frame in frames])
