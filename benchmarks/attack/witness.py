"""Every comparison of a code, written down by the server's own processes at the moment it is made.

The audit trail is the product's own word: a fault that compares and does not note it would not show
there. So `judge`, the one function that compares, is watched in each worker, and both are counted.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from entractes_auth.flows import proving
from entractes_auth.keys import Keyring
from entractes_auth.records.challenge import Attempt, Proof

__all__ = ["Judgements", "Witness", "watch"]

_RIGHT: Final = "right"
_WRONG: Final = "wrong"


@dataclass(frozen=True, slots=True)
class Judgements:
    """Codes that were compared: how many were wrong and right, and how many on each challenge."""

    wrong: int
    right: int
    by_challenge: Counter[str] = field(default_factory=Counter[str])


@dataclass(slots=True)
class Witness:
    """Reads what the watched processes wrote."""

    path: Path
    _seen: int = 0

    def since_last(self) -> Judgements:
        """What was compared since the last call."""
        with self.path.open("rb") as log:
            log.seek(self._seen)
            lines = log.read().decode().splitlines()
            self._seen = log.tell()
        told = [line.split() for line in lines]
        verdicts = Counter(verdict for _, verdict in told)
        by_challenge = Counter(challenge for challenge, _ in told)
        return Judgements(verdicts[_WRONG], verdicts[_RIGHT], by_challenge)


def watch(path: Path) -> None:
    """From now on, write each comparison of this process to the end of the file."""
    compare: Any = proving.__dict__["judge"]
    # Appended by one `write` each: lines of processes side by side do not mix.
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    # A flow that runs again after a conflict judges the attempt that it was given, the same object: no new
    # guess. They are kept, so that no other attempt can come to have the same `id`.
    known: dict[int, Attempt] = {}

    def watched(attempt: Attempt, typed: str, digits: int, keys: Keyring) -> Proof:
        verdict = _WRONG
        try:
            proof: Proof = compare(attempt, typed, digits, keys)
            verdict = _RIGHT
            return proof
        finally:
            if id(attempt) not in known:
                known[id(attempt)] = attempt
                os.write(log, f"{attempt.challenge_id} {verdict}\n".encode())

    proving.__dict__["judge"] = watched
