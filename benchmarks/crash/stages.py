"""Moments of a life at which some flow has something to do, and what people then hold in their hands.

Each is reached from an empty database by the published scenarios, on the real store.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from benchmarks.crash.rig import Rig
from entractes_auth import Kind
from entractes_auth.flows import login, outbox, recovery, registration, review
from entractes_auth.testing import scenario
from entractes_auth.testing.scenario import REVIEWER, Member, Waiting

__all__ = ["STAGES", "WHO", "Hands"]

Hands = Mapping[str, str]
"""What somebody holds, by name: links, codes, ids, all as text."""

WHO: Final = scenario.nurse()


def _empty(rig: Rig) -> Hands:
    return {}


def _begun(rig: Rig) -> Hands:
    return {"link": rig.auth.run(registration.begin(Kind.PROFESSIONAL)).link.reveal()}


def _drafted(rig: Rig) -> Hands:
    draft = rig.auth.run(scenario.drafted(WHO))
    (document,) = rig.auth.run(registration.resume(draft.link)).documents
    return {"id": draft.id, "link": draft.link.reveal(), "document": document.id}


def _undelivered(rig: Rig) -> Hands:
    """Handed in, and no relay came by yet: two messages wait."""
    hands = _drafted(rig)
    rig.auth.run(registration.submit(hands["link"]))
    return hands


def _submitted(rig: Rig) -> Hands:
    return _waiting(rig, rig.auth.run(scenario.submitted(rig.carrier, WHO)))


def _in_review(rig: Rig) -> Hands:
    return _waiting(rig, rig.auth.run(scenario.in_review(rig.carrier, WHO)))


def _claimed(rig: Rig) -> Hands:
    hands = _in_review(rig)
    rig.auth.run(review.claim(REVIEWER, hands["id"]))
    return hands


def _answered(rig: Rig) -> Hands:
    """The operator's question is answered; only handing in is left."""
    waiting = rig.auth.run(scenario.asked(rig.carrier, WHO))
    rig.auth.run(registration.attach(waiting.resume_link, [WHO.document]))
    return _waiting(rig, waiting)


def _approved(rig: Rig) -> Hands:
    return _member(rig.auth.run(scenario.approved(rig.carrier, WHO)))


def _passed(rig: Rig) -> Hands:
    """The password was right, and no code was asked for yet."""
    hands = _approved(rig)
    page = rig.auth.run(login.begin(hands["identifier"], hands["password"]))
    return {**hands, "link": page.ticket.reveal()}


def _ticketed(rig: Rig) -> Hands:
    member = rig.auth.run(scenario.approved(rig.carrier, WHO))
    ticket, code = rig.auth.run(scenario.ticketed(rig.carrier, member))
    return {**_member(member), "link": ticket.reveal(), "code": code}


def _mailed(rig: Rig) -> Hands:
    """A recovery was begun: its link came, and no code was asked for yet."""
    hands = _approved(rig)
    rig.auth.run(recovery.begin(WHO.contacts.email))
    rig.auth.run(outbox.deliver())
    link = scenario.token_in(rig.carrier.last_link_to(WHO.contacts.email))
    return {**hands, "link": link.reveal()}


def _recovering(rig: Rig) -> Hands:
    member = rig.auth.run(scenario.approved(rig.carrier, WHO))
    half = rig.auth.run(scenario.recovering(rig.carrier, member))
    return {**_member(member), "link": half.link.reveal(), "code": half.code}


def _abandoned(rig: Rig) -> Hands:
    """Two registrations past their time, one of them in the middle of its proof."""
    rig.auth.run(scenario.drafted(scenario.nurse(2)))
    hands = _submitted(rig)
    rig.clock.advance(timedelta(days=31))
    return hands


def _past(rig: Rig) -> Hands:
    """Half a year after a rejection and a withdrawal; and a file that nothing names, as a crash leaves one."""
    rig.auth.run(scenario.rejected(rig.carrier, WHO))
    given_up = rig.auth.run(scenario.submitted(rig.carrier, scenario.nurse(2)))
    rig.auth.run(registration.withdraw(given_up.resume_link))
    rig.documents.put([WHO.document], len(WHO.document))
    stored = rig.clock.now().timestamp()
    for file in rig.home.documents.iterdir():
        os.utime(file, (stored, stored))  # the disk's clock is the machine's
    rig.clock.advance(timedelta(days=200))
    return {}


def _waiting(rig: Rig, waiting: Waiting) -> Hands:
    document = rig.auth.run(review.read(REVIEWER, waiting.registration_id)).registration.documents[-1]
    return {
        "id": waiting.registration_id,
        "resume": waiting.resume_link.reveal(),
        "link": waiting.confirm_link.reveal(),
        "code": waiting.code,
        "document": document.id,
    }


def _member(member: Member) -> Hands:
    return {
        "id": member.registration_id,
        "account": member.account_id,
        "identifier": member.identifier,
        "password": member.password,
    }


STAGES: Final[Mapping[str, Callable[[Rig], Hands]]] = {
    "empty": _empty,
    "begun": _begun,
    "drafted": _drafted,
    "undelivered": _undelivered,
    "submitted": _submitted,
    "in review": _in_review,
    "claimed": _claimed,
    "answered": _answered,
    "approved": _approved,
    "passed": _passed,
    "ticketed": _ticketed,
    "mailed": _mailed,
    "recovering": _recovering,
    "abandoned": _abandoned,
    "past": _past,
}
