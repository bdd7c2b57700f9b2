"""What each change does to a registration, and which changes do not fit it although its state allows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from entractes_auth.errors import NotFound, NotPossibleNow
from entractes_auth.records.kinds import Purpose, State, Step
from entractes_auth.records.registration import Claim, Consent, Document, Note, Registration
from entractes_auth.records.transitions import (
    DOCUMENT,
    Amended,
    Approved,
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
    back_to_wizard,
    step_of,
)
from entractes_auth.steps import StepData
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
from tests.records.samples import AT, EXAMPLES, LATER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "+33612349999"),
        ("binding", "someone.else@example.fr"),
        ("binding", "ZOE.1@EXAMPLE.FR"),
        ("challenge_id", an_id("challenge", 2)),
        ("purpose", Purpose.LOGIN),
        ("purpose", Purpose.RECOVERY),
    ],
)
def test_a_proof_of_other_contacts_of_another_challenge_or_for_something_else_proves_nothing(
    name: str, value: Any
) -> None:
    submitted = registration(1, State.SUBMITTED)
    with pytest.raises(NotPossibleNow, match="ContactsProven"):
        apply(submitted, ContactsProven(replace(proof(1), **{name: value})), AT)


def test_a_proof_of_the_challenge_before_is_refused_after_a_resend() -> None:
    resent = apply(registration(1, State.SUBMITTED), ResentTo(an_id("challenge", 9), LATER), AT)
    with pytest.raises(NotPossibleNow):
        apply(resent, ContactsProven(proof(1)), AT)
    proven = apply(resent, ContactsProven(proof(1, challenge_id=an_id("challenge", 9))), AT)
    assert proven.state is State.IN_REVIEW


def test_the_proof_is_written_down_and_closes_the_challenge() -> None:
    proven = apply(registration(1, State.SUBMITTED), ContactsProven(proof(1)), AT)
    page = contacts(1)
    assert proven.proven is not None
    assert (proven.proven.mobile, proven.proven.email, proven.proven.at) == (page.mobile, page.email, AT)
    assert proven.contacts_are_proven
    assert (proven.challenge_id, proven.expires_at, proven.claim) == (None, None, None)


@pytest.mark.parametrize("changed", [{"mobile": "+33612340009"}, {"email": "other@example.fr"}])
def test_contacts_that_changed_since_the_proof_are_not_proven_and_must_be_proved_again(
    changed: dict[str, str],
) -> None:
    asked = asked_for({Step.CONTACTS})
    assert apply(asked, Resubmitted(), AT).state is State.IN_REVIEW
    moved = apply(asked, StepSaved(contacts(1, **changed), LATER), AT)
    assert not moved.contacts_are_proven
    with pytest.raises(NotPossibleNow, match="Resubmitted"):
        apply(moved, Resubmitted(), AT)
    assert apply(moved, EXAMPLES[Submitted], AT).state is State.SUBMITTED


# ---------------------------------------------------------------- the operator's question


def asked_for(steps: set[Step], *, document: bool = False) -> Registration:
    question = InformationRequested(frozenset(steps), document, "Quelle adresse ?", LATER)
    return apply(registration(1, State.IN_REVIEW), question, AT)


PAGES: dict[Step, Callable[[], StepData]] = {
    Step.IDENTITY: lambda: identity(3),
    Step.PRACTICE: lambda: practice(3),
    Step.CARE: lambda: care(visit=False, consultation=True),
    Step.CONTACTS: lambda: contacts(3),
}


@pytest.mark.parametrize("flagged", Step)
@pytest.mark.parametrize("saved", Step)
def test_a_question_opens_the_flagged_steps_and_no_other(flagged: Step, saved: Step) -> None:
    asked, page = asked_for({flagged}), PAGES[saved]()
    if saved is not flagged:
        with pytest.raises(NotPossibleNow, match="StepSaved"):
            apply(asked, StepSaved(page, LATER), AT)
        return
    answered = apply(asked, StepSaved(page, LATER), AT)
    assert answered.step(flagged) == page
    assert answered.answered == {flagged.value}
    for other in set(Step) - {flagged}:
        assert answered.step(other) == asked.step(other)


def test_documents_open_only_when_one_is_wanted() -> None:
    for kind in (DocumentAttached, DocumentRemoved):
        with pytest.raises(NotPossibleNow):
            apply(asked_for({Step.CARE}), EXAMPLES[kind], AT)
        assert apply(asked_for(set(), document=True), EXAMPLES[kind], AT).state is State.NEEDS_INFORMATION


def test_a_question_that_opens_nothing_cannot_be_asked() -> None:
    with pytest.raises(NotPossibleNow, match="InformationRequested"):
        asked_for(set())


def test_going_back_after_an_answer_leads_to_the_question_and_not_to_a_draft() -> None:
    """In a draft every step is open: one that the operator had checked could be changed unseen."""
    submitted = apply(asked_for({Step.CONTACTS}), EXAMPLES[Submitted], AT)
    with pytest.raises(NotPossibleNow, match="Amended"):
        apply(submitted, Amended(LATER), AT)
    back = apply(submitted, back_to_wizard(submitted, LATER), AT)
    assert (back.state, back.question) == (State.NEEDS_INFORMATION, "Quelle adresse ?")
    assert (back.challenge_id, back.expires_at) == (None, LATER)
    with pytest.raises(NotPossibleNow, match="StepSaved"):
        apply(back, StepSaved(identity(3), LATER), AT)


def test_going_back_from_a_first_submission_leads_to_the_draft() -> None:
    submitted = registration(1, State.SUBMITTED)
    with pytest.raises(NotPossibleNow, match="Reopened"):
        apply(submitted, Reopened(LATER), AT)
    back = apply(submitted, back_to_wizard(submitted, LATER), AT)
    assert (back.state, back.challenge_id, back.expires_at) == (State.DRAFT, None, LATER)


@pytest.mark.parametrize("way", ["resubmitted", "proved again"])
def test_back_in_review_the_question_is_answered_and_forgotten(way: str) -> None:
    asked = apply(asked_for({Step.CARE}, document=True), StepSaved(care(visit=True), LATER), AT)
    if way == "resubmitted":
        answered = apply(asked, Resubmitted(), AT)
    else:
        submitted = apply(asked, EXAMPLES[Submitted], AT)
        answered = apply(submitted, ContactsProven(proof(1, challenge_id=an_id("challenge", 9))), AT)
    assert answered.state is State.IN_REVIEW
    assert (answered.to_redo, answered.document_wanted) == (frozenset(), False)
    assert (answered.answered, answered.question) == (frozenset(), "")


def test_a_second_question_starts_with_no_answers() -> None:
    answered = apply(asked_for({Step.CARE}), StepSaved(care(), LATER), AT)
    again = apply(apply(answered, Resubmitted(), AT), EXAMPLES[InformationRequested], AT)
    assert again.answered == frozenset()


def attach(record: Registration, n: int) -> Registration:
    return apply(record, DocumentAttached(Document(an_id("document", n), "image/png", 9)), AT)


def remove(record: Registration, n: int) -> Registration:
    return apply(record, DocumentRemoved(an_id("document", n)), AT)


def test_a_document_that_was_added_and_taken_back_answers_nothing() -> None:
    asked = asked_for(set(), document=True)
    assert DOCUMENT in attach(asked, 2).answered
    assert DOCUMENT not in remove(attach(asked, 2), 2).answered
    assert DOCUMENT not in remove(remove(attach(attach(asked, 2), 3), 2), 3).answered
    assert DOCUMENT not in remove(remove(attach(attach(asked, 2), 3), 3), 2).answered


def test_a_new_document_in_place_of_the_old_one_answers() -> None:
    asked = asked_for(set(), document=True)
    replaced = remove(attach(asked, 2), 1)
    assert [document.id for document in replaced.documents] == [an_id("document", 2)]
    assert DOCUMENT in replaced.answered


# ---------------------------------------------------------------- steps, documents, decisions


@pytest.mark.parametrize("step", Step)
def test_a_saved_step_replaces_itself_and_prolongs_the_draft(step: Step) -> None:
    before, page = registration(), PAGES[step]()
    after = apply(before, StepSaved(page, LATER), AT)
    assert after.step(step) == page
    assert step_of(page) is step
    assert after.expires_at == LATER
    for other in set(Step) - {step}:
        assert after.step(other) == before.step(other)


def test_consent_comes_and_goes_with_the_contacts_alone() -> None:
    given = Consent(NOW, "2026-11")
    agreed = apply(registration(), StepSaved(contacts(), LATER, given), AT)
    assert apply(agreed, StepSaved(care(), LATER), AT).consent == given
    assert apply(agreed, StepSaved(contacts(newsletter=False), LATER), AT).consent is None


def test_documents_come_and_go_by_their_id() -> None:
    two = attach(registration(), 2)
    assert [document.id for document in two.documents] == [an_id("document", 1), an_id("document", 2)]
    assert [document.id for document in remove(two, 1).documents] == [an_id("document", 2)]
    with pytest.raises(NotFound):
        remove(two, 3)


def test_a_claim_is_taken_prolonged_and_put_back_and_ends_with_the_decision() -> None:
    claimed = apply(registration(1, State.IN_REVIEW), Claimed(Claim("r1", LATER)), AT)
    assert claimed.claim == Claim("r1", LATER)
    assert apply(claimed, Released(), AT).claim is None
    for kind in (InformationRequested, Approved, Rejected, Withdrawn):
        assert apply(claimed, EXAMPLES[kind], AT).claim is None


def test_notes_are_added_and_never_lost() -> None:
    first, second = Note("r1", AT, "Vu."), Note("r2", AT, "Revu.")
    noted = apply(apply(registration(1, State.IN_REVIEW), Noted(first), AT), Noted(second), AT)
    assert apply(noted, EXAMPLES[InformationRequested], AT).notes == (first, second)


def test_a_decision_keeps_what_it_decided() -> None:
    assert registration(1, State.APPROVED).account_id == an_id("account", 1)
    assert registration(1, State.REJECTED).question == "Le document n’est pas lisible."


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.NEEDS_INFORMATION])
def test_giving_up_and_running_out_of_time_leave_no_document(state: State) -> None:
    for change in (Withdrawn(), Expired()):
        ended = apply(registration(1, state), change, AT)
        assert ended.documents == ()
        assert (ended.challenge_id, ended.expires_at) == (None, None)
