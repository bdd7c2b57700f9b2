"""Whole ways through the flows, for tests, each in one line: a complete draft, a member with a password.

    member = auth.run(scenario.approved(inbox, scenario.nurse()))
    member = await async_auth.run(scenario.approved_after_question(inbox, scenario.nurse()))

Each is a flow that is made of flows, so that one body serves both colours. `inbox` is the
`RecordingMessenger` that the runner was given for both channels: a scenario delivers what was
queued, and then reads codes, links and credentials out of it, like the person who gets them.

    people       who it is about, and what they hold in their hands: Applicant, Waiting, Member, Recovering
    applying     drafted, submitted, in_review, asked, answered, rejected
    membership   approved, approved_after_question, ticketed, signed_in, recovering, recovered

For setting up, not for racing: after a `Conflict` the runner would begin the whole way again.
"""

from __future__ import annotations

from entractes_auth.testing.scenario.applying import (
    answered,
    asked,
    drafted,
    in_review,
    rejected,
    submitted,
)
from entractes_auth.testing.scenario.membership import (
    approved,
    approved_after_question,
    recovered,
    recovering,
    signed_in,
    ticketed,
)
from entractes_auth.testing.scenario.people import (
    PDF,
    REVIEWER,
    Applicant,
    Member,
    Recovering,
    Waiting,
    another,
    applicant,
    nurse,
    quick_policy,
    token_in,
)

__all__ = [
    "PDF",
    "REVIEWER",
    "Applicant",
    "Member",
    "Recovering",
    "Waiting",
    "another",
    "answered",
    "applicant",
    "approved",
    "approved_after_question",
    "asked",
    "drafted",
    "in_review",
    "nurse",
    "quick_policy",
    "recovered",
    "recovering",
    "rejected",
    "signed_in",
    "submitted",
    "ticketed",
    "token_in",
]
