"""A measurement with its spread, and the verdict against an aim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

__all__ = ["Spread", "verdict"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Rounds of one measure, in one unit."""

    rounds: tuple[float, ...]

    @classmethod
    def of(cls, rounds: Sequence[float]) -> Spread:
        """At least two rounds: one alone has no spread."""
        if len(rounds) < 2:
            raise ValueError("a spread needs at least two rounds")
        return cls(tuple(rounds))

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.rounds)

    @property
    def worst(self) -> float:
        """The highest round."""
        return max(self.rounds)

    def text(self, form: str = ".3f", unit: str = "") -> str:
        """Median, p10 to p90 and the extremes."""
        tenths = quantiles(self.rounds, n=10, method="inclusive")
        low, high, least, most = (
            f"{value:{form}}" for value in (tenths[0], tenths[-1], min(self.rounds), max(self.rounds))
        )
        middle = f"{self.median:{form}}{unit}"
        return f"{middle} (p10..p90 {low}..{high}, min..max {least}..{most}, {len(self.rounds)} rounds)"


def verdict(measured: float, aim: float) -> str:
    """'met' at the aim or below it."""
    return "met" if measured <= aim else "not met"
