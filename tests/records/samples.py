"""One change of each kind, for the tests of the table and of the effects."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from entractes_auth.records.kinds import State, Step
from entractes_auth.records.registration import Claim, Document, Note
from entractes_auth.records.transitions import (
    Amended,
    Approved,
    Change,
    Claimed,
    ContactsProven,
    DocumentAttached,
    DocumentRemoved,
    Expired,
    InformationRequested,
    Noted,
    Rejected,
    Released,
    Reopened,
    ResentTo,
    Resubmitted,
    StepSaved,
    Submitted,
    Withdrawn,
)
from entractes_auth.testing.builders import (
    NOW,
    an_id,
    identity,
    proof,
)

LATER = NOW + timedelta(days=20)
AT = NOW + timedelta(hours=1)
CHANGES: tuple[type[Change], ...] = get_args(Change)
ENDS = (State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED)

EXAMPLES: dict[type[Change], Change] = {
    StepSaved: StepSaved(identity(2), LATER),
    DocumentAttached: DocumentAttached(Document(an_id("document", 2), "image/png", 9)),
    DocumentRemoved: DocumentRemoved(an_id("document", 1)),
    Submitted: Submitted(an_id("challenge", 9), LATER),
    ResentTo: ResentTo(an_id("challenge", 9), LATER),
    Amended: Amended(LATER),
    Reopened: Reopened(LATER),
    Resubmitted: Resubmitted(),
    ContactsProven: ContactsProven(proof(1)),
    Claimed: Claimed(Claim("r1", LATER)),
    Released: Released(),
    Noted: Noted(Note("r1", AT, "Vu.")),
    InformationRequested: InformationRequested(frozenset({Step.CARE}), True, "Quelle adresse ?", LATER),
    Approved: Approved(an_id("account", 1)),
    Rejected: Rejected("Document illisible."),
    Withdrawn: Withdrawn(),
    Expired: Expired(),
}
