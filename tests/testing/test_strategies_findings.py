"""Readers with one weakness each, as they are found in the wild: the kit's examples find every one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing import strategies as fr
from tests.numbers.samples import luhn_sum
from tests.testing.drawing import found, simplest

# ---------------------------------------------------------------- numbers


def _accepts_luhn_of(length: int) -> Callable[[str], bool]:
    def accepts(text: str) -> bool:
        bare = re.sub(r"[ .-]", "", text)
        return bare.isascii() and bare.isdigit() and len(bare) == length and luhn_sum(bare) % 10 == 0

    return accepts


def _by_isdigit(text: str) -> bool:
    return text.isdigit() and len(text) == 11 and luhn_sum(str(int(text)).zfill(11)) % 10 == 0


def _by_int(text: str) -> bool:
    try:
        return luhn_sum(f"{int(text):011}") % 10 == 0
    except (ValueError, KeyError):
        return False


def _by_expression(text: str) -> bool:
    return re.match(r"^[0-9]{11}$", text) is not None and luhn_sum(text.strip()) % 10 == 0


def _without_regard_to_case(text: str) -> bool:
    bare = text.upper()
    return re.fullmatch("[0-9][0-9A-I][0-9]{7}", bare) is not None and luhn_sum(bare) % 10 == 0


WEAK_NUMBERS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "a key over all fourteen digits only": ("siret", _accepts_luhn_of(14)),
    "zeros": ("siren", _accepts_luhn_of(9)),
    "digits of other scripts": ("rpps", _by_isdigit),
    "whatever int() takes": ("rpps", _by_int),
    "an expression that ends in $": ("rpps", _by_expression),
    "a letter that no department has": ("adeli", _without_regard_to_case),
    "a length alone": ("finess", lambda text: len(text) == 9),
    "digits and no key": ("siren", lambda text: re.fullmatch("[0-9]{9}", text) is not None),
    "ten digits": ("rpps", lambda text: re.fullmatch("[0-9]{10,11}", text) is not None),
    "any type digit": ("idnat_ps", lambda text: text[1:].isdigit() and _accepts_luhn_of(11)(text[1:])),
}


@pytest.mark.parametrize("weakness", WEAK_NUMBERS)
def test_a_reader_of_numbers_that_accepts_too_much_is_found_out(weakness: str) -> None:
    kind, accepts = WEAK_NUMBERS[weakness]
    assert found(getattr(fr, f"almost_{kind}_numbers")(), accepts)


STRICT: dict[str, tuple[str, Callable[[str], bool]]] = {
    "no letters in a FINESS": ("finess", str.isdigit),
    "no department overseas": ("finess", lambda text: not text.startswith("97")),
    "La Poste by the ordinary key": ("siret", _accepts_luhn_of(14)),
    "a key over the type digit": ("idnat_ps", _accepts_luhn_of(12)),
    "a structure is 1 and nine digits": (
        "idnat_struct",
        lambda text: re.match("1[0-9]{9}", text) is not None,
    ),
    "an RPPS begins with 10": ("rpps", lambda text: text.startswith("10")),
    "a SIREN is a quantity": ("siren", lambda text: str(int(text)) == text),
}


@pytest.mark.parametrize("strictness", STRICT)
def test_a_reader_that_refuses_real_numbers_is_found_out(strictness: str) -> None:
    kind, accepts = STRICT[strictness]
    assert found(getattr(fr, f"{kind}_numbers")(), lambda number: not accepts(str(number)))


# ---------------------------------------------------------------- people

WEAK_TEXTS: dict[str, tuple[SearchStrategy[str], Callable[[str], bool]]] = {
    "a name is what prints": (fr.refused_names(), str.isprintable),
    "a name of words and digits": (
        fr.refused_names(),
        lambda text: re.fullmatch(r"[\w' ’-]{1,80}", text) is not None,
    ),
    "a name with accents in any number": (
        fr.refused_names(),
        lambda text: all(c.isalpha() or c in " -'’." or unicodedata.combining(c) for c in text),
    ),
    "an address with line ends": (
        fr.refused_emails(),
        lambda text: re.match(r"^[^@\s]+@[^@\s]+\.[a-z]+$", text, re.MULTILINE) is not None,
    ),
    "an address in any script": (
        fr.refused_emails(),
        lambda text: re.fullmatch(r"\w+@\w+\.\w+", text) is not None,
    ),
    "a mobile in any script": (fr.refused_mobiles(), lambda text: re.fullmatch(r"\d{10}", text) is not None),
    "a mobile of ten digits": (
        fr.refused_mobiles(),
        lambda text: re.fullmatch("0[67][0-9]{8}", text.replace(" ", "")) is not None,
    ),
    "a mobile found by search": (
        fr.refused_mobiles(),
        lambda text: re.search("0[67][0-9]{8}", text) is not None,
    ),
    "a mobile of any country": (fr.refused_mobiles(), lambda text: text.startswith(("+32", "0032"))),
}


@pytest.mark.parametrize("weakness", WEAK_TEXTS)
def test_a_reader_of_names_or_contacts_that_accepts_too_much_is_found_out(weakness: str) -> None:
    texts, accepts = WEAK_TEXTS[weakness]
    assert found(texts, accepts)


def test_readers_that_know_the_mainland_only_are_found_out() -> None:
    assert found(fr.mobiles(), lambda phone: not phone.value.startswith("+33"))
    assert found(fr.addresses(), lambda address: address.postcode[:2] != address.department)
    assert found(fr.last_names(), lambda name: not name.isascii())


# ---------------------------------------------------------------- what one reads


def test_a_weak_reader_is_shown_at_its_weakness_and_nowhere_else() -> None:
    """One thing is wrong with the example, in a published number."""
    assert simplest(fr.almost_rpps_numbers(), _by_expression) == "99700218896\n"
    assert simplest(fr.almost_siren_numbers(), _accepts_luhn_of(9)) == "000000000"
