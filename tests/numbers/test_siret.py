"""La Poste's exception, and the SIREN within the SIRET."""

from __future__ import annotations

import pytest

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import explain, siren, siret
from tests.numbers.samples import luhn_sum, with_key


def test_an_establishment_of_no_company_is_refused_though_both_keys_hold() -> None:
    number = with_key("0000000000001")
    assert luhn_sum(number) % 10 == 0
    with pytest.raises(NumberRefused) as caught:
        siret.parse(number)
    assert (caught.value.code, caught.value.detail) == ("component", "siren_part")


@pytest.mark.parametrize(
    ("text", "place"), [("MONACOCONFO001", 1), ("99MC0000000012", 3), ("2675004520052A", 14)]
)
def test_monacos_pseudo_numbers_are_refused_with_a_sentence_that_says_so(text: str, place: int) -> None:
    for parse in (siret.parse, siren.parse):
        with pytest.raises(NumberRefused) as caught:
            parse(text)
        refused = caught.value
        assert (refused.code, refused.detail, refused.position) == ("format", "letter", place)
        assert "Monaco" in explain(refused, "fr")
        assert "Monaco" in explain(refused, "en")


def detail_of(text: str) -> str:
    with pytest.raises(NumberRefused) as caught:
        siret.parse(text)
    assert caught.value.code == "checksum"
    return caught.value.detail


def test_la_postes_establishments_have_a_digit_sum_divisible_by_five() -> None:
    assert siret.is_valid("35600000024249")
    assert detail_of("35600000024248") == "key"


def test_la_postes_head_office_has_the_ordinary_key() -> None:
    assert siret.parse("356 000 000 00048").nic == "00048"


def test_la_postes_siren_with_zeros_fails_both_rules() -> None:
    assert detail_of("35600000000000") == "key"


def test_an_ordinary_key_does_not_do_for_another_la_poste_establishment() -> None:
    number = with_key("3560000000001")
    assert sum(map(int, number)) % 5 != 0
    assert detail_of(number) == "key"


def test_another_companys_digit_sum_does_not_do() -> None:
    number = "26750045200522"
    assert sum(map(int, number)) % 5 == 0
    assert detail_of(number) == "key"


def test_a_wrong_siren_is_told_from_a_wrong_key() -> None:
    assert detail_of("26750045300524") == "siren_part"
    assert detail_of("26750045200525") == "key"
