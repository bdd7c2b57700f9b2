"""What is erased by its age: how many rows, and one short DELETE of a few of them.

Each kind's rows are found by an index that begins with its state or its time: a batch costs the same
however long the table is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from entractes_auth.backends.batch import Expendable
from entractes_auth.backends.storage.django.models import Challenge, Event, Message, Registration

__all__ = ["erase", "erase_unseen", "served"]


def served(using: str, what: Expendable, before: datetime) -> QuerySet[Any]:
    """The rows of `what` whose time is at or before `before`, in an order that an index has."""
    match what:
        case (
            Expendable.WITHDRAWN_REGISTRATIONS
            | Expendable.EXPIRED_REGISTRATIONS
            | Expendable.REJECTED_REGISTRATIONS
        ):
            ended = Registration.objects.using(using).filter(state=what.state, updated_at__lte=before)
            return ended.filter(documents__named=False).order_by("position", "id")
        case Expendable.SENT_MESSAGES | Expendable.WITHDRAWN_MESSAGES | Expendable.DEAD_MESSAGES:
            over = Message.objects.using(using).filter(state=what.state, created_at__lte=before)
            return over.order_by("created_at", "id")
        case Expendable.CHALLENGES:
            return Challenge.objects.using(using).filter(expires_at__lte=before).order_by("expires_at")
        case Expendable.EVENTS:
            return Event.objects.using(using).filter(at__lte=before).order_by("at", "id")


def erase(using: str, what: Expendable, before: datetime, limit: int) -> int:
    """See `Store.erase`. The ids are fetched first: as a subquery they might be chosen more than once."""
    rows = served(using, what, before)
    free = rows.select_for_update(skip_locked=True).values_list("id", flat=True)
    ids = list(free[: max(limit, 0)])
    # By their ids alone: what has served stays so.
    erase_unseen(using, rows.model._default_manager.using(using).filter(id__in=ids))
    return len(ids)


def erase_unseen(using: str, rows: QuerySet[Any]) -> None:
    """Delete the rows by one statement, without the signals of `QuerySet.delete`.

    An app that keeps a copy of whatever is deleted (some audit every model) would otherwise be handed each row,
    and what was to be erased, addresses and nonces, would stay there for ever.
    """
    rows._raw_delete(using)
