"""Budgets counted in the database of the Django app: every process on it shares them.

The subjects (phones, addresses, networks) are kept as a MAC: the table has no personal data,
and without the key nobody can try out which phone a row is about.

A hit is durable when it returns, in a transaction of its own. Inside one of the host's it is refused, as the
store refuses to spend: what the host rolls back would give the hit back, and a view that fails after each guess
would have guesses without end.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from entractes_auth.backends.limits.windows import foretell, subject_mac, sweeps
from entractes_auth.backends.ports import Exceeded, Granted

# The store comes first: where the app is not installed, it says so before a model is imported.
from entractes_auth.backends.storage.django import DjangoStore, budgets
from entractes_auth.errors import StoreError
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget

__all__ = ["DjangoLimits"]


class DjangoLimits:
    """A `Limits` on a database of `DATABASES`; thread-safe, and shared by processes.

    Raises `StoreUnavailable` as the store does, and `ConfigurationError` for what writes inside a transaction of
    the host's. The table comes with the app's migrations.

    For `AsyncAuth` take `AsyncDjangoLimits`, which runs where Django looks after connections.
    """

    def __init__(self, source: DjangoStore | str, keys: Keyring) -> None:
        """Take a store, or the alias that one would take. Nothing is opened yet.

        Raises:
            ConfigurationError: the settings of the alias cannot work; the text says how to mend them.
        """
        self.store = source if isinstance(source, DjangoStore) else DjangoStore(source)
        self._keys = keys

    def hit(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.hit`. What is used up already is refused by a read alone: a flood costs no write."""
        using, database = self.store.using, self.store.database
        digest = subject_mac(self._keys, name, subject)
        window = None
        while window is None:
            known = self._foretell(name, digest, budget, now)
            if isinstance(known, Exceeded):
                return known
            window = database.write(lambda: budgets.count(using, name, digest, budget, now))
        answer = Granted(budget.amount - window.hits)
        if sweeps(digest, answer, budget):
            # The hit is counted; what cannot be swept now is swept later.
            with suppress(StoreError):
                database.write(lambda: budgets.sweep(using, name, budget, now))
        return answer

    def peek(self, name: str, subject: str, budget: Budget, now: datetime) -> Granted | Exceeded:
        """See `Limits.peek`. Allowed inside a transaction of the host's."""
        return self._foretell(name, subject_mac(self._keys, name, subject), budget, now)

    def clear(self, name: str, subject: str, budget: Budget) -> None:
        """See `Limits.clear`."""
        digest = subject_mac(self._keys, name, subject)
        self.store.database.write(lambda: budgets.forget(self.store.using, name, digest))

    def _foretell(self, name: str, digest: bytes, budget: Budget, now: datetime) -> Granted | Exceeded:
        running = budgets.running(self.store.using, name, digest, budget, now)
        row = self.store.database.read(lambda: running.all().first(), None)
        return foretell(None if row is None else budgets.window(row), budget)
