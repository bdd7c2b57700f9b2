"""People of the kit: names, addresses, phones and mailboxes are kept as they are, or refused as they must be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis.strategies import SearchStrategy
from phonenumbers import (
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number_for_region,
    number_type,
    parse,
)

from entractes_auth.contacts import FRENCH_REGIONS, parse_email, parse_mobile, parse_phone
from entractes_auth.errors import InvalidInput
from entractes_auth.numbers._departments import of_postcode
from entractes_auth.steps import Identity
from entractes_auth.testing import strategies as fr
from entractes_auth.testing.strategies._departments import DEPARTMENTS
from tests.testing.drawing import found, sample, simplest

LINES = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
MOBILES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def an_identity(**fields: str) -> Identity:
    """The identity step, with these fields and good ones for the others."""
    good = {
        "last_name": "Durand",
        "first_name": "Zoé",
        "street": "1 rue du Port",
        "postcode": "29200",
        "city": "Brest",
    }
    return Identity.model_validate(good | fields)


# ---------------------------------------------------------------- names


@given(fr.last_names(), fr.first_names())
def test_names_are_kept_as_they_are(last_name: str, first_name: str) -> None:
    page = an_identity(last_name=last_name, first_name=first_name)
    assert (page.last_name, page.first_name) == (last_name, first_name)


@given(fr.refused_names())
def test_what_is_no_name_is_refused(name: str) -> None:
    for field in ("last_name", "first_name"):
        with pytest.raises(ValueError, match=field):
            an_identity(**{field: name})


def _directory_print(name: str) -> bool:
    return len(name) > 3 and re.fullmatch("[A-Z -]+", name) is not None


SHAPES: dict[str, Callable[[str], object]] = {
    "one letter": lambda name: len(name) == 1,
    "sixty letters": lambda name: len(name) == 60,
    "a particle": lambda name: name.startswith(("de ", "du ", "d'", "d’", "de La ", "von ", "Le ")),
    "a hyphen": lambda name: "-" in name,
    "a straight apostrophe": lambda name: "'" in name,
    "a typographic apostrophe": lambda name: "’" in name,
    "an œ": lambda name: "œ" in name.lower(),
    "a ÿ": lambda name: "ÿ" in name.lower(),
    "a ç": lambda name: "ç" in name.lower(),
    "two words": lambda name: " " in name,
    "as the directory prints it": _directory_print,
    "capitals with accents": lambda name: name.isupper() and not name.isascii(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_last_names_have_every_shape(shape: str) -> None:
    assert found(fr.last_names(), SHAPES[shape])


@pytest.mark.parametrize("shape", ["one letter", "a hyphen", "two words", "as the directory prints it"])
def test_first_names_have_their_shapes(shape: str) -> None:
    assert found(fr.first_names(), SHAPES[shape])


# ---------------------------------------------------------------- addresses


@given(fr.addresses())
def test_an_address_is_kept_as_it_is(address: fr.Address) -> None:
    page = an_identity(street=address.street, postcode=address.postcode, city=address.city)
    assert (page.street, page.postcode, page.city) == (address.street, address.postcode, address.city)


@given(fr.addresses())
def test_a_postcode_is_its_departments(address: fr.Address) -> None:
    """Polynesia and New Caledonia have their own, of which the library says nothing; two islands Guadeloupe's."""
    own = {"977": "971", "978": "971"}.get(address.department, address.department)
    if address.department in ("987", "988"):
        assert address.postcode.startswith(address.department)
    else:
        assert own in of_postcode(address.postcode)


def test_addresses_are_all_over_the_country() -> None:
    departments = {address.department for address in sample(fr.addresses(), 500)}
    assert len(departments) > len(DEPARTMENTS) * 0.5


@pytest.mark.parametrize("code", ["2A", "2B", "90", "971", "974", "976", "978", "986", "987", "988"])
def test_addresses_are_in_the_smallest_departments_too(code: str) -> None:
    assert found(fr.addresses(), lambda address: address.department == code)


def test_there_are_as_many_departments_and_territories_as_there_are() -> None:
    """96 on the mainland and in Corsica, 5 overseas, and 6 territories with health services of their own."""
    assert len({one.code for one in DEPARTMENTS}) == len(DEPARTMENTS) == 96 + 5 + 6


@pytest.mark.parametrize("code", [one.code for one in DEPARTMENTS])
def test_addresses_of_one_department_are_there(code: str) -> None:
    assert {address.department for address in sample(fr.addresses(code), 5)} == {code}


def test_some_addresses_are_cedex_ones() -> None:
    assert found(fr.addresses(), lambda address: re.search(r"cedex( \d+)?$", address.city, re.IGNORECASE))
    assert simplest(fr.addresses("2A"), lambda address: "CEDEX" in address.city).postcode.startswith("20")


# ---------------------------------------------------------------- phones


@given(fr.mobiles())
def test_a_mobile_is_read_as_people_type_it(phone: fr.Phone) -> None:
    assert parse_mobile(phone.typed, regions=FRENCH_REGIONS) == phone.value


@given(fr.landlines())
def test_a_landline_is_read_as_people_type_it(phone: fr.Phone) -> None:
    assert parse_phone(phone.typed, regions=FRENCH_REGIONS) == phone.value


@pytest.mark.parametrize("region", sorted(FRENCH_REGIONS))
def test_phones_of_a_region_are_valid_there_and_of_their_type(region: str) -> None:
    """By the metadata itself; `entractes_auth.contacts` is not asked."""
    mobiles = [(phone, MOBILES) for phone in sample(fr.mobiles(region), 50)]
    lines = [(phone, LINES) for phone in sample(fr.landlines(region), 50)]
    for phone, types in mobiles + lines:
        number = parse(phone.value)
        assert phone.region == region
        assert is_valid_number_for_region(number, region)
        assert number_type(number) in types
        assert format_number(number, PhoneNumberFormat.E164) == phone.value


@pytest.mark.parametrize("phones", [fr.mobiles(), fr.landlines()])
def test_phones_are_of_every_region(phones: SearchStrategy[fr.Phone]) -> None:
    assert {phone.region for phone in sample(phones, 600)} == FRENCH_REGIONS


def test_phones_of_a_region_that_is_not_french_are_an_error() -> None:
    with pytest.raises(KeyError, match="MC"):
        fr.mobiles("MC")


@given(fr.refused_mobiles())
def test_what_must_not_receive_a_code_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_mobile(typed, regions=FRENCH_REGIONS)


@given(fr.refused_contact_phones())
def test_what_patients_must_not_be_sent_to_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_phone(typed, regions=FRENCH_REGIONS)


# ---------------------------------------------------------------- mailboxes


@given(fr.emails())
def test_an_address_is_kept_as_it_is_and_mail_reaches_it(email: str) -> None:
    assert parse_email(email) == email
    assert validate_email(email, check_deliverability=False, strict=True).ascii_email == email


@given(fr.typed_emails())
def test_an_address_is_read_as_people_type_it(email: fr.Typed[str]) -> None:
    assert parse_email(email.typed) == email.value


@given(fr.refused_emails())
def test_what_forges_deceives_or_leads_nowhere_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_email(typed)


MAILBOXES: dict[str, Callable[[fr.Typed[str]], bool]] = {
    "a tag": lambda email: "+" in email.value,
    "a name of 64 characters": lambda email: len(email.value.partition("@")[0]) == 64,
    "accents in the domain": lambda email: not email.typed.strip().isascii(),
    "capitals in the domain": lambda email: email.typed.strip() != email.value,
    "a name in capitals": lambda email: email.value.partition("@")[0].isupper(),
}


@pytest.mark.parametrize("shape", MAILBOXES)
def test_mailboxes_have_every_shape(shape: str) -> None:
    assert found(fr.typed_emails(), MAILBOXES[shape])


# ---------------------------------------------------------------- what one reads


def test_the_simplest_person_is_one_that_one_reads() -> None:
    assert simplest(fr.last_names()) == "Durand"
    assert simplest(fr.first_names()) == "Zoé"
    assert simplest(fr.addresses()) == fr.Address("1 rue de l’Église", "75001", "Paris", "75")
    assert simplest(fr.mobiles()) == fr.Phone("06 12 34 56 78", "+33612345678", "FR")
    assert simplest(fr.landlines()) == fr.Phone("01 99 00 56 78", "+33199005678", "FR")
    assert simplest(fr.emails()) == "marie@example.fr"


def test_a_found_name_keeps_only_what_matters() -> None:
    assert simplest(fr.last_names(), lambda name: "'" in name) == "d'Durand"
    assert simplest(fr.refused_names(), lambda name: "\0" in name) == "\0Durand"
