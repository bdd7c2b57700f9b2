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
    Expendable,
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
    """Storage, sync. Every method may raise `StoreUnavailable`; then nothing was written.

    But for one case. A connection that is lost between COMMIT and its answer leaves an unknown outcome: all
    was written, or nothing. An adapter must raise `StoreUnavailable` with a text that says so, and must not
    run the write again, since it may have arrived. `spend` and `commit` say what a caller may do. A message
    that was leased so is free again when the lease ends, and one whose settlement was lost is sent again.
    """

    def registration(self, registration_id: str) -> Registration | None:
        """The registration as last committed, or None."""
        ...

    def account(self, account_id: str) -> Account | None:
        """The account as last committed, or None."""
        ...

    def find_account(self, key: AccountKey) -> Account | None:
        """The one account with this key, or None. Must use an index: this is on every sign-in.

        Compares the value whole, as it is, in the key's own field. Raises `InvalidInput` for a
        `field` that is not one of `AccountKey`'s three.
        """
        ...

    def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """The first of the candidates that no account has as its identifier, in the order given: `batch.ENOUGH`
        of them, or all where they are fewer.

        One indexed read, of up to 1000 candidates; best one that looks them up one after the other, and ends when
        it has enough. It reserves nothing: of two who commit the same one, the second gets `Taken("identifier")`.
        """
        ...

    def registrations(self, query: RegistrationQuery) -> Page[Registration]:
        """One keyset page (`WHERE (position, id) > (:position, :id) ORDER BY position, id LIMIT :n + 1`).

        Should walk an index of `(state, position, id)`: `state` alone is most of the table. Of several states,
        merge one such page of each. Where `number`, `email`, `reviewer_id` or `expired_at` is given, few rows
        are left, and an index of that column should lead.

        This and the three below must raise `InvalidInput` for an `after` that no page gave (it
        comes back from a browser), and for a `limit` below 1 (SQL reads a negative one as "all").
        """
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

        None means unknown, expired, used up, ended or nothing sent yet, and must not say which.
        Both ends are exclusive: at exactly `expires_at` nothing is given any more. This is where
        expiry is judged, and the only place: what was spent in time may be redeemed later.

        Raises `StoreUnavailable`. Where the answer to COMMIT was lost, the attempt may have been counted,
        and nothing was judged. A caller must not give it back, and may spend again: at worst a person has
        one attempt fewer. The adapter itself must not: two attempts would be counted for one guess.
        """
        ...

    def commit(self, batch: Batch) -> Committed:
        """Write the whole batch, or nothing of it. Must check, and raise for, in this order:

        - `redeem`: `UPDATE challenges SET ended_at = :now, nonce = NULL WHERE id = :id AND
          ended_at IS NULL AND counter = :counter`; no row: `AlreadyRedeemed`. The counter
          guards against a code that was replaced between spending and committing. A challenge
          that expired since it was spent is redeemed all the same: a slow commit must not lose
          a right code;
        - `sendings`: the challenge is there, not ended, not expired at `batch.at`, and its counter
          is one below the sending's, else `Conflict`;
        - `registrations`, `accounts` above version 0: the stored version is the record's, else
          `Conflict`, also where there is no such record;
        - unique keys: `Taken` with "identifier", "email" (compared by `contacts.email_key`) or
          "registration_id", of accounts; and `Taken("id")` for inserting an id that exists, of
          anything. Two new accounts of one batch must differ as well.

        Closing, redeeming and withdrawing must erase the nonces that they make useless.
        Withdrawing must also end a message that a relay holds at this moment: the message keeps
        the state `WITHDRAWN` whatever that relay settles. With a `lease`, the new messages must be
        under it from the start, as `lease` would leave them: whoever commits sends them at once,
        and a relay has them only once it ended.

        Raises `StoreUnavailable`. Where the answer to COMMIT was lost, the whole batch was written or nothing
        of it, and no read soon after can tell which: COMMIT may still be under way. A caller may commit the
        same batch again: if it arrived, it is refused (`AlreadyRedeemed`, `Conflict`, `Taken`) and nothing is
        doubled, but the refusal does not mean that it was somebody else. Or it may read afresh and begin anew:
        what it begins gets new ids, and at worst a draft or a challenge is left that expires.
        """
        ...

    def lease(
        self, now: datetime, until: datetime, limit: int, only: tuple[str, ...] = ()
    ) -> tuple[Leased, ...]:
        """Take up to `limit` queued messages that are due and not under another lease, oldest first.

        Must give each message to one caller at a time (`FOR UPDATE SKIP LOCKED` where the engine
        has it): a lease holds before `until`, and at exactly `until` the message is free. Each lease
        has a token of its own and counts one try. A message past its deadline is leased as any
        other: the relay ends it, visibly. With `only`, takes none but these ids. A `limit` below 1
        takes nothing.
        """
        ...

    def settle(self, settlements: tuple[Settlement, ...]) -> None:
        """Write down what became of leased messages. A settlement whose token is no longer the
        message's lease must change nothing. Sent and dead messages must lose their seed."""
        ...

    def purge(self, now: datetime) -> Purged:
        """Erase what nobody will need: nonces of challenges that are over, seeds of messages that are too late.

        A challenge is over once it ended or expired. A queued message is too late at its
        deadline: it must become `DEAD` with the reason "deadline" and lose its seed, so that on
        a site whose relay does not run, a password that was never delivered does not stay derivable.
        A message under a lease is left to its relay until the lease ends. Must do it in transactions
        that are short however many there are: sign-ins go on meanwhile.
        """
        ...

    def expendable(self, what: Expendable, before: datetime) -> int:
        """How many rows `erase` would erase: all of `what` whose time is at or before `before`. Changes nothing."""
        ...

    def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """Erase up to `limit` rows of `what` whose time is at or before `before`; give how many it were.

        Must be one short transaction, so that no sign-in waits for long, and must pass by what others hold
        at this moment. A registration that names a document must stay, and not be counted: its files
        would never be found again.

            DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at <= :before
            ORDER BY at, id LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING id

        Fewer than `limit` means that nothing is left, but for what others held. A `limit` below 1
        erases nothing.
        """
        ...

    def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the candidates that no registration names, in the order given.

        Must be one consistent read: a registration that changes its place between two pages would be
        missed, and its documents deleted. There may be 100,000 candidates: read the names
        (`SELECT documents ... WHERE documents <> '[]'`), and compare outside of the database.
        """
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

    async def free_identifiers(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.free_identifiers`."""
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

    async def expendable(self, what: Expendable, before: datetime) -> int:
        """See `Store.expendable`."""
        ...

    async def erase(self, what: Expendable, before: datetime, limit: int) -> int:
        """See `Store.erase`."""
        ...

    async def unnamed_documents(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """See `Store.unnamed_documents`."""
        ...
