"""What the numbers' modules hand out besides numbers are values: shared freely, since nobody can change them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from entractes_auth.numbers import DirectoryAnswer, Finding, NotListed, Profession
from entractes_auth.numbers._number import Shape
from entractes_auth.numbers.kinds import Choice

MAKERS: dict[str, Callable[[], object]] = {
    "choice": lambda: Choice("visit", "Visite", "Visit"),
    "answer": lambda: DirectoryAnswer(last_name="DURAND", first_name="ANNE"),
    "finding": lambda: Finding("adeli_retired", "info"),
    "not listed": NotListed,
    "profession": lambda: Profession("TRE_G15-ProfessionSante", "60", "Infirmier", "Nurse", "active", ""),
    "shape": lambda: Shape("rpps", "Numéro RPPS", "^[0-9]{11}$", ("99700218896",), (2, 3, 3)),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_two_of_the_same_content_are_equal_and_one_in_a_set(make: Callable[[], object]) -> None:
    assert make() == make()
    assert len({make(), make()}) == 1


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_of_it_can_be_changed_or_added(make: Callable[[], object]) -> None:
    """The catalogue hands the same objects to every caller."""
    value = make()
    assert not hasattr(value, "__dict__")
    for name in [field.name for field in dataclasses.fields(value)] + ["other"]:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, name, "changed")
    assert value == make()
