"""Checking numbers beside python-stdnum, in the same process, on the same texts, in turn.

Each round judges a thousand texts of a sort with both SIRET validators, which take turns to be first, and
takes the ratio within the round, so that a busy machine weighs on both alike. The aim is for plain valid
texts, which is what files and databases hold; the other sorts are said for what they are. `parse` of
every kind is measured against the same rounds of python-stdnum's `siret.is_valid`: at most 1.5 microseconds
on a machine where that takes 12.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Sequence
from typing import Final

from stdnum.fr import siret as other_siret

from benchmarks.spread import Spread, verdict
from entractes_auth.numbers import adeli, finess, rpps, siren, siret

__all__ = ["main"]

ROUNDS: Final = 40
TEXTS: Final = 1_000
TIMES_FASTER: Final = 10
PARSE_SHARE: Final = 1.5 / 12
_WARM_UP: Final = 2
_PLAIN: Final = "plain, valid"

_Judge = Callable[[str], object]


def main() -> None:
    """Measure, and print."""
    draw = random.Random(20)
    sorts = _sorts(draw)
    print(f"siret.is_valid beside python-stdnum's, {ROUNDS} rounds of {TEXTS} texts of each sort")
    for name, texts in sorts.items():
        _show_validity(name, texts)
    print(f"parse of plain valid numbers; aim: at most {PARSE_SHARE:.3f} of python-stdnum's siret.is_valid")
    for name, parse, numbers in _parsers(draw):
        _show_parse(name, parse, numbers, sorts[_PLAIN])


def _show_validity(name: str, texts: Sequence[str]) -> None:
    ours, theirs = _rounds((siret.is_valid, texts), (other_siret.is_valid, texts))
    times = Spread.of([their / our for our, their in zip(ours, theirs, strict=True)])
    aim = f": aim at least {TIMES_FASTER}: {verdict(TIMES_FASTER, times.median)}" if name == _PLAIN else ""
    print(f"  {name:28} {times.text('.1f', ' times faster')}{aim}")
    print(f"    ours   {Spread.of(ours).text('.2f', ' µs')}")
    print(f"    stdnum {Spread.of(theirs).text('.2f', ' µs')}")


def _show_parse(name: str, parse: _Judge, numbers: Sequence[str], plain: Sequence[str]) -> None:
    ours, theirs = _rounds((parse, numbers), (other_siret.is_valid, plain))
    share = Spread.of([our / their for our, their in zip(ours, theirs, strict=True)])
    print(f"  {name:28} {share.text()}: {verdict(share.median, PARSE_SHARE)}")
    print(f"    ours   {Spread.of(ours).text('.2f', ' µs')}")


def _rounds(one: tuple[_Judge, Sequence[str]], other: tuple[_Judge, Sequence[str]]) -> list[list[float]]:
    """Microseconds per text of both, round by round."""
    for judge, texts in (one, other) * _WARM_UP:
        _microseconds(judge, texts)
    gc.collect()
    found: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for which in (0, 1) if turn % 2 else (1, 0):
            found[which].append(_microseconds(*(one, other)[which]))
    return found


def _microseconds(judge: _Judge, texts: Sequence[str]) -> float:
    """CPU time per text, with the loop's own cost, which is the same for everyone.

    Not the wall's: on a busy machine the longer of the two is the one that is interrupted.
    """
    began = time.process_time()
    for text in texts:
        judge(text)
    return (time.process_time() - began) / len(texts) * 1_000_000


# ---------------------------------------------------------------- the texts


def _sorts(draw: random.Random) -> dict[str, list[str]]:
    plain = [_siret(draw) for _ in range(TEXTS)]
    sorts = {
        _PLAIN: plain,
        "in groups, spaces": [_grouped(text, " ") for text in plain],
        "in groups, dots": [_grouped(text, ".") for text in plain],
        "in groups, no-break spaces": [_grouped(text, "\u00a0") for text in plain],
        "La Poste's": [f"3560000000{draw.randrange(1000):03}" for _ in range(TEXTS)],
        "one wrong digit": [_wrong_digit(draw, text) for text in plain],
        "a letter O for a zero": [f"{text[:5]}O{text[6:]}" for text in plain],
        "a digit short": [text[:-1] for text in plain],
        "garbage": [draw.choice(("n/a", "néant", "?", "en cours", "0", "-", "voir fiche")) for _ in plain],
    }
    sorts["La Poste's"] = [_with_fifth(text) for text in sorts["La Poste's"]]
    # As a form or a hand-kept file has them, in percent.
    shares = dict(zip(sorts, (70, 14, 1, 4, 1, 4, 1, 2, 3), strict=True))
    names = draw.choices(list(shares), list(shares.values()), k=TEXTS)
    sorts["a mix as forms have it"] = [draw.choice(sorts[name]) for name in names]
    return sorts


def _parsers(draw: random.Random) -> list[tuple[str, _Judge, list[str]]]:
    def keyed(length: int, is_valid: Callable[[str], bool], *starts: str) -> list[str]:
        return [_keyed(draw, draw.choice(starts), length, is_valid) for _ in range(TEXTS)]

    return [
        ("rpps.parse", rpps.parse, keyed(11, rpps.is_valid, "100", "101")),
        ("adeli.parse", adeli.parse, keyed(9, adeli.is_valid, "75", "13", "2A", "9D")),
        ("finess.parse", finess.parse, keyed(9, finess.is_valid, "75", "13", "9701")),
        ("finess.parse, Corsica", finess.parse, keyed(9, finess.is_valid, "2A", "2B")),
        ("siren.parse", siren.parse, keyed(9, siren.is_valid, "2", "3", "4", "5", "8")),
        ("siret.parse", siret.parse, [_siret(draw) for _ in range(TEXTS)]),
    ]


def _siret(draw: random.Random) -> str:
    company = _keyed(draw, draw.choice("234589"), 9, siren.is_valid)
    return _keyed(draw, f"{company}00", 14, siret.is_valid)


def _keyed(draw: random.Random, start: str, length: int, is_valid: Callable[[str], bool]) -> str:
    """`start`, digits at random, and the key."""
    missing = length - len(start) - 1
    body = f"{start}{draw.randrange(10**missing):0{missing}}"
    return next(body + key for key in "0123456789" if is_valid(body + key))


def _with_fifth(start: str) -> str:
    return next(start + last for last in "0123456789" if siret.is_valid(start + last))


def _grouped(text: str, separator: str) -> str:
    return separator.join((text[:3], text[3:6], text[6:9], text[9:]))


def _wrong_digit(draw: random.Random, text: str) -> str:
    at = draw.randrange(len(text))
    return f"{text[:at]}{(int(text[at]) + draw.randint(1, 9)) % 10}{text[at + 1 :]}"


if __name__ == "__main__":
    main()
