"""Registrations and accounts of the kit: any state, only by the table's ways, and good enough for the flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entractes_auth.backends.batch import Batch
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.flows.progress import open_steps, progress, still_missing
from entractes_auth.policy import Policy
from entractes_auth.records.account import Account
from entractes_auth.records.kinds import AccountState, Kind, Locale, State, Step
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import TRANSITIONS, Expired, as_of
from entractes_auth.steps import check_step
from entractes_auth.testing import World, scenario
from entractes_auth.testing import strategies as fr
from entractes_auth.testing.strategies._moves import MAKERS
from entractes_auth.testing.strategies._routes import routes
from tests.testing.drawing import found, sample, simplest

states = pytest.mark.parametrize("state", State)
COMPLETE = set(State) - {State.DRAFT, State.WITHDRAWN, State.EXPIRED}


# ---------------------------------------------------------------- the ways


@states
def test_every_way_to_a_state_is_one_of_the_table(state: State) -> None:
    for route in routes(state):
        stands = State.DRAFT
        for change in route:
            stands = TRANSITIONS[stands][change]
        assert stands is state


def test_every_line_of_the_table_that_moves_a_registration_is_on_some_way() -> None:
    moves = {
        (state, change)
        for state, changes in TRANSITIONS.items()
        for change, to in changes.items()
        if to is not state
    }
    taken = set[tuple[State, type]]()
    for target in State:
        for route in routes(target):
            stands = State.DRAFT
            for change in route:
                taken.add((stands, change))
                stands = TRANSITIONS[stands][change]
    assert taken == moves
    assert set(MAKERS) == {change for _, change in moves}


# ---------------------------------------------------------------- registrations


@states
@settings(max_examples=40)
@given(data=st.data())
def test_a_registration_of_a_state_keeps_the_promises_of_that_state(
    state: State, data: st.DataObject
) -> None:
    """Those that walks over the table prove of every registration."""
    record = data.draw(fr.registrations(states=[state]))
    asked = bool(record.to_redo) or record.document_wanted
    assert record.state is state
    assert record.contacts_are_proven or state not in {State.IN_REVIEW, State.APPROVED, State.REJECTED}
    assert (record.account_id is not None) == (state is State.APPROVED)
    assert (record.challenge_id is not None) == (state is State.SUBMITTED)
    assert (record.expires_at is not None) == (Expired in TRANSITIONS[state])
    assert record.claim is None or state is State.IN_REVIEW
    assert asked or state is not State.NEEDS_INFORMATION
    assert record.created_at <= record.updated_at
    assert record.expires_at is None or record.updated_at < record.expires_at
    assert as_of(record, record.updated_at) == record


@settings(max_examples=60)
@given(fr.registrations())
def test_a_registration_is_good_for_the_default_policy(record: Registration) -> None:
    for step in Step:
        page = record.step(step)
        if page is not None:
            check_step(page, Policy(), record.kind)
    if record.state in COMPLETE - {State.NEEDS_INFORMATION}:
        assert still_missing(replace(record, document_wanted=False), Policy()) == ()
    if record.state is State.DRAFT:
        filled = [step for step in Step if record.step(step) is not None]
        assert set(filled) <= set(open_steps(record))
    newsletter = record.contacts is not None and record.contacts.newsletter
    assert (record.consent is not None) == newsletter


@settings(max_examples=40)
@given(fr.registrations())
def test_a_registration_can_be_stored_and_shown(record: Registration) -> None:
    store = MemoryStore()
    store.commit(Batch(at=record.updated_at, registrations=(record,)))
    back = store.registration(record.id)
    assert back == replace(record, version=1)
    assert progress(record, Policy()).registration_id == record.id


def test_registrations_are_in_every_state_and_of_every_kind_and_language() -> None:
    records = sample(fr.registrations(), 800)
    assert {record.state for record in records} == set(State)
    assert {record.kind for record in records} == set(Kind)
    assert {record.locale for record in records} == set(Locale)


@given(fr.registrations(states=[State.DRAFT, State.REJECTED], kinds=[Kind.SOCIAL_CARE]))
def test_registrations_are_of_the_states_and_kinds_that_were_asked_for(record: Registration) -> None:
    assert record.state in (State.DRAFT, State.REJECTED)
    assert record.kind is Kind.SOCIAL_CARE


RARE: dict[str, Callable[[Registration], object]] = {
    "an answered question": lambda record: record.state is State.NEEDS_INFORMATION and record.answered,
    "contacts that changed since their proof": lambda record: (
        record.proven is not None and not record.contacts_are_proven
    ),
    "a reviewer's claim": lambda record: record.claim is not None,
    "a note": lambda record: bool(record.notes),
    "a consent": lambda record: record.consent is not None,
    "two documents": lambda record: len(record.documents) > 1,
}


@pytest.mark.parametrize("what", RARE)
def test_what_is_rare_is_found(what: str) -> None:
    assert found(fr.registrations(), RARE[what])


@given(st.lists(fr.registrations(states=[State.DRAFT]), max_size=4, unique_by=lambda record: record.id))
def test_registrations_of_different_ids_share_nothing_that_is_unique(records: list[Registration]) -> None:
    documents = [document.id for record in records for document in record.documents]
    assert len(set(documents)) == len(documents)
    assert len({record.created_at for record in records}) == len(records)


# ---------------------------------------------------------------- accounts


@settings(max_examples=40)
@given(fr.members())
def test_an_account_is_that_of_its_registration(member: tuple[Registration, Account]) -> None:
    registration, account = member
    identity, contacts = registration.identity, registration.contacts
    assert identity is not None
    assert contacts is not None
    assert (account.id, account.registration_id) == (registration.account_id, registration.id)
    assert (account.last_name, account.first_name) == (identity.last_name, identity.first_name)
    assert (account.mobile, account.email) == (contacts.mobile, contacts.email)
    assert (account.kind, account.locale) == (registration.kind, registration.locale)
    store = MemoryStore()
    store.commit(Batch(at=account.created_at, registrations=(registration,), accounts=(account,)))
    assert store.account(account.id) == replace(account, version=1)


def test_accounts_are_active_and_suspended() -> None:
    assert {account.state for account in sample(fr.accounts(), 40)} == set(AccountState)


# ---------------------------------------------------------------- applicants


@settings(max_examples=25)
@given(fr.applicants())
def test_an_applicant_goes_the_whole_way_to_an_account(applicant: scenario.Applicant) -> None:
    """Through the flows, with the default policy's own rules but for what makes tests slow."""
    world = World()
    member = world.auth.run(scenario.approved(world.messenger, applicant))
    world.auth.run(scenario.signed_in(world.messenger, member))


# ---------------------------------------------------------------- what one reads


def test_the_simplest_registration_is_a_draft_with_nothing_in_it() -> None:
    record = simplest(fr.registrations())
    assert record.state is State.DRAFT
    assert [record.step(step) for step in Step] == [None] * 4
    assert (record.documents, record.consent, record.kind) == ((), None, Kind.PROFESSIONAL)


def test_the_simplest_registration_in_review_came_there_straight() -> None:
    record = simplest(fr.registrations(states=[State.IN_REVIEW]))
    assert (record.claim, record.notes, record.question) == (None, (), "")
    assert record.identity is not None
    assert record.identity.last_name == "Durand"
    assert len(record.documents) == 1
