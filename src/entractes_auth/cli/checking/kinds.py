"""Which numbers a column can hold, how a cell is judged, and which kind a column's name speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import (
    adeli,
    finess,
    parse_professional,
    parse_structure_number,
    rpps,
    siren,
    siret,
)

__all__ = ["BY_TYPE", "KINDS", "TYPE_OF_PERSON", "folded", "guess", "refusal"]

KINDS: Final[Mapping[str, Callable[[str], object]]] = {
    "rpps": rpps.parse,
    "adeli": adeli.parse,
    "finess": finess.parse,
    "siren": siren.parse,
    "siret": siret.parse,
    "professional": parse_professional,
    "structure": parse_structure_number,
}
"""What `--kind` takes, and the parser that judges it."""

BY_TYPE: Final[Mapping[bytes, str]] = {b"0": "adeli", b"8": "rpps"}
"""The directory's "Type d'identifiant PP", and the kind of the identifier beside it."""

TYPE_OF_PERSON: Final = "type d identifiant pp"
"""The folded name of that column."""

_BARE: Final = ("rpps", "adeli", "finess", "siren", "siret")
_PERSON: Final = frozenset({"identifiant pp", "identification nationale pp", "idnat ps", "id nat ps"})
_STRUCTURE: Final = frozenset({"idnat struct", "id nat struct"})
# "Date RPPS" or "Libellé FINESS" are about a number and hold none.
_ABOUT: Final = frozenset({"date", "libelle", "mode", "nom", "raison", "source", "statut", "type"})


def refusal(kind: str, cell: str) -> str | None:
    """None for a valid number, else "code/detail" as `NumberRefused` has them."""
    try:
        KINDS[kind](cell)
    except NumberRefused as refused:
        return f"{refused.code}/{refused.detail}"
    return None


def folded(name: str) -> str:
    """A column's name for comparing: small letters without accents, words apart by one space."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", decomposed)))


def guess(name: str) -> str | None:
    """The kind that a column's name speaks of; None when it speaks of none."""
    plain = folded(name)
    if plain in _PERSON:
        return "professional"
    if plain in _STRUCTURE:
        return "structure"
    if _ABOUT.intersection(plain.split()):
        return None
    found = [kind for kind in _BARE if kind in plain]
    match found:
        case [kind]:
            return kind
        case ["rpps", "adeli"]:
            return "professional"
        case ["finess", "siret"] | ["finess", "siren"] | ["finess", "siren", "siret"]:
            return "structure"
        case _:
            return None
