"""What reviewers do, and what must come of it."""

from __future__ import annotations

from functools import partial
from typing import Final

from entractes_auth.errors import Taken
from entractes_auth.flows import review
from entractes_auth.flows.review import Reviewer
from entractes_auth.records.event import What
from entractes_auth.records.kinds import State, Step
from entractes_auth.records.registration import Registration
from tests.machine.people import Person
from tests.machine.town import Outcome, Plan, Town

__all__ = [
    "REVIEWERS",
    "approves",
    "asks",
    "claims",
    "finds_dead_letters",
    "looks",
    "notes",
    "rejects",
    "releases",
]

REVIEWERS: Final = (Reviewer("r1", "Dominique"), Reviewer("r2", "Claude"))


def claims(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> None:
    """Take a registration."""
    outcome = town.run(lambda: review.claim(who, person.id), about=person.id, crash=crash)
    if outcome.value is not None:
        claim = person.registration(town).claim
        assert claim is not None
        assert claim.reviewer_id == who.id
        _check_acted(town, outcome, who, person)


def releases(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> None:
    """Put it back."""
    before = person.registration(town)
    outcome = town.run(lambda: review.release(who, person.id), about=person.id, crash=crash)
    _check_claim(town, before, outcome, who)


def notes(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> None:
    """Write something down."""
    before = person.registration(town).notes
    outcome = town.run(lambda: review.note(who, person.id, text="À rappeler."), about=person.id, crash=crash)
    after = person.registration(town).notes
    assert after[: len(before)] == before, "a note is gone"
    assert outcome.value is None or len(after) == len(before) + 1


def rejects(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> None:
    """Reject."""
    before = person.registration(town)
    outcome = town.run(
        lambda: review.reject(who, person.id, reason="Le document n’est pas lisible."),
        about=person.id,
        crash=crash,
    )
    _check_claim(town, before, outcome, who)
    assert outcome.value is None or person.registration(town).state is State.REJECTED


def asks(
    town: Town,
    who: Reviewer,
    person: Person,
    steps: frozenset[Step],
    document: bool,
    crash: Plan | None = None,
) -> None:
    """Ask for more."""
    before = person.registration(town)
    outcome = town.run(
        lambda: review.ask(who, person.id, question="Lequel ?", steps=steps, document=document),
        about=person.id,
        crash=crash,
    )
    _check_claim(town, before, outcome, who)
    assert outcome.value is None or person.registration(town).to_redo == steps


def approves(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> Outcome[review.Issued]:
    """Approve: one account comes to be, or none."""
    before = person.registration(town)
    town.told.approvals.add((who.id, person.id))
    emails = {account.email for account in town.now.accounts.values()}
    outcome = town.run(lambda: review.approve(who, person.id), about=person.id, crash=crash)
    _check_claim(town, before, outcome, who)
    if outcome.value is not None:
        assert before.state is State.IN_REVIEW
        assert town.now.accounts[outcome.value.account_id].identifier == outcome.value.identifier
    if isinstance(outcome.error, Taken):
        assert outcome.error.field == "email"
        assert before.contacts is not None
        assert before.contacts.email in emails
    return outcome


def looks(town: Town, who: Reviewer, person: Person, crash: Plan | None = None) -> None:
    """Look at the queue, the dossier and each document: who looked is written down before anything is shown."""
    queue = town.run(lambda: review.queue(who), crash=crash).value
    waiting = {r.id for r in town.now.registrations.values() if r.state is State.IN_REVIEW}
    assert queue is None or {r.id for r in queue.rows} == waiting
    dossier = town.run(lambda: review.read(who, person.id)).value
    assert dossier is not None
    for document in person.registration(town).documents:
        seen = town.now.events_of(What.DOCUMENT_SEEN, person.id)
        shown = town.run(partial(review.document, who, person.id, document.id), crash=crash).value
        assert shown is None or len(town.now.events_of(What.DOCUMENT_SEEN, person.id)) == len(seen) + 1


def finds_dead_letters(town: Town) -> set[str]:
    """Turn all the pages of the dead letters."""
    found: set[str] = set()
    after: str | None = None
    while True:
        page = town.run(partial(review.dead_letters, REVIEWERS[0], after=after, limit=7)).value
        assert page is not None
        found |= {stored.message.id for stored in page.rows}
        if page.next is None:
            return found
        after = page.next


def _check_claim(town: Town, before: Registration, outcome: Outcome[object], who: Reviewer) -> None:
    """A claim of another reviewer holds until it ends."""
    claim = before.claim
    if claim is not None and claim.reviewer_id != who.id and claim.until > town.now.at:
        assert outcome.value is None, "another reviewer's claim was ignored"
        assert town.now.registrations[before.id] == before


def _check_acted(town: Town, outcome: Outcome[object], who: Reviewer, person: Person) -> None:
    actors = {event.actor_id for event in town.now.events_of(What.CLAIMED, person.id)}
    assert outcome.value is None or who.id in actors
