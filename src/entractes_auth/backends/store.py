"""The storage port: small enough that an adapter is an afternoon, exact enough that it is safe.

Each docstring is a contract addressed to its implementer, with the SQL that satisfies it.
Three rules stand above all: an attempt that was counted stays counted, whatever the caller
rolls back; a commit is all or nothing; zero rows changed always means lost, and an adapter
that cannot tell must raise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from entractes_auth.backends.batch import (
    AccountKey,
    AccountQuery,
    Batch,
    Committed,
    EventQuery,
    MessageQuery,
    Page,
    Purged,
    RegistrationQuery,
    Settlement,
    StoredMessage,
)
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Attempt, Glance
from entractes_auth.records.event import Event
from entractes_auth.records.message import Leased
from entractes_auth.records.registration import Registration

__all__ = ["AsyncStore", "Store"]


class Store(Protocol):
    """Storage, sync. Every method may raise `StoreUnavailable`; then nothing was written."""

    def registration(self, registration_id: str) -> Registration | None:
        """The registration as last committed, or None."""
        ...

    def account(self, account_id: str) -> Account | None:
        """The account as last committed, or None."""
        ...

    def find_account(self, key: AccountKey) -> Account | None:
        """The one account with this key, or None. Must use an index: this is on every sign-in."""
        ...

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """One keyset page (`WHERE (position, id) > (:position, :id) ORDER BY position, id LIMIT :n + 1`)."""
        ...

    def accounts(self, query: AccountQuery) -> Page[Account]:
        """One keyset page of the accounts that hold a number."""
        ...

    def events(self, query: EventQuery) -> Page[Event]:
        """One keyset page of the audit trail, newest first."""
        ...

    def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """One keyset page of the outbox, for operators. Messages must come without their seed."""
        ...

    def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """What a page may show of a challenge that is neither redeemed, closed nor expired; else None.

        Must not give anything that a code is derived from. A challenge whose attempts are
        used up is still shown, with `attempts_left` 0.
        """
        ...

    def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """Count one attempt, durably, and give what is needed to judge one code.

        Must be one guarded statement, committed before it returns, even if the caller's own
        transaction is rolled back afterwards:

            UPDATE challenges SET attempts_left = attempts_left - 1
            WHERE id = :id AND attempts_left > 0 AND counter > 0 AND ended_at IS NULL
              AND expires_at > :now AND code_expires_at > :now
            RETURNING ...

        None means unknown, expired, used up, redeemed or nothing sent yet, and must not say which.
        """
        ...

    def commit(self, batch: Batch) -> Committed:
        """Write the whole batch, or nothing of it. Must check, and raise for, in this order:

        - `redeem`: `UPDATE challenges SET ended_at = :now, nonce = NULL WHERE id = :id AND
          ended_at IS NULL AND counter = :counter`; no row: `AlreadyRedeemed`. The counter
          guards against a code that was replaced between spending and committing;
        - `sendings`: the challenge is open and its counter is one below the sending's, else `Conflict`;
        - `registrations`, `accounts`: the stored version is the record's, else `Conflict`;
        - unique keys (`accounts.identifier`, `email`, `registration_id`; ids): `Taken(field)`.

        Closing, redeeming and withdrawing must erase the nonces that they make useless.
        """
        ...

    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """Take up to `limit` queued messages that are due and not under another lease, oldest first.

        Must give each message to one caller at a time until `until` (`FOR UPDATE SKIP LOCKED`
        where the engine has it). With `only`, takes none but these ids. Each lease counts one try.
        """
        ...

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """Write down what became of leased messages. A settlement whose token is no longer the
        message's lease must change nothing. Sent and dead messages must lose their seed."""
        ...

    def purge(self, now: datetime) -> Purged:
        """Erase the nonces of challenges that ended or expired."""
        ...


class AsyncStore(Protocol):
    """`Store` in async: the same names, parameters and contracts."""

    async def registration(self, registration_id: str) -> Registration | None:
        """See `Store.registration`."""
        ...

    async def account(self, account_id: str) -> Account | None:
        """See `Store.account`."""
        ...

    async def find_account(self, key: AccountKey) -> Account | None:
        """See `Store.find_account`."""
        ...

    async def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """See `Store.registrations`."""
        ...

    async def accounts(self, query: AccountQuery) -> Page[Account]:
        """See `Store.accounts`."""
        ...

    async def events(self, query: EventQuery) -> Page[Event]:
        """See `Store.events`."""
        ...

    async def outbox(self, query: MessageQuery) -> Page[StoredMessage]:
        """See `Store.outbox`."""
        ...

    async def glance(self, challenge_id: str, now: datetime) -> Glance | None:
        """See `Store.glance`."""
        ...

    async def spend(self, challenge_id: str, now: datetime) -> Attempt | None:
        """See `Store.spend`."""
        ...

    async def commit(self, batch: Batch) -> Committed:
        """See `Store.commit`."""
        ...

    async def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """See `Store.lease`."""
        ...

    async def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """See `Store.settle`."""
        ...

    async def purge(self, now: datetime) -> Purged:
        """See `Store.purge`."""
        ...
