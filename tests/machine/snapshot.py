"""All that a store shows at one instant, through its port; two snapshots are equal when the stores agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from entractes_auth.backends.batch import (
    AccountKey,
    EventQuery,
    MessageQuery,
    RegistrationQuery,
    StoredMessage,
)
from entractes_auth.backends.store import Store
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Glance
from entractes_auth.records.event import Event, What
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.registration import Registration

__all__ = ["Snapshot", "take"]

_ALL = 10_000


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """Rows by id. `accounts` are without their hash, whose salt differs between two worlds."""

    at: datetime
    registrations: dict[str, Registration]
    accounts: dict[str, Account]
    events: dict[str, Event]
    messages: dict[str, StoredMessage]
    challenges: dict[str, Glance]

    def events_of(self, what: What, subject_id: str) -> list[Event]:
        """The audit lines of one kind about one subject."""
        return [e for e in self.events.values() if e.what is what and e.subject_id == subject_id]

    def messages_under(self, topic: str) -> list[StoredMessage]:
        """The messages of one topic, oldest first."""
        found = (m for m in self.messages.values() if m.message.topic == topic)
        return sorted(found, key=lambda m: m.message.created_at)


def take(store: Store, now: datetime, challenge_ids: Iterable[str]) -> Snapshot:
    """Read everything that the port gives; `challenge_ids` are those to glance at."""
    registrations = {r.id: r for r in store.registrations(RegistrationQuery(limit=_ALL)).rows}
    outbox = [
        message
        for state in MessageState
        for message in store.outbox(MessageQuery(state=state, limit=_ALL)).rows
    ]
    glances = (store.glance(challenge_id, now) for challenge_id in challenge_ids)
    return Snapshot(
        at=now,
        registrations=registrations,
        accounts=_accounts(store, registrations),
        events={e.id: e for e in store.events(EventQuery(limit=_ALL)).rows},
        messages={m.message.id: m for m in outbox},
        challenges={glance.challenge_id: glance for glance in glances if glance is not None},
    )


def _accounts(store: Store, registrations: Iterable[str]) -> dict[str, Account]:
    found: dict[str, list[Account]] = defaultdict(list)
    for registration_id in registrations:
        account = store.find_account(AccountKey("registration_id", registration_id))
        if account is not None:
            found[account.id].append(account)
    return {
        id_: replace(account, credential=replace(account.credential, hash=""))
        for id_, (account,) in found.items()
    }
