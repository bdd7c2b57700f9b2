"""Every published number behaves as its source says."""

from __future__ import annotations

import pytest

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import adeli, finess, rpps, siren, siret
from tests.numbers.samples import CLASSES, vectors

VECTORS = vectors()
MODULES = {"RPPS": rpps, "ADELI": adeli, "FINESS": finess, "SIREN": siren, "SIRET": siret}


def test_the_file_holds_both_valid_and_invalid_numbers_of_most_kinds() -> None:
    """A file cut short would make every test below pass."""
    assert len(VECTORS) == 127
    assert {kind for kind, _, valid in VECTORS if valid} == set(CLASSES)


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, v, valid in VECTORS if valid])
def test_a_published_valid_number_is_accepted_unchanged(kind: str, value: str) -> None:
    assert CLASSES[kind](value) == value


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, v, valid in VECTORS if not valid])
def test_a_published_invalid_number_is_refused(kind: str, value: str) -> None:
    with pytest.raises(NumberRefused):
        CLASSES[kind](value)


@pytest.mark.parametrize(("kind", "value", "valid"), [v for v in VECTORS if v[0] in MODULES])
def test_is_valid_says_what_parse_does(kind: str, value: str, valid: bool) -> None:
    assert MODULES[kind].is_valid(value) is valid
