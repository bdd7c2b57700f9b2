"""What one round did, and whether that is what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from benchmarks.attack.servers import WORKERS
from benchmarks.attack.volley import NO_ANSWER

__all__ = ["Bounds", "Tally", "deviation_of"]

ATTEMPTS: Final = 3
"""What the tutorial's policy allows on one challenge."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One round: codes compared by the server, wrong ones and sign-ins in its audit trail, answers by status."""

    wrong: int = 0
    right: int = 0
    noted: int = 0
    signed_in: int = 0
    by_challenge: Counter[str] = field(default_factory=Counter[str])
    answers: Counter[int] = field(default_factory=Counter[int])
    workers: frozenset[str] = frozenset()

    @property
    def judged(self) -> int:
        """All codes that were compared."""
        return self.wrong + self.right

    @property
    def sent(self) -> int:
        """Codes that were sent again."""
        return self.answers[202]

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.wrong + other.wrong,
            self.right + other.right,
            self.noted + other.noted,
            self.signed_in + other.signed_in,
            self.by_challenge + other.by_challenge,
            self.answers + other.answers,
            self.workers | other.workers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a round may do: least and most of each."""

    wrong: tuple[int, int] = (0, 0)
    right: tuple[int, int] = (0, 0)
    signed_in: tuple[int, int] = (0, 0)
    sent: tuple[int, int] = (0, 0)


def deviation_of(tally: Tally, bounds: Bounds) -> str:
    """What a round did otherwise than within the bounds, or ""."""
    measured = (
        (tally.wrong, bounds.wrong, "wrong codes judged"),
        (tally.right, bounds.right, "right codes judged"),
        (tally.signed_in, bounds.signed_in, "sign-ins"),
        (tally.sent, bounds.sent, "codes sent again"),
    )
    said = [f"{number} {what}" for number, (least, most), what in measured if not least <= number <= most]
    if max(tally.by_challenge.values(), default=0) > ATTEMPTS:
        said.append(f"{max(tally.by_challenge.values())} codes judged on one challenge")
    if tally.noted != tally.wrong:
        said.append(f"{tally.noted} wrong codes in the audit trail, {tally.wrong} judged")
    if tally.answers[200] != tally.signed_in:
        said.append(f"{tally.answers[200]} answers of success")
    failed = sum(count for status, count in tally.answers.items() if status >= 500)
    if failed:
        said.append(f"{failed} answers of failure")
    if len(tally.workers) != WORKERS:
        said.append(f"{len(tally.workers)} workers answered")  # a process that took no part raced with nobody
    if tally.answers[NO_ANSWER]:
        said.append(f"{tally.answers[NO_ANSWER]} requests without an answer")
    return ", ".join(said)
