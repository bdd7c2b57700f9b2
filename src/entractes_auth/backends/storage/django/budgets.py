"""What `DjangoLimits` asks and writes: windows of budgets, in a table of the app.

A hit is one statement that counts, so no second hit fits between what it sees and what it writes; who comes too
late for the last one writes nothing. The row is ours until the transaction ends, so what is read of it afterwards
is what we wrote.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connections
from django.db.models import QuerySet

from entractes_auth.backends.limits.windows import SWEPT_AT_ONCE, Window
from entractes_auth.backends.storage.django.erasing import erase_unseen
from entractes_auth.backends.storage.django.models import Budget as Row
from entractes_auth.policy import Budget

__all__ = ["count", "forget", "kept", "running", "sweep", "window"]

_OVER: Final = "kept.started_at <= %(over)s OR kept.started_at > %(ahead)s"
"""`Window.runs`, denied."""

# Begin a window, or count in the one that runs, up to the amount. In words of our own: Django's upsert sets a
# column to what was to be inserted, and cannot say "one more".
_COUNT: Final = """
INSERT INTO {table} AS kept (name, subject, started_at, hits) VALUES (%(name)s, %(subject)s, %(now)s, 1)
ON CONFLICT (subject) DO UPDATE SET
hits = CASE WHEN {over} THEN 1 ELSE kept.hits + 1 END,
started_at = CASE WHEN {over} THEN excluded.started_at ELSE kept.started_at END
WHERE {over} OR kept.hits < %(amount)s
"""


def count(using: str, name: str, digest: bytes, budget: Budget, now: datetime) -> Window | None:
    """Count one hit, and give the window with that hit in it; None if it had no hit left. In a transaction."""
    connection = connections[using]
    instants = {"now": now, "over": now - budget.per, "ahead": now + budget.per}
    values: dict[str, Any] = {"name": name, "subject": digest, "amount": budget.amount}
    for instant, value in instants.items():
        values[instant] = connection.ops.adapt_datetimefield_value(value)
    statement = _COUNT.format(table=connection.ops.quote_name(Row._meta.db_table), over=_OVER)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        counted = cursor.rowcount
    return window(kept(using, name, digest).get()) if counted else None


def forget(using: str, name: str, digest: bytes) -> None:
    """Delete the row of one subject."""
    erase_unseen(using, kept(using, name, digest))


def kept(using: str, name: str, digest: bytes) -> QuerySet[Row]:
    """The row of one subject, if there is one."""
    return Row.objects.using(using).filter(name=name, subject=digest)


def running(using: str, name: str, digest: bytes, budget: Budget, now: datetime) -> QuerySet[Row]:
    """The same, if its window counts at `now`: `Window.runs`."""
    return kept(using, name, digest).filter(started_at__gt=now - budget.per, started_at__lte=now + budget.per)


def window(row: Row) -> Window:
    """What a row says."""
    return Window(row.started_at, row.hits)


def sweep(using: str, name: str, budget: Budget, now: datetime) -> None:
    """Forget some windows of this budget that are over, the oldest first, so that the table stays as large as its use.

    Not all of them: after a flood there may be a million, and sign-ins would wait for the end of it. And none
    that somebody else holds at this moment: sweeps side by side do not wait.
    """
    of_budget = Row.objects.using(using).filter(name=name)
    over = of_budget.filter(started_at__lte=now - budget.per).order_by("started_at")
    free = over.select_for_update(skip_locked=True).values_list("subject", flat=True)
    erase_unseen(using, of_budget.filter(subject__in=list(free[:SWEPT_AT_ONCE])))
