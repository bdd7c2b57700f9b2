"""The tables of `MemoryStore`, and how one batch is written to a draft of them.

Rows are frozen: a change is a new row under the same id. A draft therefore shares every row
with the tables that it was made from, and holds only what the batch changed.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Final, TypeVar

from entractes_auth.backends.batch import AccountKey, Batch, Lease
from entractes_auth.backends.storage.memory_rows import ChallengeRow, MessageRow
from entractes_auth.contacts import email_key
from entractes_auth.errors import AlreadyRedeemed, Conflict, Taken
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Proof, Sending
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Message
from entractes_auth.records.registration import Registration

__all__ = ["ACCOUNT_KEYS", "Tables", "account_keys", "write"]

ACCOUNT_KEYS: Final = ("identifier", "email", "registration_id")

T = TypeVar("T")
Versioned = TypeVar("Versioned", Registration, Account)


@dataclass(slots=True, repr=False)
class Tables:
    """All rows by id; `account_ids` is the index by which an account is found."""

    registrations: ChainMap[str, Registration] = field(default_factory=ChainMap[str, Registration])
    accounts: ChainMap[str, Account] = field(default_factory=ChainMap[str, Account])
    account_ids: ChainMap[AccountKey, str] = field(default_factory=ChainMap[AccountKey, str])
    challenges: ChainMap[str, ChallengeRow] = field(default_factory=ChainMap[str, ChallengeRow])
    messages: ChainMap[str, MessageRow] = field(default_factory=ChainMap[str, MessageRow])
    events: ChainMap[str, Event] = field(default_factory=ChainMap[str, Event])

    def draft(self) -> Tables:
        """Tables that show these rows, and keep what is written to them to themselves."""
        return Tables(*(getattr(self, table.name).new_child() for table in fields(self)))

    def merge(self, draft: Tables) -> None:
        """Take over what was written to a draft of these tables."""
        for table in fields(self):
            getattr(self, table.name).update(getattr(draft, table.name).maps[0])

    def account_with(self, key: AccountKey) -> Account | None:
        """The account that has this key now; the index may still name one that had it earlier."""
        account = self.accounts.get(self.account_ids.get(key, ""))
        return account if account is not None and key in account_keys(account) else None


def account_keys(account: Account) -> tuple[AccountKey, ...]:
    """The keys that no two accounts share."""
    values = (account.identifier, email_key(account.email), account.registration_id)
    return tuple(AccountKey(name, value) for name, value in zip(ACCOUNT_KEYS, values, strict=True))


def write(draft: Tables, batch: Batch) -> None:
    """Write the batch to a draft, in the order of `Store.commit`; if it raises, the draft must be dropped."""
    if batch.redeem is not None:
        _redeem(draft, batch.redeem, batch.at)
    for sending in batch.sendings:
        _send(draft, sending, batch.at)
    for registration in batch.registrations:
        _raise_version(draft.registrations, registration)
    for account in batch.accounts:
        _raise_version(draft.accounts, account)
    for registration in batch.registrations:
        _put(draft.registrations, registration)
    for account in batch.accounts:
        _take_keys(draft, account)
        _put(draft.accounts, account)
    for challenge in batch.challenges:
        _insert(draft.challenges, challenge.id, ChallengeRow(challenge, challenge.attempts))
    for challenge_id in batch.close:
        _close(draft, challenge_id, batch.at)
    _withdraw(draft, batch.withdraw)
    for message in batch.messages:
        _insert(draft.messages, message.id, _queued(message, batch.lease))
    for event in batch.events:
        _insert(draft.events, event.id, event)


def _redeem(draft: Tables, proof: Proof, at: datetime) -> None:
    row = draft.challenges.get(proof.challenge_id)
    sending = None if row is None else row.challenge.sending
    if row is None or sending is None or row.ended_at is not None or sending.counter != proof.counter:
        raise AlreadyRedeemed
    draft.challenges[proof.challenge_id] = replace(row.erased(), ended_at=at)


def _send(draft: Tables, sending: Sending, at: datetime) -> None:
    row = draft.challenges.get(sending.challenge_id)
    if row is None or row.ended_at is not None or row.challenge.expires_at <= at:
        raise Conflict
    sent = 0 if row.challenge.sending is None else row.challenge.sending.counter
    if sending.counter != sent + 1:
        raise Conflict
    # The attempts that are left stay as they are: asking for another code must not buy guesses.
    draft.challenges[sending.challenge_id] = replace(row, challenge=replace(row.challenge, sending=sending))


def _raise_version(table: ChainMap[str, Versioned], record: Versioned) -> None:
    """Check that the record was decided on the row as it stands; a record that is new has no row."""
    if record.version == 0:
        return
    stored = table.get(record.id)
    if stored is None or stored.version != record.version:
        raise Conflict
    table[record.id] = replace(stored, version=stored.version + 1)


def _put(table: ChainMap[str, Versioned], record: Versioned) -> None:
    if record.version == 0 and record.id in table:
        raise Taken("id")
    table[record.id] = replace(record, version=record.version + 1)


def _take_keys(draft: Tables, account: Account) -> None:
    for key in account_keys(account):
        holder = draft.account_with(key)
        if holder is not None and holder.id != account.id:
            raise Taken(key.field)
        draft.account_ids[key] = account.id


def _insert(table: ChainMap[str, T], row_id: str, row: T) -> None:
    if row_id in table:
        raise Taken("id")
    table[row_id] = row


def _queued(message: Message, lease: Lease | None) -> MessageRow:
    row = MessageRow(message, next_try_at=message.created_at)
    return row if lease is None else row.leased(lease.token, lease.until)


def _close(draft: Tables, challenge_id: str, at: datetime) -> None:
    row = draft.challenges.get(challenge_id)
    if row is not None and row.ended_at is None:
        draft.challenges[challenge_id] = replace(row.erased(), ended_at=at)


def _withdraw(draft: Tables, topics: tuple[str, ...]) -> None:
    """End what is still queued, leased or not: a relay that holds one of them settles nothing."""
    for message_id, row in list(draft.messages.items()) if topics else ():
        if row.state is MessageState.QUEUED and row.message.topic in topics and row.message.topic:
            draft.messages[message_id] = row.ended(MessageState.WITHDRAWN, "withdrawn")
