"""Phones and e-mail addresses: what may receive a code, how it is stored, and how little a mask shows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, format_number, is_valid_number, parse

from entractes_auth.contacts import (
    FRENCH_REGIONS,
    email_key,
    mask_email,
    mask_phone,
    number_prefix,
    parse_email,
    parse_mobile,
    parse_phone,
)
from entractes_auth.errors import InvalidInput, Problem
from entractes_auth.policy import RegistrationPolicy
from entractes_auth.testing import strategies as fr


def _mobile(text: object) -> str:
    return parse_mobile(text, regions=FRENCH_REGIONS)


def _phone(text: object) -> str:
    return parse_phone(text, regions=FRENCH_REGIONS)


phone_texts = st.builds(
    str.__add__,
    st.sampled_from(
        ["", "0", "06", "07", "0692", "+", "+33", "+33 (0)", "00", "+262", "+590", "+377", "+32"]
    ),
    st.text("0123456789 .-/()+", max_size=14),
)
anything = st.one_of(
    st.none(), st.integers(), st.binary(), st.lists(st.text()), st.text(), phone_texts, fr.refused_mobiles()
)


# ---------------------------------------------------------------- mobiles


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        " 06\u00a012345678 ",
        "06\u202f12\u202f34\u202f56\u202f78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "(+33) 6 12 34 56 78",
        "0033 6 12 34 56 78",
        "33612345678",
    ],
)
def test_a_mobile_is_one_number_however_it_is_typed(typed: str) -> None:
    assert _mobile(typed) == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0690 12 34 56", "+590690123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0694 12 34 56", "+594694123456"),
        ("0696 12 34 56", "+596696123456"),
        ("0639 01 23 45", "+262639012345"),
    ],
)
def test_an_overseas_mobile_typed_as_at_home_gets_its_own_code(typed: str, number: str) -> None:
    assert _mobile(typed) == number


@pytest.mark.parametrize("number", ["+508551234", "+68987123456", "+687751234", "+681821234"])
def test_a_mobile_of_a_six_or_eight_digit_plan_is_taken_with_its_code(number: str) -> None:
    assert _mobile(number) == number


@pytest.mark.parametrize("typed", ["551234", "75 12 34", "821234", "87 12 34 56"])
def test_six_digits_that_several_islands_have_are_not_guessed(typed: str) -> None:
    """The same six digits are up to three persons' phones, and one of them would get the code."""
    assert _codes(_mobile, typed) == ["country_code_needed"]


def test_an_06_with_digits_missing_is_not_a_mobile_in_saint_pierre() -> None:
    """The metadata says that it is, once dialled from there."""
    assert format_number(parse("0612345", "PM"), PhoneNumberFormat.E164) == "+508612345"
    assert is_valid_number(parse("0612345", "PM"))
    assert _codes(_mobile, "0612345") == ["not_a_phone"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        (612345678, "not_text"),
        ("0" * 41, "too_long"),
        ("06 12 34 56 7", "not_a_phone"),
        ("15", "not_a_phone"),
        ("+", "not_a_phone"),
        ("06 39 98 12 34", "not_a_phone"),  # reserved for fiction
        ("01 12 34 56 78", "not_a_mobile"),
        ("0262 12 34 56", "not_a_mobile"),
        ("09 12 34 56 78", "not_a_mobile"),  # VoIP
        ("0899 12 34 56", "not_a_mobile"),  # premium
        ("0800 12 34 56", "not_a_mobile"),
        ("+32 470 12 34 56", "region_not_accepted"),
        ("+377 6 12 34 56 78", "region_not_accepted"),  # Monaco
        ("+882 16 12345678", "region_not_accepted"),  # satellite
    ],
)
def test_what_cannot_receive_a_code_is_refused_with_its_reason(typed: object, code: str) -> None:
    assert _codes(_mobile, typed) == [code]


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        pytest.param("0612345678 ext 5", 12, id="extension"),
        pytest.param("0612345678;ext=5", 11, id="RFC 3966 extension"),
        pytest.param("tel:+33612345678", 1, id="URI"),
        pytest.param("1-800-FLOWERS", 7, id="letters"),
        pytest.param("٠٦١٢٣٤٥٦٧٨", 1, id="Arabic digits"),
        pytest.param("０６12345678", 1, id="fullwidth digits"),
        pytest.param("0612345678\x00", 11, id="NUL"),
        pytest.param("06123\n45678", 6, id="line end"),
        pytest.param("06+12345678", 3, id="a plus inside"),
        pytest.param("0612345678,0692123456", 11, id="two numbers"),
    ],
)
def test_a_phone_has_digits_0_to_9_and_separators_only(typed: str, position: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        _mobile(typed)
    assert caught.value.problems == (Problem("contacts.mobile", "bad_character", {"position": position}),)


def test_the_hosts_regions_decide_whose_mobiles_receive_codes() -> None:
    assert parse_mobile("+32470123456", regions={"BE"}) == "+32470123456"
    with pytest.raises(InvalidInput, match="region_not_accepted"):
        parse_mobile("0692123456", regions={"FR"})


@pytest.mark.parametrize("region", ["GP", "BL", "MF"])
def test_the_islands_that_share_590_share_its_mobiles(region: str) -> None:
    assert parse_mobile("0690123456", regions={region}) == "+590690123456"


def test_the_default_policy_and_the_form_know_the_same_regions() -> None:
    assert RegistrationPolicy().phone_regions == FRENCH_REGIONS


@given(st.sampled_from(["26", "59", "63", "69", "70"]), st.text("0123456789", min_size=7, max_size=7))
def test_a_number_typed_as_at_home_is_one_number_in_all_overseas_regions(block: str, rest: str) -> None:
    """So that the order in which those regions are tried decides nothing."""
    found: set[str] = set()
    for region in ("GP", "RE", "GF", "MQ", "YT"):
        number = parse(f"0{block}{rest}", region)
        if is_valid_number(number):
            found.add(format_number(number, PhoneNumberFormat.E164))
    assert len(found) <= 1


@given(st.sampled_from(["GP", "BL", "MF", "MQ", "GF", "RE", "YT"]).flatmap(fr.landlines))
def test_an_overseas_number_is_the_same_with_and_without_its_code(phone: fr.Phone) -> None:
    """The metadata of FR claims some of them, such as Martinique's landlines, for +33."""
    assert _phone(f"0{phone.value[4:]}") == _phone(phone.value) == phone.value


@given(anything)
def test_any_input_is_a_stored_number_or_a_refusal(value: object) -> None:
    """Nothing but `InvalidInput` is raised, and a stored number read again is itself."""
    for read in (_mobile, _phone):
        try:
            number = read(value)
        except InvalidInput:
            continue
        assert read(number) == number
        assert number[0] == "+"
        assert number[1:].isdigit()
        assert len(number) <= 16


# ---------------------------------------------------------------- contact phones


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("01 12 34 56 78", "+33112345678"),
        ("06 12 34 56 78", "+33612345678"),
        ("09 12 34 56 78", "+33912345678"),
        ("0800 12 34 56", "+33800123456"),
        ("0262 12 34 56", "+262262123456"),
        ("0590 12 34 56", "+590590123456"),
        ("0596 30 12 34", "+596596301234"),
        ("0806 12 34 56", "+33806123456"),
    ],
)
def test_patients_may_call_a_landline_a_mobile_a_box_or_a_free_number(typed: str, number: str) -> None:
    assert _phone(typed) == number


@pytest.mark.parametrize("typed", ["0899 12 34 56", "0825 12 34 56"])
def test_patients_are_not_sent_to_a_number_that_costs_more(typed: str) -> None:
    assert _codes(_phone, typed) == ["premium_not_accepted"]


# ---------------------------------------------------------------- e-mail


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("marie.dupont@example.fr", "marie.dupont@example.fr"),
        ("  marie@example.org ", "marie@example.org"),
        ("Marie.Dupont+rdv@EXAMPLE.fr", "Marie.Dupont+rdv@example.fr"),
        ("o'neill@example.fr", "o'neill@example.fr"),
        ("marie@hôpital.example.fr", "marie@xn--hpital-ixa.example.fr"),
        ("marie@xn--hpital-ixa.example.fr", "marie@xn--hpital-ixa.example.fr"),
    ],
)
def test_an_address_keeps_its_name_and_has_an_ascii_domain(typed: str, address: str) -> None:
    assert parse_email(typed) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "missing"),
        (" ", "missing"),
        (3, "not_text"),
        ("a" * 250 + "@x.fr", "too_long"),
        ("marie", "not_an_email"),
        ("@example.fr", "not_an_email"),
        ("marie@", "not_an_email"),
        ("a@b@example.fr", "not_an_email"),
        ("marie..d@example.fr", "not_an_email"),
        ("m" * 65 + "@example.fr", "not_an_email"),
        ('"marie"@example.fr', "not_an_email"),
        ("<marie@example.fr>", "not_an_email"),
        ("marie@[127.0.0.1]", "not_an_email"),
        ("marie@127.0.0.1", "not_an_email"),
        ("marie@localhost", "not_an_email"),
        ("marie@example", "not_an_email"),
        ("marie@example.test", "not_an_email"),
        ("marie@printer.local", "not_an_email"),
        ("marie@app.localhost", "not_an_email"),
        ("hélène@example.fr", "email_not_ascii"),
        ("mаrie@example.fr", "email_not_ascii"),  # a Cyrillic а
        ("marie dupont@example.fr", "bad_character"),
        ("marie@example.fr\r\nBcc: x@example.org", "bad_character"),
        ("marie\x00@example.fr", "bad_character"),
        ("marie\u200b@example.fr", "bad_character"),
        ("marie@exa\u202emple.fr", "bad_character"),
    ],
)
def test_an_address_that_mail_cannot_reach_is_refused_with_its_reason(typed: object, code: str) -> None:
    assert _codes(parse_email, typed) == [code]


def test_the_refusal_of_an_address_does_not_carry_the_address() -> None:
    """The library's own error quotes it; chained to ours, it would end in a log."""
    with pytest.raises(InvalidInput) as caught:
        parse_email("secret..name@example.fr")
    assert caught.value.__context__ is None
    assert "secret" not in str(caught.value)


@given(
    st.emails()
    | st.builds("{}@{}.fr".format, st.text(max_size=12), st.text(max_size=12))
    | fr.refused_emails()
    | anything
)
def test_any_input_is_a_stored_address_or_a_refusal(value: object) -> None:
    """Nothing but `InvalidInput` is raised; a stored address is ASCII, short, and read again is itself."""
    try:
        address = parse_email(value)
    except InvalidInput:
        return
    assert parse_email(address) == address
    assert address.isascii()
    assert address.isprintable()
    assert len(address) <= 254


@given(fr.emails())
def test_the_key_is_the_same_for_every_spelling_in_capitals(address: str) -> None:
    assert email_key(address) == email_key(address.upper()) == email_key(email_key(address))


def test_the_key_of_an_accented_domain_is_that_of_its_punycode() -> None:
    assert email_key("M@Hôpital.example.fr") == email_key("m@xn--hpital-ixa.example.fr")


def test_the_key_keeps_dots_and_suffixes() -> None:
    assert (
        len({email_key(one) for one in ("mdupont@example.fr", "m.dupont@example.fr", "mdupont+a@example.fr")})
        == 3
    )


@pytest.mark.parametrize("lookalike", ["mi\u212ae@example.fr", "mıke@example.fr", "ｍike@example.fr"])
def test_a_letter_that_folds_into_another_has_no_key(lookalike: str) -> None:
    """The Kelvin sign lower-cases to k: folded, the address would find somebody else's account."""
    assert _codes(email_key, lookalike) == ["email_not_ascii"]


# ---------------------------------------------------------------- masks


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        ("+33612345678", "06 •• •• •• 78"),
        ("+262692123456", "+262 … 56"),
        ("+508551234", "+508 … 34"),
        ("+32470123456", "+ … 56"),
        ("+33612", "…"),
        ("", "…"),
    ],
)
def test_a_masked_phone_shows_its_kind_and_its_last_two_digits(phone: str, mask: str) -> None:
    assert mask_phone(phone) == mask


@pytest.mark.parametrize(
    ("email", "mask"),
    [
        ("marie.dupont@example.fr", "m•••@example.fr"),
        ("m@example.fr", "m•••@example.fr"),
        ("@example.fr", "•••@example.fr"),
        ("marie", "•••"),
    ],
)
def test_a_masked_address_shows_its_first_character_and_its_domain(email: str, mask: str) -> None:
    assert mask_email(email) == mask


@given(st.sampled_from(["+336", "+262692", "+50855", "+3247"]), st.text("0123456789", min_size=4, max_size=8))
def test_phones_that_differ_in_the_middle_only_have_one_mask(start: str, middle: str) -> None:
    zeros = "0" * len(middle)
    assert mask_phone(f"{start}{middle}78") == mask_phone(f"{start}{zeros}78")


@given(st.text(max_size=30).filter(lambda rest: "@" not in rest))
def test_addresses_that_differ_after_the_first_character_have_one_mask(rest: str) -> None:
    assert mask_email(f"m{rest}@example.fr") == "m•••@example.fr"


def test_the_prefix_of_a_number_is_what_its_ten_thousand_neighbours_share() -> None:
    assert number_prefix("+33612345678") == number_prefix("+33612349999") == "+3361234"


# ---------------------------------------------------------------- what it costs to import


def test_the_phone_and_mail_libraries_are_loaded_when_they_are_first_needed() -> None:
    """And a name resolver never: reading a form asks no network."""
    program = (
        "import sys, entractes_auth.steps, entractes_auth.contacts as c\n"
        "print(sorted({'phonenumbers', 'email_validator'} & set(sys.modules)))\n"
        "c.parse_email('marie@example.fr'); c.parse_mobile('0612345678', regions={'FR'})\n"
        "print(sorted({'dns', 'dns.resolver'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


def _codes(read: Callable[[Any], str], value: object) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(value)
    return [problem.code for problem in caught.value.problems]
