"""Hypothesis walks: whatever happens in whatever order, a registration keeps the promises of its states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from entractes_auth.errors import NotFound, NotPossibleNow
from entractes_auth.records.challenge import Proof
from entractes_auth.records.kinds import State, Step
from entractes_auth.records.registration import Claim, Consent, Document, Note, Registration
from entractes_auth.records.transitions import (
    TRANSITIONS,
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
    apply,
    as_of,
)
from entractes_auth.steps import Contacts, StepData
from entractes_auth.testing.builders import (
    NOW,
    an_id,
    care,
    contacts,
    identity,
    practice,
    proof,
    registration,
)

START = replace(registration(1), documents=())
CONTACTS = st.sampled_from([contacts(n) for n in (1, 2, 3)])
PAGES: st.SearchStrategy[StepData] = st.one_of(
    CONTACTS,
    st.sampled_from([identity(1), identity(2), practice(1), practice(2)]),
    st.sampled_from([care(visit=True), care(visit=False, consultation=True)]),
)
DOCUMENTS = st.sampled_from([Document(an_id("document", n), "image/png", n) for n in (1, 2, 3)])
CHALLENGES = st.sampled_from([an_id("challenge", n) for n in (1, 2, 3)])


def a_proof(page: Contacts, challenge: str) -> Proof:
    return proof(1, address=page.mobile, binding=page.email, challenge_id=challenge)


@cache
def changes(now: datetime) -> st.SearchStrategy[Change]:
    """Any change, sensible or not; proofs are of whatever challenge and contacts."""
    until = st.sampled_from([now + timedelta(days=days) for days in (1, 5, 30)])
    return st.one_of(
        st.builds(StepSaved, PAGES, until, st.sampled_from([None, Consent(NOW, "2026-11")])),
        st.builds(DocumentAttached, DOCUMENTS),
        st.builds(DocumentRemoved, DOCUMENTS.map(lambda document: document.id)),
        st.builds(Submitted, CHALLENGES, until),
        st.builds(ResentTo, CHALLENGES, until),
        st.builds(Amended, until),
        st.builds(Reopened, until),
        st.builds(ContactsProven, st.builds(a_proof, CONTACTS, CHALLENGES)),
        st.builds(Claimed, st.builds(Claim, st.just("r1"), until)),
        st.builds(
            InformationRequested, st.frozensets(st.sampled_from(Step)), st.booleans(), st.just("?"), until
        ),
        st.sampled_from(
            [
                Resubmitted(),
                Released(),
                Noted(Note("r1", NOW, "Vu.")),
                Approved(an_id("account", 1)),
                Rejected("Non."),
                Withdrawn(),
                Expired(),
            ]
        ),
    )


@dataclass(frozen=True)
class Checked:
    """What the operator had before them when they asked: the steps and whether documents were open."""

    record: Registration
    may_change: frozenset[Step]


class Walk(RuleBasedStateMachine):
    """One registration, any changes in any order, time passing between them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.record = START
        self.approvals = 0
        self.seen_by_operator: Checked | None = None

    @rule(data=st.data())
    def anything_happens(self, data: Any) -> None:
        before, change = self.record, data.draw(changes(self.now))
        kept = replace(before)
        try:
            after = apply(before, change, self.now)
        except (NotPossibleNow, NotFound):
            after = before
        else:
            assert after.state is TRANSITIONS[before.state][type(change)]
            self._note(before, change, after)
        assert before == kept
        self.record = after

    @rule(page=CONTACTS, challenge=CHALLENGES)
    @precondition(lambda self: self.record.state in (State.DRAFT, State.NEEDS_INFORMATION))
    def an_applicant_goes_the_straight_way(self, page: Contacts, challenge: str) -> None:
        """So that the walk reaches review often."""
        until = self.now + timedelta(days=9)
        if self.record.state is State.DRAFT:
            self.record = apply(self.record, StepSaved(page, until), self.now)
        stored = self.record.contacts
        assert stored is not None
        self.record = apply(self.record, Submitted(challenge, until), self.now)
        proven = ContactsProven(a_proof(stored, challenge))
        before, self.record = self.record, apply(self.record, proven, self.now)
        self._note(before, proven, self.record)

    @rule(days=st.integers(0, 12))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.record = as_of(self.record, self.now)

    def _note(self, before: Registration, change: Change, after: Registration) -> None:
        if isinstance(change, Approved):
            self.approvals += 1
            assert before.state is State.IN_REVIEW
        if isinstance(change, InformationRequested):
            self.seen_by_operator = Checked(before, change.steps)
        elif after.state is State.IN_REVIEW and before.state is not State.IN_REVIEW:
            self._only_the_flagged_steps_changed(after)

    def _only_the_flagged_steps_changed(self, after: Registration) -> None:
        """The operator who sees it again need look at the flagged steps only."""
        if self.seen_by_operator is not None:
            for step in set(Step) - self.seen_by_operator.may_change:
                assert after.step(step) == self.seen_by_operator.record.step(step)

    @invariant()
    def under_review_and_approved_are_only_proven_contacts(self) -> None:
        if self.record.state in (State.IN_REVIEW, State.APPROVED, State.REJECTED):
            assert self.record.contacts_are_proven

    @invariant()
    def an_account_is_named_exactly_when_a_human_approved_and_at_most_once(self) -> None:
        assert self.approvals == (self.record.state is State.APPROVED) == (self.record.account_id is not None)

    @invariant()
    def a_challenge_is_open_exactly_while_a_proof_is_awaited(self) -> None:
        assert (self.record.challenge_id is not None) == (self.record.state is State.SUBMITTED)

    @invariant()
    def a_time_limit_is_set_exactly_while_the_applicant_is_to_act(self) -> None:
        assert (self.record.expires_at is not None) == (Expired in TRANSITIONS[self.record.state])

    @invariant()
    def a_question_is_open_exactly_while_something_is_flagged(self) -> None:
        asked = bool(self.record.to_redo) or self.record.document_wanted
        if self.record.state in (State.NEEDS_INFORMATION, State.IN_REVIEW, State.APPROVED, State.DRAFT):
            assert asked == (self.record.state is State.NEEDS_INFORMATION)

    @invariant()
    def a_claim_exists_in_review_only(self) -> None:
        if self.record.claim is not None:
            assert self.record.state is State.IN_REVIEW


TestWalk = Walk.TestCase
