"""The table is the rule: what it does not hold raises and changes nothing, and what it holds keeps every promise."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest

from entractes_auth.errors import NotPossibleNow
from entractes_auth.records.kinds import State, Step
from entractes_auth.records.transitions import (
    TRANSITIONS,
    Approved,
    Change,
    Claimed,
    ContactsProven,
    Expired,
    InformationRequested,
    Noted,
    Rejected,
    Released,
    Reopened,
    Resubmitted,
    apply,
    as_of,
    without_documents,
)
from entractes_auth.testing.builders import (
    NOW,
    registration,
)
from tests.records.samples import AT, CHANGES, ENDS, EXAMPLES


def test_every_change_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(CHANGES)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_moves_as_the_table_says_or_raises_and_changes_nothing(
    state: State, kind: type[Change]
) -> None:
    before = registration(1, state)
    if kind is Reopened:
        before = replace(before, to_redo=frozenset({Step.CARE}))
    kept = replace(before)
    target = TRANSITIONS[state].get(kind)
    if target is None:
        with pytest.raises(NotPossibleNow) as caught:
            apply(before, EXAMPLES[kind], AT)
        assert (caught.value.state, caught.value.step) == (state.value, kind.__name__)
    else:
        after = apply(before, EXAMPLES[kind], AT)
        assert (after.state, after.updated_at, after.version) == (target, AT, before.version)
    assert before == kept


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, frontier = {State.DRAFT}, [State.DRAFT]
    while frontier:
        new = set(TRANSITIONS[frontier.pop()].values()) - reached
        reached |= new
        frontier += new
    assert reached == set(State) == set(TRANSITIONS)


def test_each_change_stands_somewhere_in_the_table() -> None:
    assert {kind for row in TRANSITIONS.values() for kind in row} == set(CHANGES)


@pytest.mark.parametrize("end", ENDS)
def test_from_an_end_nothing_leads_on(end: State) -> None:
    assert not TRANSITIONS[end]


def test_only_an_approval_of_a_reviewed_registration_leads_to_approved() -> None:
    ways = [
        (source, kind) for source, row in TRANSITIONS.items() for kind in row if row[kind] is State.APPROVED
    ]
    assert ways == [(State.IN_REVIEW, Approved)]


def test_reviewers_act_on_what_is_in_review_only() -> None:
    for kind in (Claimed, Released, Noted, InformationRequested, Approved, Rejected):
        assert [state for state in State if kind in TRANSITIONS[state]] == [State.IN_REVIEW]


def test_into_review_lead_only_a_proof_and_an_answer_with_proven_contacts() -> None:
    ways = {
        kind
        for source, row in TRANSITIONS.items()
        for kind, target in row.items()
        if target is State.IN_REVIEW and source is not State.IN_REVIEW
    }
    assert ways == {ContactsProven, Resubmitted}


def test_a_registration_is_a_value() -> None:
    with pytest.raises(FrozenInstanceError):
        registration().state = State.APPROVED  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("state", State)
def test_past_its_time_a_registration_is_expired_at_the_very_instant_and_not_before(state: State) -> None:
    record = registration(1, state)
    instant = timedelta(microseconds=1)
    if record.expires_at is None:
        assert as_of(record, NOW + timedelta(days=10_000)) is record
        return
    assert as_of(record, record.expires_at - instant) is record
    for now in (record.expires_at, record.expires_at + instant):
        assert as_of(record, now).state is State.EXPIRED


def test_exactly_the_states_that_may_expire_have_a_time_limit() -> None:
    """So `as_of` never meets a record that the table would not let expire."""
    limited = {state for state in State if registration(1, state).expires_at is not None}
    assert limited == {state for state in State if Expired in TRANSITIONS[state]}


@pytest.mark.parametrize("state", State)
def test_documents_go_from_what_was_decided_and_nothing_else_changes(state: State) -> None:
    """Not even `updated_at`: when it was decided is what every other period counts from."""
    record = registration(1, state)
    if state in (State.APPROVED, State.REJECTED):
        assert record.documents
        assert without_documents(record) == replace(record, documents=())
        return
    with pytest.raises(NotPossibleNow) as caught:
        without_documents(record)
    assert caught.value.state == state.value
