"""Practice addresses, each consistent with its department; of every department and territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies import _departments
from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies._departments import DEPARTMENTS, Department

__all__ = ["Address", "addresses"]

_WAYS: Final = (
    "rue de l’Église",
    "rue du Port",
    "avenue du Général-de-Gaulle",
    "place du 8-Mai-1945",
    "bd Saint-Michel",
    "chemin d'En-Haut",
    "lieu-dit Kerhuon (bât. B)",
    "impasse des Œillets, 1er étage",
    "N° 4 quartier Hôtel-Dieu",
)
# Their whole territory has this one postcode; what surrounds it is Guadeloupe's.
_OF_ONE_POSTCODE: Final = ("975", "977", "978")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody practises, as the identity step keeps it; `department` is the INSEE code."""

    street: str
    postcode: str
    city: str
    department: str


def addresses(department: str | None = None) -> SearchStrategy[Address]:
    """Addresses of every department and territory, or of one (an INSEE code: "29", "2A", "974", "988").

    Some are CEDEX addresses. Shrinks to "1 rue de l’Église, 75001 Paris". Raises ValueError for a code that
    is no department's.
    """
    places = DEPARTMENTS if department is None else (_departments.department(department),)
    streets = st.builds(
        "{}{} {}".format,
        st.integers(1, 9999),
        st.sampled_from(("", " bis", " ter", "B")),
        st.sampled_from(_WAYS),
    )
    return built(_address, streets, st.sampled_from(places), st.integers(0, 99), st.integers(0, 19))


def _address(street: str, place: Department, order: int, cedex: int) -> Address:
    """`order` 0 is the town's own postcode; a CEDEX has one that no town has, and often a number."""
    if order == 0 or place.code in _OF_ONE_POSTCODE:
        return Address(street, place.postcode, place.town, place.code)
    start = place.postcodes
    code = f"{start}{order:0{5 - len(start)}}"
    if cedex % 2 == 0:
        return Address(street, code, place.town, place.code)
    town = place.town.upper() if cedex % 3 else place.town
    return Address(street, code, f"{town} CEDEX {cedex}" if cedex > 9 else f"{town} Cedex", place.code)
