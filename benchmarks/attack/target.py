"""The member under attack, and the host's own side of it: its tickets, its budgets, its audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.attack.servers import WORKERS, Served
from benchmarks.attack.tally import Tally
from benchmarks.attack.volley import Request, fire
from benchmarks.host import Host
from entractes_auth import Auth, Channel
from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import Reason
from entractes_auth.flows import login, outbox
from entractes_auth.flows.budgets import of_subject
from entractes_auth.records.event import Event, What
from entractes_auth.records.kinds import Purpose
from entractes_auth.testing import scenario

__all__ = ["Target"]

_MINUTE: Final = timedelta(minutes=1)


class _AMinuteAgo:
    """The clock of what happened before the attack: a code that was just sent cannot be sent again."""

    def now(self) -> datetime:
        return datetime.now(UTC) - _MINUTE


@dataclass(slots=True)
class Target:
    """One member of the host under attack, in the database that the server is on."""

    host: Host
    store: SqlStore
    limits: SqlLimits
    server: Served
    member: scenario.Member
    before: Auth
    """Runs what happened a minute ago."""
    relay: Auth

    @classmethod
    def of(cls, host: Host, database: str, server: Served) -> Target:
        """Enrol a member."""
        store = SqlStore(database)
        limits = SqlLimits(store, host.keys)
        [member] = host.enrol(store, 1)
        relay = Auth(store=store, limits=limits, documents=MemoryDocuments(), **host.arguments)
        before = Auth(
            store=store, limits=limits, documents=MemoryDocuments(), clock=_AMinuteAgo(), **host.arguments
        )
        return cls(host, store, limits, server, member, before, relay)

    def ticket(self) -> tuple[str, str]:
        """A fresh challenge whose code came to the member's phone a minute ago: the ticket and the code."""
        self.host.phone.clear()
        page = self.before.run(login.begin(self.member.identifier, self.member.password))
        self.before.run(login.send_code(page.ticket, Channel.SMS))
        return page.ticket.reveal(), self._code()

    def newest_code(self) -> str:
        """The code that the server sent, once a relay has delivered it."""
        self.relay.run(outbox.deliver(limit=1000))
        return self._code()

    def begin_day(self) -> None:
        """As if a day had passed: rounds must not share the day's budgets."""
        self.clear("code_attempts_per_subject")
        self.clear("codes_per_subject")

    def clear(self, name: str) -> None:
        """Give the member's budget of this name back."""
        subject = of_subject(Purpose.LOGIN, self.member.account_id)
        self.limits.clear(name, subject, getattr(self.host.policy.limits, name))

    def attacked(self, requests: list[Request]) -> Tally:
        """Send them all at once, and give what the server did."""
        began = datetime.now(UTC)
        self.server.witness.since_last()
        answers = fire(self.server.socket, requests, WORKERS)
        judged = self.server.witness.since_last()
        noted = list(self._events_since(began))
        return Tally(
            wrong=judged.wrong,
            right=judged.right,
            noted=sum(
                each.what is What.CODE_REFUSED and each.details["reason"] == Reason.WRONG_CODE
                for each in noted
            ),
            signed_in=sum(each.what is What.SIGNED_IN for each in noted),
            by_challenge=judged.by_challenge,
            answers=answers.statuses,
            workers=frozenset(answers.workers),
        )

    def _events_since(self, began: datetime) -> Iterator[Event]:
        """The member's audit trail, the newest first."""
        after = None
        while True:
            page = self.store.events(EventQuery(subject_id=self.member.account_id, after=after, limit=100))
            for event in page.rows:
                if event.at < began:
                    return
                yield event
            after = page.next
            if after is None:
                return

    def _code(self) -> str:
        return self.host.phone.last_code_to(self.member.applicant.contacts.mobile)
