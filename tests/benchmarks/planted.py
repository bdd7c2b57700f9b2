"""Stores with a planted fault, which the crash harness must find."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from typing_extensions import override

from entractes_auth.backends.batch import Batch, Committed
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.storage.sqlalchemy.tables import challenges
from entractes_auth.records.challenge import Attempt

__all__ = ["Forgetful", "TwoTransactions", "forgetful", "two_transactions"]


class TwoTransactions(SqlStore):
    """Commits the records first, and then, in another transaction, what goes with them."""

    @override
    def commit(self, batch: Batch) -> Committed:
        records = replace(batch, messages=(), events=())
        super().commit(records)
        return super().commit(Batch(at=batch.at, messages=batch.messages, events=batch.events))


class Forgetful(SqlStore):
    """Gives out an attempt, and does not keep that it did."""

    @override
    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        attempt = super().spend(challenge_id, now)
        counted = challenges.c.attempts_left
        with self.database.engines.writer.begin() as connection:
            connection.execute(update(challenges).values(attempts_left=counted + 1))
        return attempt


def two_transactions(url: str) -> SqlStore:
    """See `TwoTransactions`."""
    return TwoTransactions(url)


def forgetful(url: str) -> SqlStore:
    """See `Forgetful`."""
    return Forgetful(url)
