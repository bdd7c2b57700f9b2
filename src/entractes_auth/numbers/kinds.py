"""The other closed lists of the sign-up pages, in French and English: who registers, and how they care.

The keys are those of `records.kinds.Kind` and of the fields of `steps.Care`. What a host chooses itself,
its networks ("Réseaux d'appartenance"), is in its policy: `Policy.registration.networks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CARE_TYPES", "KINDS", "Choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a closed list: the key to store, and what to show."""

    key: str
    label_fr: str
    label_en: str


KINDS: Final = (
    Choice("professional", "Professionnel de santé", "Health professional"),
    Choice("establishment", "Établissement de santé", "Health establishment"),
    Choice("social_care", "Acteur médicosocial", "Social care provider"),
)
"""The three audiences of the home page, in its order."""

CARE_TYPES: Final = (
    Choice("visit", "Visite", "Visit"),
    Choice("consultation", "Consultation", "Consultation"),
)
"""Visits at the patient's home, consultations at the practice."""
