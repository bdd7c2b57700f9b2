"""What `MemoryStore` erases by age: which rows have served, oldest first, and how they go."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from entractes_auth.backends.batch import Expendable
from entractes_auth.backends.storage.memory_draft import Tables

__all__ = ["remove", "served"]


def served(tables: Tables, what: Expendable, before: datetime) -> list[str]:
    """The ids of the rows of `what` whose time is at or before `before`, oldest first."""
    return [row_id for at, row_id in sorted(_times(tables, what)) if at <= before]


def remove(tables: Tables, what: Expendable, row_ids: list[str]) -> int:
    """Remove these rows of `what`, and give how many they are."""
    table = _table(tables, what)
    for row_id in row_ids:
        del table[row_id]
    return len(row_ids)


def _times(tables: Tables, what: Expendable) -> list[tuple[datetime, str]]:
    """From when the age of each row counts, and its id."""
    match what:
        case (
            Expendable.WITHDRAWN_REGISTRATIONS
            | Expendable.EXPIRED_REGISTRATIONS
            | Expendable.REJECTED_REGISTRATIONS
        ):
            kept = tables.registrations.values()
            return [(r.updated_at, r.id) for r in kept if r.state.value == what.state and not r.documents]
        case Expendable.SENT_MESSAGES | Expendable.WITHDRAWN_MESSAGES | Expendable.DEAD_MESSAGES:
            rows = tables.messages.values()
            return [(row.message.created_at, row.message.id) for row in rows if row.state.value == what.state]
        case Expendable.CHALLENGES:
            return [(row.challenge.expires_at, row.challenge.id) for row in tables.challenges.values()]
        case Expendable.EVENTS:
            return [(event.at, event.id) for event in tables.events.values()]


def _table(tables: Tables, what: Expendable) -> MutableMapping[str, Any]:
    match what:
        case (
            Expendable.WITHDRAWN_REGISTRATIONS
            | Expendable.EXPIRED_REGISTRATIONS
            | Expendable.REJECTED_REGISTRATIONS
        ):
            return tables.registrations
        case Expendable.SENT_MESSAGES | Expendable.WITHDRAWN_MESSAGES | Expendable.DEAD_MESSAGES:
            return tables.messages
        case Expendable.CHALLENGES:
            return tables.challenges
        case Expendable.EVENTS:
            return tables.events
