"""The site under attack with a planted fault, which the attacks must find. Each factory makes one for gunicorn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from typing_extensions import override

from benchmarks.attack import site
from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.storage.sqlalchemy.tables import challenges
from entractes_auth.records.challenge import Attempt
from tests.benchmarks.planted import Forgetful

__all__ = ["each_worker_counts", "forgetful", "never_redeemed", "read_then_write", "resend_refills", "silent"]


class ReadThenWrite(SqlStore):
    """Reads how many attempts are left, and writes one less: what so many systems do."""

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        seen = self.glance(challenge_id, now)
        attempt = super().spend(challenge_id, now)
        if seen is not None and attempt is not None:
            _set_left(self, challenge_id, seen.attempts_left - 1)
        return attempt


class NeverRedeemed(SqlStore):
    """Commits what follows from a right code, and leaves the code as good as it was."""

    @override
    def commit(self, batch: Batch) -> Committed:
        return super().commit(replace(batch, redeem=None))


class ResendRefills(SqlStore):
    """A new code comes with new attempts."""

    @override
    def commit(self, batch: Batch) -> Committed:
        committed = super().commit(batch)
        for sending in batch.sendings:
            _set_left(self, sending.challenge_id, 3)
        return committed


class Silent(SqlStore):
    """Keeps no audit trail."""

    @override
    def commit(self, batch: Batch) -> Committed:
        return super().commit(replace(batch, events=()))


def _set_left(store: SqlStore, challenge_id: str, left: int) -> None:
    with store.database.engines.writer.begin() as connection:
        one = update(challenges).where(challenges.c.id == challenge_id)
        connection.execute(one.values(attempts_left=left))


def forgetful() -> site.Wsgi:
    """See `planted.Forgetful`."""
    return site.wsgi(Forgetful)


def read_then_write() -> site.Wsgi:
    """See `ReadThenWrite`."""
    return site.wsgi(ReadThenWrite)


def never_redeemed() -> site.Wsgi:
    """See `NeverRedeemed`."""
    return site.wsgi(NeverRedeemed)


def resend_refills() -> site.Wsgi:
    """See `ResendRefills`."""
    return site.wsgi(ResendRefills)


def silent() -> site.Wsgi:
    """See `Silent`."""
    return site.wsgi(Silent)


def each_worker_counts() -> site.Wsgi:
    """Budgets that each worker keeps for itself."""
    return site.wsgi(new_limits=lambda store, keys: MemoryLimits())
