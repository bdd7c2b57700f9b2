"""The department that an ADELI number, a FINESS number or a postcode names, as an INSEE code.

INSEE codes: "01" to "95", "2A" and "2B" for Corsica ("20" until 1976), "971" Guadeloupe, "972"
Martinique, "973" Guyane, "974" La Réunion, "975" Saint-Pierre-et-Miquelon, "976" Mayotte,
"986" Wallis-et-Futuna. What no table has gives None, or an empty set: unknown is not wrong.

Sources: ANS for ADELI (9E is by analogy), DREES and the FINESS extracts for FINESS, INSEE's
"Code officiel géographique" for the codes themselves.
"""

from __future__ import annotations

__all__ = ["CORSICA_BEFORE_1976", "of_adeli", "of_finess", "of_postcode"]

CORSICA_BEFORE_1976 = "20"

_OVERSEAS_ADELI = {"9A": "971", "9B": "972", "9C": "973", "9D": "974", "9E": "975", "9F": "976"}
_OVERSEAS_FINESS = {
    "9701": "971",
    "9702": "972",
    "9703": "973",
    "9704": "974",
    "9805": "976",
    "9806": "986",
}
_OVERSEAS_POSTCODE = frozenset({"971", "972", "973", "974", "975", "976", "986"})
_CORSICA = frozenset({CORSICA_BEFORE_1976, "2A", "2B"})


def of_adeli(number: str) -> str | None:
    """The department of an ADELI number, by its first two characters."""
    return _mainland(number[:2]) or _OVERSEAS_ADELI.get(number[:2])


def of_finess(number: str) -> str | None:
    """The department of a FINESS number, by its first two characters, or four overseas."""
    return _mainland(number[:2]) or _OVERSEAS_FINESS.get(number[:4])


def of_postcode(postcode: str) -> frozenset[str]:
    """The departments that a postcode may belong to; empty for what is no French postcode.

    Corsica's 20xxx are 2A or 2B, and still match a number given before 1976. A few dozen communes
    are served from the neighbouring department and carry its postcode: a difference is a hint.
    """
    if not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        return frozenset()
    if postcode.startswith("20"):
        return _CORSICA
    if postcode[:3] in _OVERSEAS_POSTCODE:
        return frozenset({postcode[:3]})
    department = _mainland(postcode[:2])
    return frozenset({department}) if department else frozenset()


def _mainland(two: str) -> str | None:
    if two in _CORSICA or (two.isdigit() and "01" <= two <= "95"):
        return two
    return None
