"""Whether a name as typed is the name of a directory: the same, its first part, or another. Nothing fuzzy.

The directory writes the *exercise* name and first name, in capitals, mostly without accents, with
spaces around particles; people write d'Aubigné, Jean-Pierre, Lœtitia. Both become a comparison key
first. The key is for comparing only: store and show the name as its owner writes it.

Equal keys are the same name, and so are keys that are equal once their spaces are gone (DE LA TOUR and
DELATOUR). A first name that is only the first part of the other (Jean, JEAN-PIERRE) is a fact for the
operator and no match. Nothing else ever matches: no distance, no substring, no sound. Someone who takes
a doctor's number would pass with a name that is nearly right.

Accepted: letters that Unicode does not decompose (ø, ł, đ) stay as they are, so that Jørgensen and
JORGENSEN differ, and the operator looks.
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import Final, Literal, TypeAlias

__all__ = [
    "FirstNameLikeness",
    "LastNameLikeness",
    "compare_first_names",
    "compare_last_names",
    "comparison_key",
]

LastNameLikeness: TypeAlias = Literal["same", "differs"]
FirstNameLikeness: TypeAlias = Literal["same", "first_part", "differs"]

_LIGATURES: Final = str.maketrans({"œ": "OE", "Œ": "OE", "æ": "AE", "Æ": "AE", "ß": "SS", "ẞ": "SS"})
# What people, word processors and other keyboards put for an apostrophe, a hyphen and a dot. The other
# hyphens and dashes are Unicode's category Pd; accents typed alone are decomposed to a space before.
_APOSTROPHES: Final = (
    "'`\u2018\u2019\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\ua78b\ua78c"
)
_HYPHENS: Final = "\u00ad\u2043\u2212\u02d7"
_DOTS: Final = ".\u00b7\u2022\u2027\u22c5"
_SEPARATORS: Final = frozenset(_APOSTROPHES + _HYPHENS + _DOTS)


def comparison_key(name: str) -> str:
    """The name in capitals, without accents or ligatures, its parts parted by one space; may be empty.

    NFKD, combining marks dropped, œ to OE, æ to AE, ß to SS, upper case, then every run of
    apostrophes, hyphens, dots and spaces is one space. A Turkish dotted capital loses its dot and a
    dotless small letter becomes a capital I: both are I, as the directory writes them.
    """
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(symbol for symbol in decomposed if not unicodedata.combining(symbol))
    capitals = bare.translate(_LIGATURES).upper()
    return " ".join("".join(" " if _separates(symbol) else symbol for symbol in capitals).split())


def compare_last_names(typed: str, listed: str) -> LastNameLikeness:
    """Whether the two are one name. A name of separators only, or none, is the same as nothing."""
    return "same" if _same(_parts(typed), _parts(listed)) else "differs"


def compare_first_names(typed: str, listed: str) -> FirstNameLikeness:
    """As for last names; "first_part" when one is how the other begins, cut between two parts.

    It works both ways: people leave out what the directory has, and write what it leaves out.
    """
    mine, theirs = _parts(typed), _parts(listed)
    if _same(mine, theirs):
        return "same"
    shorter, longer = sorted((mine, theirs), key=lambda parts: len("".join(parts)))
    beginning = "".join(shorter)
    ends = set(accumulate(map(len, longer[:-1])))  # where a part of the longer one ends, its last left out
    return "first_part" if len(beginning) in ends and "".join(longer).startswith(beginning) else "differs"


def _parts(name: str) -> list[str]:
    return comparison_key(name).split(" ")


def _same(mine: list[str], theirs: list[str]) -> bool:
    # Two empty names are no match: an answer without a name must not pass for anybody's.
    return "".join(mine) == "".join(theirs) != ""


def _separates(symbol: str) -> bool:
    return symbol in _SEPARATORS or unicodedata.category(symbol) == "Pd"
