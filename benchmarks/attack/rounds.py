"""The attacks, each a round on one member, and what the database must show after it.

What was judged is counted in the audit trail: one `code_refused` for each wrong code that was
compared, one `signed_in` for the right one. What an attacker sees is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.attack.volley import Request, fire
from benchmarks.host import Host
from entractes_auth import Auth, Channel
from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.errors import Reason
from entractes_auth.flows import login
from entractes_auth.flows.budgets import of_subject
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Purpose
from entractes_auth.testing import scenario

__all__ = ["ATTACKS", "Tally", "Target", "deviation_of"]

PARALLEL: Final = 200
CHALLENGES: Final = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round did: codes judged wrong, sign-ins, and the answers by status."""

    wrong: int
    signed_in: int
    answers: Counter[int] = field(default_factory=Counter[int])


@dataclass(slots=True)
class Target:
    """One member of the host under attack, seen from the host's own side."""

    host: Host
    store: SqlStore
    limits: SqlLimits
    address: Path
    member: scenario.Member
    auth: Auth

    @classmethod
    def of(cls, host: Host, database: str, address: Path) -> Target:
        """Enrol a member in the database that the server at `address` is on."""
        store = SqlStore(database)
        limits = SqlLimits(store, host.keys)
        [member] = host.enrol(store, 1)
        auth = Auth(store=store, limits=limits, documents=MemoryDocuments(), **host.arguments)
        return cls(host, store, limits, address, member, auth)

    def ticket(self) -> tuple[str, str]:
        """A fresh challenge whose code is on the member's phone: the ticket and the code."""
        self.host.phone.clear()
        page = self.auth.run(login.begin(self.member.identifier, self.member.password))
        self.auth.run(login.send_code(page.ticket, Channel.SMS))
        return page.ticket.reveal(), self.host.phone.last_code_to(self.member.applicant.contacts.mobile)

    def begin_day(self) -> None:
        """As if a day had passed: rounds must not share the day's budgets."""
        subject = of_subject(Purpose.LOGIN, self.member.account_id)
        for name in ("code_attempts_per_subject", "codes_per_subject"):
            self.limits.clear(name, subject, getattr(self.host.policy.limits, name))

    def judged(self) -> Tally:
        """How many codes of the member were judged so far."""
        wrong = signed_in = 0
        after = None
        while True:
            page = self.store.events(EventQuery(subject_id=self.member.account_id, after=after, limit=500))
            for event in page.rows:
                wrong += event.what is What.CODE_REFUSED and event.details["reason"] == Reason.WRONG_CODE
                signed_in += event.what is What.SIGNED_IN
            after = page.next
            if after is None:
                return Tally(wrong, signed_in)


def _verify(ticket: str, code: str) -> Request:
    return Request("/verify", (("ticket", ticket), ("code", code)))


def _round(target: Target, requests: list[Request]) -> Tally:
    before = target.judged()
    answers = fire(target.address, requests)
    after = target.judged()
    return Tally(after.wrong - before.wrong, after.signed_in - before.signed_in, answers)


def wrong_codes(target: Target) -> str:
    """200 wrong codes at a limit of 3: exactly 3 are judged."""
    ticket, code = target.ticket()
    tally = _round(target, [_verify(ticket, scenario.another(code))] * PARALLEL)
    return deviation_of(tally, wrong=(3, 3), signed_in=(0, 0))


def right_codes(target: Target) -> str:
    """200 times the right code: exactly one signs in."""
    ticket, code = target.ticket()
    tally = _round(target, [_verify(ticket, code)] * PARALLEL)
    return deviation_of(tally, wrong=(0, 0), signed_in=(1, 1))


def mixed_codes(target: Target) -> str:
    """100 right and 100 wrong codes: at most 3 are judged in all, and at most one signs in."""
    ticket, code = target.ticket()
    pair = [_verify(ticket, code), _verify(ticket, scenario.another(code))]
    tally = _round(target, pair * (PARALLEL // 2))
    deviation = deviation_of(tally, wrong=(0, 3), signed_in=(0, 1))
    if not deviation and tally.wrong + tally.signed_in > 3:
        return f"judged {tally.wrong} + {tally.signed_in}"
    # Without a sign-in, the wrong ones were quicker and used the attempts up.
    if not deviation and not tally.signed_in and tally.wrong != 3:
        return f"nobody signed in, and {tally.wrong} attempts were used"
    return deviation


def resend_in_the_middle(target: Target) -> str:
    """200 wrong codes around a resend: it gives no attempt back."""
    ticket, code = target.ticket()
    wrong = [_verify(ticket, scenario.another(code))] * (PARALLEL // 2)
    tally = _round(target, [*wrong, Request("/send", (("ticket", ticket),)), *wrong])
    return deviation_of(tally, wrong=(3, 3), signed_in=(0, 0))


def fifty_challenges(target: Target) -> str:
    """Four wrong codes for each of 50 challenges: the member's day has 15, whatever the challenge."""
    target.begin_day()
    tickets: list[tuple[str, str]] = []
    for _ in range(CHALLENGES):
        tickets.append(target.ticket())
        # The codes are counted too; that budget is another attack's.
        subject = of_subject(Purpose.LOGIN, target.member.account_id)
        target.limits.clear("codes_per_subject", subject, target.host.policy.limits.codes_per_subject)
    requests = [_verify(ticket, scenario.another(code)) for ticket, code in tickets] * (
        PARALLEL // CHALLENGES
    )
    most = target.host.policy.limits.code_attempts_per_subject.amount
    return deviation_of(_round(target, requests), wrong=(most, most), signed_in=(0, 0))


ATTACKS: Final[Mapping[str, Callable[[Target], str]]] = {
    "200 wrong codes": wrong_codes,
    "200 right codes": right_codes,
    "100 right, 100 wrong": mixed_codes,
    "resend in the middle": resend_in_the_middle,
    "50 challenges, one day": fifty_challenges,
}
"""Each gives "" or what deviated."""


def deviation_of(tally: Tally, *, wrong: tuple[int, int], signed_in: tuple[int, int]) -> str:
    """What a round did otherwise than within these bounds (least and most), or ""."""
    said: list[str] = []
    if not wrong[0] <= tally.wrong <= wrong[1]:
        said.append(f"{tally.wrong} wrong codes judged")
    if not signed_in[0] <= tally.signed_in <= signed_in[1]:
        said.append(f"{tally.signed_in} sign-ins")
    if tally.answers[200] != tally.signed_in:
        said.append(f"{tally.answers[200]} answers of success")
    failed = sum(count for status, count in tally.answers.items() if status >= 500)
    if failed:
        said.append(f"{failed} answers of failure")
    return ", ".join(said)
