"""What a window of a budget means, whoever keeps it: written once, and pure.

A window is the instant of its first hit and the hits that it granted. Its time is the flow's,
handed over with each call: the clocks of a database and of a web server differ, and one of them
must judge alone, or "come back at noon" is refused at noon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["SWEPT_AT_ONCE", "Window", "foretell", "judge", "subject_mac", "sweeps"]

_PURPOSE: Final = "limit-subject"

SWEPT_AT_ONCE: Final = 512
"""Windows that one sweep forgets: twice as many as begin between two, so that a table shrinks, in short steps."""


@dataclass(frozen=True, slots=True)
class Window:
    """One subject's window: `started_at` (aware) is its first hit, which `hits` includes."""

    started_at: datetime
    hits: int

    def runs(self, budget: Budget, now: datetime) -> bool:
        """Whether it counts at `now`: it is over at exactly `per` after its start.

        A clock that steps back gives no hit back: a window that starts in the future counts as well.
        But one that starts more than its own length ahead was written by a clock that was wrong by
        days or years, and would lock its subject for as long: it is over. Accepted: servers whose
        clocks differ by more than a whole window (an hour or a day) do not share its budget.
        """
        return now - budget.per < self.started_at <= now + budget.per


def foretell(window: Window | None, budget: Budget) -> Granted | Exceeded:
    """What the next hit will be told, of the window that runs or None."""
    hits = 0 if window is None else window.hits
    if window is not None and hits >= budget.amount:
        return Exceeded(window.started_at + budget.per)
    return Granted(budget.amount - hits - 1)


def judge(window: Window, budget: Budget) -> Granted | Exceeded:
    """What a hit is told, of the window with that hit in it: one above the amount is one too many."""
    if window.hits > budget.amount:
        return Exceeded(window.started_at + budget.per)
    return Granted(budget.amount - window.hits)


def sweeps(digest: bytes, answer: Granted | Exceeded, budget: Budget) -> bool:
    """Whether a hit that was told this is to forget windows of its budget that are over: one new window in 256 does.

    The subject's own digest chooses it, not a count that a process keeps: budgets that are hit by turns would
    leave one of them all the even numbers, and a process that ends after a hundred requests would never sweep.
    Who floods cannot choose either, since the digest is keyed.
    """
    return digest[0] == 0 and answer == Granted(budget.amount - 1)


def subject_mac(keys: Keyring, name: str, subject: str) -> bytes:
    """How a subject is written where others may look: 32 bytes that nobody without the key can try phones against.

    Subjects are phones, e-mail addresses and networks: in clear they would stand in a table, in a
    backup, and in what `redis-cli monitor` prints. The name is part of it, so that rows of two
    budgets cannot be told to be one person's. A new active key begins new windows, once: an
    accepted weakness of rotation.
    """
    # Any text that JSON can bring must count, half a surrogate pair too: it must not be an error.
    return keys.mac(keys.active, _PURPOSE, name.encode(), subject.encode(errors="surrogatepass"))
