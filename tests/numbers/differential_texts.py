"""SIREN and SIRET numbers, and what becomes of them on the way: typed, pasted, cut, mistyped, forged."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

__all__ = [
    "HYPHENS",
    "LA_POSTE",
    "LINE_ENDS",
    "ONLY_OURS",
    "OTHER_DOTS",
    "SOFT_HYPHEN",
    "SPACES",
    "WITHOUT_WIDTH",
    "Texts",
]

LA_POSTE: Final = "356000000"

HYPHENS: Final = "-\u2010\u2011\u2012\u2013\u2014\u2212"
SOFT_HYPHEN: Final = "\u00ad"
WITHOUT_WIDTH: Final = "\u200b\u2060\ufeff"
SPACES: Final = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
OTHER_DOTS: Final = "\u00b7\u0387\u06d4\u3002\u2022\u2024\u2027\u2e33\u30fb\ufe52\uff0e\uff65\u02d9\u22c5"
_OTHER_DIGITS: Final = (
    "０１２３４５６７８９",  # fullwidth
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",  # mathematical bold
    "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",  # mathematical monospace
    "٠١٢٣٤٥٦٧٨٩",  # Arabic
    "०१२३४५६७८९",  # Devanagari
)
LINE_ENDS: Final = "\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_STRANGERS: Final = "/_,;:'\"()+*#OoIlBßé\x00\x08\x7f\u200d\u202e\u2066\u180e\ud800\U0001f3e5\u00b2\u2460"
ONLY_OURS: Final = f"{HYPHENS}{SOFT_HYPHEN}{WITHOUT_WIDTH}\t\u1680"
"""What this package drops and python-stdnum does not."""


class Texts:
    """Numbers of both kinds and what may become of them, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._mutations: tuple[tuple[Callable[[str], str], int], ...] = (
            (self._grouped, 8),
            (self._separated, 4),
            (self._with_other_digits, 2),
            (self._wrong_digit, 6),
            (self._swapped, 4),
            (self._one_less, 2),
            (self._one_more, 2),
            (self._with_a_stranger, 3),
            (self._with_a_line_end, 1),
            (self._padded, 1),
        )

    def take(self, count: int) -> Iterator[str]:
        """`count` texts: a third as files hold them, the others changed once to three times."""
        mutations = [mutation for mutation, _ in self._mutations]
        weights = [weight for _, weight in self._mutations]
        for _ in range(count):
            text = self._number()
            for mutate in self._random.choices(mutations, weights, k=self._random.choice((0, 0, 1, 1, 2, 3))):
                text = mutate(text)
            yield text

    def _number(self) -> str:
        """A SIREN or a SIRET whose key holds, or digits at random."""
        draw = self._random.random()
        if draw < 0.35:
            return self._keyed(8)
        if draw < 0.70:
            return self._keyed(4, self._keyed(8))
        if draw < 0.85:
            return self._of_la_poste()
        if draw < 0.90:
            return "0" * self._random.choice((9, 14))
        if draw < 0.93:
            return self._keyed(4, "000000000")
        return self._digits(self._random.choice((8, 9, 10, 13, 14, 15)))

    def _of_la_poste(self) -> str:
        if self._random.random() < 0.05:
            return self._random.choice((f"{LA_POSTE}00048", LA_POSTE, f"{LA_POSTE}00000"))
        body = LA_POSTE + self._digits(4)
        return (
            f"{body}{-sum(map(int, body)) % 5}" if self._random.random() < 0.7 else self._keyed(4, LA_POSTE)
        )

    def _digits(self, count: int) -> str:
        return f"{self._random.randrange(10**count):0{count}}"

    def _keyed(self, count: int, start: str = "") -> str:
        body = start + self._digits(count)
        doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[-1::-2])
        return f"{body}{-(doubled + sum(map(int, body[-2::-2]))) % 10}"

    def _grouped(self, text: str) -> str:
        separator = self._random.choice(SPACES + " " * 20 + "....--\u00ad\u2011\u2013")
        return separator.join((text[:3], text[3:6], text[6:9], text[9:])).strip(separator)

    def _separated(self, text: str) -> str:
        for _ in range(self._random.randint(1, 3)):
            separators = SPACES + HYPHENS + SOFT_HYPHEN + WITHOUT_WIDTH + OTHER_DOTS + "\t\u1680."
            text = self._inserted(text, self._random.choice(separators))
        return text

    def _with_other_digits(self, text: str) -> str:
        script = self._random.choice(_OTHER_DIGITS)
        share = self._random.choice((0.1, 1.0))
        return "".join(
            script[int(symbol)]
            if symbol.isascii() and symbol.isdigit() and self._random.random() < share
            else symbol
            for symbol in text
        )

    def _wrong_digit(self, text: str) -> str:
        at = self._random.randrange(len(text))
        return text[:at] + self._random.choice("0123456789") + text[at + 1 :]

    def _swapped(self, text: str) -> str:
        at = self._random.randrange(len(text))
        return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]

    def _one_less(self, text: str) -> str:
        at = self._random.randrange(len(text) - 1)
        return text[:at] + text[at + 1 :]

    def _one_more(self, text: str) -> str:
        return self._inserted(text, self._random.choice("0123456789"))

    def _with_a_stranger(self, text: str) -> str:
        return self._inserted(text, self._random.choice(_STRANGERS))

    def _with_a_line_end(self, text: str) -> str:
        end = self._random.choice(LINE_ENDS)
        return self._random.choice((text + end, end + text, self._inserted(text, end)))

    def _padded(self, text: str) -> str:
        return text.center(self._random.choice((20, 64, 65, 200)))

    def _inserted(self, text: str, symbol: str) -> str:
        at = self._random.randint(0, len(text))
        return text[:at] + symbol + text[at:]
