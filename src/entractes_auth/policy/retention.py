"""How long what has served is kept, each period with its reason. What `retention.purge` erases, and when.

The CNIL gives no period for accounts of professionals: the GDPR, article 5(1)(e), asks for no longer
than the purpose needs, and a host that needs another period says so here. For logs there is one:
CNIL, délibération 2021-122 of 14 October 2021.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta

from entractes_auth.policy.checks import require

__all__ = ["RetentionPolicy"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Periods after which `retention.purge` erases. Each counts from when the thing was over.

    1 to 1096 days each (three years), `events` 180 at least, `unnamed_documents` 7 at most.
    An account is never erased by age, nor is the approved registration that it came from.
    """

    # After the decision, approved or rejected: the document has served. A month to answer who contests it.
    documents: timedelta = timedelta(days=30)
    # The applicant gave up, and asked for nothing more; a week to answer a call about it.
    withdrawn_registrations: timedelta = timedelta(days=7)
    # Nobody came back; the link in the mailbox may be opened once more, and says that it is over.
    expired_registrations: timedelta = timedelta(days=30)
    # The reviewers see earlier attempts beside a new one, and can still say why it was rejected.
    rejected_registrations: timedelta = timedelta(days=180)
    # From when it was queued: "did you write to me?" is asked within days.
    sent_messages: timedelta = timedelta(days=30)
    # Were never sent, and nobody misses them.
    withdrawn_messages: timedelta = timedelta(days=7)
    # Somebody did not get what they were promised: longer than an operator's holidays.
    dead_messages: timedelta = timedelta(days=90)
    # After their end: they judge nothing any more, and hold an address.
    challenges: timedelta = timedelta(days=7)
    # Six months to a year; up to three years where internal control needs it: CNIL 2021-122.
    events: timedelta = timedelta(days=365)
    # A file that no record names: an upload that is a day old is no longer on its way to its record.
    unnamed_documents: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        for name in (each.name for each in fields(self)):
            least = 180 if name == "events" else 1
            most = 7 if name == "unnamed_documents" else 1096
            period: timedelta = getattr(self, name)
            require(least * _DAY <= period <= most * _DAY, f"retention.{name}", f"{least} to {most} days")
        require(
            self.documents <= self.rejected_registrations,
            "retention.documents",
            "must not be longer than rejected_registrations: a registration goes after its documents",
        )
