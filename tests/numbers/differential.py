"""SIREN and SIRET against python-stdnum, which others use, on generated and mutated texts.

`make differential` compares a million texts and prints the table. Each text goes to both validators of
both kinds; where the answers differ, the text must belong to one of the named `REASONS`, each with its
justification and with a proof: once the named cause is taken away, the two agree again. A difference
that no reason explains is an error. What both accept must also be the same number.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final

import stdnum.fr.siren
import stdnum.fr.siret
from stdnum.exceptions import ValidationError

from entractes_auth.numbers import siren, siret
from tests.numbers.differential_texts import (
    HYPHENS,
    LA_POSTE,
    LINE_ENDS,
    ONLY_OURS,
    OTHER_DOTS,
    SOFT_HYPHEN,
    SPACES,
    WITHOUT_WIDTH,
    Texts,
)

__all__ = ["REASONS", "Comparison", "Reason", "compare", "main"]

KINDS: Final[dict[str, tuple[ModuleType, ModuleType]]] = {
    "siren": (siren, stdnum.fr.siren),
    "siret": (siret, stdnum.fr.siret),
}
_LONGEST: Final = 64

# ---------------------------------------------------------------- why the answers may differ


@dataclass(frozen=True, slots=True)
class Reason:
    """One class of differences.

    `ours`: what this package answers where the other answers the opposite. `explains(kind, text)`:
    whether the text has the cause, and the two agree once it is taken away; zeros stay zeros.
    """

    name: str
    ours: bool
    why: str
    explains: Callable[[str, str], bool]


def _theirs(kind: str, text: str) -> str | None:
    """The number that python-stdnum reads, or None."""
    number: str
    try:
        number = KINDS[kind][1].validate(text)
    except ValidationError:
        return None
    return number


def _ours(kind: str, text: str) -> bool:
    accepted: bool = KINDS[kind][0].is_valid(text)
    return accepted


def _without(characters: str, text: str) -> str:
    return "".join(symbol for symbol in text if symbol not in characters)


def _dropped_by_us_alone(characters: str) -> Callable[[str, str], bool]:
    """The text holds such a character, and without all that only we drop the other accepts it too."""

    def explains(kind: str, text: str) -> bool:
        return any(symbol in characters for symbol in text) and bool(_theirs(kind, _without(ONLY_OURS, text)))

    return explains


def _read_by_them_alone(
    cause: Callable[[str], bool], cure: Callable[[str], str]
) -> Callable[[str, str], bool]:
    """The text has the cause, and we accept what the cure makes of it."""
    return lambda kind, text: cause(text) and _ours(kind, cure(text))


def _ascii_digits(text: str) -> str:
    return "".join(
        symbol if symbol.isascii() or not symbol.isdecimal() else str(unicodedata.decimal(symbol))
        for symbol in text
    )


def _full_stops(text: str) -> str:
    return "".join("." if symbol in OTHER_DOTS else symbol for symbol in text)


def _plain(text: str) -> str:
    """What the other reads in the text: dots and spaces dropped first, then line ends before and after."""
    return _without(SPACES + ".", _full_stops(_ascii_digits(text))).strip()


def _zeros(_: str, text: str) -> bool:
    return _plain(text).strip("0") == ""


def _siren_of_zeros(kind: str, text: str) -> bool:
    return kind == "siret" and _plain(text).startswith("000000000")


REASONS: Final = (
    Reason("all zeros", False, "both keys hold, no register issues it, forms are filled with it", _zeros),
    Reason("SIRET of the SIREN 000000000", False, "the company does not exist", _siren_of_zeros),
    Reason(
        "longer than 64 characters",
        False,
        "a length that no number needs is refused before it is read",
        _read_by_them_alone(lambda text: len(text) > _LONGEST, _plain),
    ),
    Reason(
        "line end before or after",
        False,
        "a line end forges a line of a log, a header or a file",
        _read_by_them_alone(lambda text: bool(set(text) & set(LINE_ENDS)), _plain),
    ),
    Reason(
        "digits of other scripts",
        False,
        "one number would have many spellings; they come from forms filled by programs",
        _read_by_them_alone(lambda text: _ascii_digits(text) != text, _plain),
    ),
    Reason(
        "dots of other scripts",
        False,
        "not typed by anyone here, and not dropped in silence",
        _read_by_them_alone(lambda text: _full_stops(text) != text, _plain),
    ),
    Reason(
        "hyphens and dashes",
        True,
        "people and PDF files group digits with them",
        _dropped_by_us_alone(HYPHENS),
    ),
    Reason(
        "soft hyphens",
        True,
        "a PDF file's line break inside the number",
        _dropped_by_us_alone(SOFT_HYPHEN),
    ),
    Reason(
        "spaces without width",
        True,
        "pasted from web pages; they change nothing that is seen",
        _dropped_by_us_alone(WITHOUT_WIDTH),
    ),
    Reason("tabs inside", True, "pasted from spreadsheets and tables", _dropped_by_us_alone("\t")),
    Reason("Ogham space", True, "a space of Unicode like the others", _dropped_by_us_alone("\u1680")),
)


# ---------------------------------------------------------------- the comparison


@dataclass(slots=True)
class Comparison:
    """What came of it. `differences` counts by reason and kind; `unexplained` holds the texts, escaped."""

    texts: int = 0
    both_accept: int = 0
    both_refuse: int = 0
    of_la_poste: int = 0  # accepted by both, under La Poste's SIREN
    differences: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    unexplained: list[str] = field(default_factory=list[str])

    def table(self) -> str:
        """For people."""
        lines = [
            f"{self.texts:,} texts, each as a SIREN and as a SIRET: {2 * self.texts:,} comparisons",
            f"{self.both_accept:>10,}  accepted by both, as the same number "
            f"({self.of_la_poste:,} of them La Poste's establishments)",
            f"{self.both_refuse:>10,}  refused by both",
        ]
        for reason in REASONS:
            counts = [self.differences[reason.name, kind] for kind in KINDS]
            sign = "accepted here only" if reason.ours else "refused here only"
            lines.append(
                f"{sum(counts):>10,}  {sign}: {reason.name} "
                f"(SIREN {counts[0]:,}, SIRET {counts[1]:,}): {reason.why}"
            )
        lines.append(f"{len(self.unexplained):>10,}  unexplained")
        return "\n".join([*lines, *self.unexplained[:20]])


def compare(count: int, *, seed: int) -> Comparison:
    """Compare `count` texts."""
    found = Comparison(texts=count)
    for text in Texts(seed).take(count):
        for kind in KINDS:
            _judge(found, kind, text)
    return found


def _judge(found: Comparison, kind: str, text: str) -> None:
    accepted, theirs = _ours(kind, text), _theirs(kind, text)
    if accepted == (theirs is not None):
        if not accepted:
            found.both_refuse += 1
            return
        found.both_accept += 1
        found.of_la_poste += kind == "siret" and str(theirs).startswith(LA_POSTE)
        if KINDS[kind][0].parse(text) != theirs:
            found.unexplained.append(f"{kind} {text!a}: another number")
        return
    for reason in REASONS:
        if reason.ours == accepted and reason.explains(kind, text):
            found.differences[reason.name, kind] += 1
            return
    found.unexplained.append(f"{kind} {text!a}: {'accepted' if accepted else 'refused'} here only")


def main() -> int:
    """A million texts, or as many as the first argument says.

    1 when a difference is unexplained, or when a reason was never met: that would prove nothing.
    """
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found = compare(count, seed=20)
    sys.stdout.write(f"{found.table()}\n")
    met = {name for name, _ in found.differences}
    return 1 if found.unexplained or len(met) < len(REASONS) else 0


if __name__ == "__main__":
    sys.exit(main())
