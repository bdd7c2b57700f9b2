"""Who stands between the flows and the store: counts, by itself, what the laws are about."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from entractes_auth.backends.batch import Batch, Committed, Purged
from entractes_auth.backends.ports import Exceeded, Granted, Limits
from entractes_auth.backends.store import Store
from entractes_auth.policy import Budget
from entractes_auth.records.challenge import Attempt, Challenge, Sending

__all__ = ["Witness", "WitnessedLimits", "WitnessedStore"]


class Witness:
    """What really crossed the ports, crashes or not; it outlives the process."""

    def __init__(self) -> None:
        self.challenges: dict[str, Challenge] = {}
        self.sendings: dict[str, list[Sending]] = {}
        self.judged: Counter[str] = Counter()
        """Attempts that were given out, by challenge: each may be judged."""
        self.granted: Counter[tuple[str, str]] = Counter()
        """Hits that were granted, by budget and subject, over all time."""
        self.windows: dict[tuple[str, str], tuple[datetime, int]] = {}
        """When the budget's window began, and the hits granted in it, counted again from outside."""
        self.cleared: list[str] = []
        """Budgets that were begun anew, in order."""
        self.queued: list[str] = []
        """Messages, in the order in which they were queued."""
        self.nonces: dict[str, set[bytes]] = {}
        """Every nonce that was ever stored, by the id of its challenge or message."""
        self.purged_at: datetime | None = None

    def note(self, batch: Batch) -> None:
        """Remember what a durable commit began."""
        for challenge in batch.challenges:
            self.challenges[challenge.id] = challenge
            if challenge.sending is not None:
                self._note_sending(challenge.sending)
        for sending in batch.sendings:
            self._note_sending(sending)
        for message in batch.messages:
            self.queued.append(message.id)
            if message.seed is not None:
                self.nonces.setdefault(message.id, set()).add(message.seed.nonce)

    def _note_sending(self, sending: Sending) -> None:
        self.sendings.setdefault(sending.challenge_id, []).append(sending)
        self.nonces.setdefault(sending.challenge_id, set()).add(sending.nonce)


class WitnessedStore:
    """A `Store` whose attempts and commits are told to a witness."""

    def __init__(self, store: Store, witness: Witness) -> None:
        self._store = store
        self._witness = witness

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        attempt = self._store.spend(challenge_id, now)
        if attempt is not None:
            self._witness.judged[challenge_id] += 1
        return attempt

    def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        committed = self._store.commit(batch)
        self._witness.note(batch)
        return committed

    def purge(self, now: datetime) -> Purged:
        """See `Store.purge`."""
        purged = self._store.purge(now)
        self._witness.purged_at = now
        return purged

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class WitnessedLimits:
    """A `Limits` whose hits are told to a witness, which counts the windows for itself."""

    def __init__(self, limits: Limits, witness: Witness) -> None:
        self._limits = limits
        self._witness = witness

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        answer = self._limits.hit(name, subject, budget, now)
        if isinstance(answer, Granted):
            self._witness.granted[name, subject] += 1
            began, hits = self._witness.windows.get((name, subject), (now, 0))
            over = began + budget.per <= now
            self._witness.windows[name, subject] = (now, 1) if over else (began, hits + 1)
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        return self._limits.peek(name, subject, budget, now)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        self._limits.clear(name, subject, budget)
        self._witness.cleared.append(name)
        self._witness.windows.pop((name, subject), None)
