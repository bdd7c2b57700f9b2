"""What the store acknowledged, written down between the flows and the store."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from entractes_auth.backends.batch import Batch, Committed, Settlement
from entractes_auth.backends.limits.windows import subject_mac
from entractes_auth.backends.ports import Exceeded, Granted, Limits
from entractes_auth.backends.store import Store
from entractes_auth.errors import StoreUnavailable
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.records.challenge import Attempt

__all__ = ["Ledger", "WitnessedLimits", "WitnessedStore"]


@dataclass(slots=True)
class Ledger:
    """Thread-safe to write; read it when nobody writes any more.

    What raised `StoreUnavailable` has an unknown outcome: it was written whole, or not at all.
    """

    commits: list[Batch] = field(default_factory=list[Batch])
    unknown_commits: list[Batch] = field(default_factory=list[Batch])
    spent: Counter[str] = field(default_factory=Counter[str])
    """Attempts that were given out, by challenge."""
    unknown_spent: Counter[str] = field(default_factory=Counter[str])
    hits: Counter[tuple[str, bytes]] = field(default_factory=Counter[tuple[str, bytes]])
    """Granted hits, by budget and by the subject as it is kept."""
    unknown_hits: Counter[tuple[str, bytes]] = field(default_factory=Counter[tuple[str, bytes]])
    cleared: set[tuple[str, bytes]] = field(default_factory=set[tuple[str, bytes]])
    """Budgets that were given back at least once: how many hits they hold is not known."""
    unsettled: Counter[str] = field(default_factory=Counter[str])
    """Messages that were sent, and whose end was not acknowledged."""
    steps: Counter[str] = field(default_factory=Counter[str])
    """Flows that ended well, by name."""
    successes: list[float] = field(default_factory=list[float])
    """When a flow ended well, by the monotonic clock."""
    unavailable: int = 0
    """How often a person was told to try again."""
    refused: list[str] = field(default_factory=list[str])
    """Refusals of somebody for whom every step had ended well until then."""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note_success(self, flow: str) -> None:
        """A flow ended well, now."""
        with self.lock:
            self.steps[flow] += 1
            self.successes.append(time.monotonic())

    def note_unavailable(self) -> None:
        """A flow ended with `StoreUnavailable`."""
        with self.lock:
            self.unavailable += 1

    def note_refusal(self, what: str) -> None:
        """A flow was refused without cause."""
        with self.lock:
            self.refused.append(what)


class WitnessedStore:
    """A `Store` whose acknowledgements are written into a ledger."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        try:
            committed = self._store.commit(batch)
        except StoreUnavailable:
            with self._ledger.lock:
                self._ledger.unknown_commits.append(batch)
            raise
        with self._ledger.lock:
            self._ledger.commits.append(batch)
        return committed

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        try:
            attempt = self._store.spend(challenge_id, now)
        except StoreUnavailable:
            with self._ledger.lock:
                self._ledger.unknown_spent[challenge_id] += 1
            raise
        if attempt is not None:
            with self._ledger.lock:
                self._ledger.spent[challenge_id] += 1
        return attempt

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        try:
            self._store.settle(settlements)
        except StoreUnavailable:
            with self._ledger.lock:
                self._ledger.unsettled.update(each.message_id for each in settlements)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class WitnessedLimits:
    """`Limits` whose grants are written into a ledger."""

    def __init__(self, limits: Limits, keys: Keyring, ledger: Ledger) -> None:
        self._limits = limits
        self._keys = keys
        self._ledger = ledger

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`."""
        key = (name, subject_mac(self._keys, name, subject))
        try:
            answer = self._limits.hit(name, subject, budget, now)
        except StoreUnavailable:
            with self._ledger.lock:
                self._ledger.unknown_hits[key] += 1
            raise
        if isinstance(answer, Granted):
            with self._ledger.lock:
                self._ledger.hits[key] += 1
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`."""
        return self._limits.peek(name, subject, budget, now)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        with self._ledger.lock:
            self._ledger.cleared.add((name, subject_mac(self._keys, name, subject)))
        self._limits.clear(name, subject, budget)
