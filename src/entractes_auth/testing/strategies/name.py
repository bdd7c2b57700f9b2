"""Names as people have them: what registers hold, what forms refuse that should not, and what to refuse.

Accepted ones stand as the identity step keeps them: composed letters (NFC), single spaces, at most 80
characters.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies._built import built

__all__ = ["first_names", "last_names", "refused_names"]

_LAST: Final = (
    "Durand",
    "Lefèvre",
    "Œuvrard",
    "Louÿs",
    "Besançon",
    "Saint-Exupéry",
    "N’Guyen",
    "L’Haÿ",
    "O'Connor",
    "Le Goff",
    "La Fontaine",
    "Müller",
    "Nuñez",
    "Łukasz",
    "Mac-Mahon",
    "Æbelø",
    "Nguyễn",
    "Öz",
    "Tchaïkovski",
)
_FIRST: Final = (
    "Zoé",
    "Anaïs",
    "Noël",
    "Chloë",
    "François",
    "Maëlle",
    "Jean",
    "Marie",
    "Loïc",
    "Gaël",
    "Inès",
)
_PARTICLES: Final = (
    "de ",
    "du ",
    "d'",
    "d’",
    "des ",
    "de La ",
    "de l’",
    "Le ",
    "La ",
    "von ",
    "van der ",
    "El ",
)
_ONE_LETTER: Final = ("A", "É", "Œ", "Y", "Ç", "ÿ", "Ǧ")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzàâäæçéèêëîïôöœùûüÿñ"
_LONG: Final = 60
_LONGEST: Final = 80

# Each would forge a line, hide or turn text, begin a formula or a tag, or is no letter.
_NEVER_IN_A_NAME: Final = (
    *"\0\n\r\t\x0b\x1b\x7f\x85\u2028\u2029",
    *"\u200b\u200d\u200e\u202e\u2066\ufeff\u00ad\u3164\u2003",
    *'<>&"=+@;:|\\/%$#!?*_[]{}0123456789٣',
    "🩺",
    "\ud83e",
    "\ufffd",
    "q\u0301\u0302\u0327\u0323",
)


def last_names() -> SearchStrategy[str]:
    """Last names: plain, with particles, compound, of one letter, of sixty, as the directory prints them.

    Shrinks to "Durand".
    """
    plain = st.sampled_from(_LAST)
    named = st.builds(str.__add__, st.sampled_from(_PARTICLES), plain)
    compound = st.builds("{}{}{}".format, plain, st.sampled_from(("-", " ", " - ")), plain | named)
    made_up = st.text(_LETTERS, min_size=1, max_size=20).map(str.title)
    some = st.one_of(plain, named, compound, made_up, st.sampled_from(_ONE_LETTER))
    return st.one_of(
        some, some.map(_as_in_the_directory), some.map(str.upper), some.map(_of_sixty_letters)
    ).map(_composed)


def first_names() -> SearchStrategy[str]:
    """First names: plain, composed (Jean-Noël, Marie Zoé), an initial, in capitals. Shrinks to "Zoé"."""
    plain = st.sampled_from(_FIRST)
    composed = st.builds("{}{}{}".format, plain, st.sampled_from(("-", " ")), plain)
    some = st.one_of(plain, composed, st.sampled_from(_ONE_LETTER), st.sampled_from(("M.", "J.-P.")))
    return st.one_of(some, some.map(_as_in_the_directory), some.map(str.upper)).map(_composed)


def refused_names() -> SearchStrategy[str]:
    """Texts that are no name: empty, too long, without a letter, or a name with something in it that no name has."""
    hostile = built(_with, last_names(), st.sampled_from(_NEVER_IN_A_NAME), st.integers(0, _LONGEST))
    too_long = st.builds("{}{}".format, last_names(), st.integers(_LONGEST, 2_000).map(lambda n: "e" * n))
    return st.one_of(
        st.sampled_from(("", " ", "\u00a0 \u202f", "-", "’ - ’", "...")),
        hostile,
        too_long,
        st.sampled_from(
            ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "Robert'); DROP TABLE", "%s%n", "${7*7}")
        ),
    )


def _as_in_the_directory(name: str) -> str:
    """Capitals without accents: how the directory prints exercise names, particles with spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return bare.upper().replace("Œ", "OE").replace("Æ", "AE").replace("’", " ").replace("'", " ")


def _of_sixty_letters(name: str) -> str:
    # Nothing between them: a hyphen that is not the name's own would be what a failing example shrinks to.
    return (name * _LONG)[: _LONG - 1] + "e"


def _composed(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _with(name: str, symbol: str, place: int) -> str:
    at = place % (len(name) + 1)
    return f"{name[:at]}{symbol}{name[at:]}"
