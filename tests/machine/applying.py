"""What an applicant does, and what must come of it."""

from __future__ import annotations

from functools import partial

from entractes_auth.errors import CodeRefused, InvalidInput, LinkRefused, NotFound
from entractes_auth.flows import confirmation, outbox, registration
from entractes_auth.records.kinds import Kind, Purpose, State, Step
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import as_of
from tests.machine.people import (
    A_MOMENT,
    Person,
    Typed,
    Upload,
    check_judgement,
    code_for,
    foresee,
    page,
    sent_tokens,
)
from tests.machine.post import opened
from tests.machine.town import Outcome, Plan, Town, text_of
from tests.machine.world import KEYS

__all__ = [
    "amends",
    "attaches",
    "begins",
    "comes_back",
    "confirms",
    "detaches",
    "mistypes",
    "resends",
    "restarts",
    "saves",
    "submits",
    "withdraws",
]


def begins(town: Town, number: int, kind: Kind, crash: Plan | None = None) -> Person | None:
    """Begin an empty registration; None when the link was never shown."""
    draft = town.run(lambda: registration.begin(kind), crash=crash).value
    if draft is None:
        return None
    assert town.now.registrations[draft.id].state is State.DRAFT
    town.remember(draft.link.reveal())
    return Person(number, kind, draft.id, draft.link)


def saves(town: Town, person: Person, step: Step, variant: int, crash: Plan | None = None) -> None:
    """Fill in one page, for the first time or again."""
    data, before = page(step, person.number, variant), person.registration(town)
    outcome = town.run(lambda: registration.save(person.link, data), about=person.id, crash=crash)
    after = person.registration(town)
    for other in Step:
        if other is not step:
            assert after.step(other) == before.step(other), "another page than the saved one changed"
    assert after.step(step) in (before.step(step), data)
    if outcome.value is not None:
        assert after.step(step) == data, "an acknowledged page is not stored"


def attaches(town: Town, person: Person, upload: Upload = Upload.GOOD, crash: Plan | None = None) -> None:
    """Upload a document, in two pieces."""
    before = person.registration(town).documents
    pieces = upload.value[:7], upload.value[7:]
    outcome = town.run(lambda: registration.attach(person.link, list(pieces)), about=person.id, crash=crash)
    after = person.registration(town).documents
    assert after[: len(before)] == before, "a document that was there is gone"
    if outcome.value is not None:
        assert outcome.value.documents == after
        (added,) = after[len(before) :]
        assert all(world.documents.read(added.id) == upload.value for world in town.worlds)


def detaches(town: Town, person: Person, place: int, crash: Plan | None = None) -> None:
    """Take a document back, or one that was never there."""
    documents = person.registration(town).documents
    document_id = documents[place].id if place < len(documents) else "0" * 32
    outcome = town.run(lambda: registration.detach(person.link, document_id), about=person.id, crash=crash)
    after = person.registration(town).documents
    kept = tuple(document for document in documents if document.id != document_id)
    assert after == kept if outcome.value is not None else after in (documents, kept)
    if outcome.value is not None:
        assert _is_gone(town, document_id)


def _is_gone(town: Town, document_id: str) -> bool:
    """True when no world can read it any more."""
    for world in town.worlds:
        try:
            world.documents.read(document_id)
        except NotFound:
            continue
        return False
    return True


def comes_back(town: Town, person: Person, crash: Plan | None = None) -> None:
    """The own link opens, always; what is no link to the page of the code never opens that."""
    assert town.run(lambda: registration.resume(person.link)).value is not None
    for wrong in (person.link, "k1.0", person.link.reveal()[:-1]):
        assert town.run(partial(confirmation.open, wrong), crash=crash).value is None


def submits(town: Town, person: Person, crash: Plan | None = None) -> None:
    """Hand it in."""
    outcome = town.run(lambda: registration.submit(person.link), about=person.id, crash=crash)
    if outcome.value is not None:
        assert person.registration(town).state in {State.SUBMITTED, State.IN_REVIEW}
        assert outcome.value.state is person.registration(town).state


def amends(town: Town, person: Person, crash: Plan | None = None) -> None:
    """Go back to the wizard: the link and the code that were sent are worth nothing any more."""
    challenge_id = person.registration(town).challenge_id
    outcome = town.run(lambda: registration.amend(person.link), about=person.id, crash=crash)
    if outcome.value is not None:
        assert challenge_id not in town.now.challenges


def withdraws(town: Town, person: Person, crash: Plan | None = None) -> None:
    """Give up."""
    documents = person.registration(town).documents
    outcome = town.run(lambda: registration.withdraw(person.link), about=person.id, crash=crash)
    if outcome.value is not None:
        assert person.registration(town).state is State.WITHDRAWN
        assert all(_is_gone(town, document.id) for document in documents)


def restarts(town: Town, person: Person, crash: Plan | None = None) -> None:
    """Ask for a new link and a new code: the ones of before are worth nothing any more."""
    challenge_id = person.registration(town).challenge_id
    outcome = town.run(lambda: confirmation.restart(person.link), about=person.id, crash=crash)
    if outcome.value is not None:
        assert challenge_id not in town.now.challenges


def resends(
    town: Town, person: Person, age: int = 0, patient: bool = True, crash: Plan | None = None
) -> None:
    """Ask for another code on the page of a link that came (`age` links ago), after half a minute if patient."""
    town.pass_time(A_MOMENT * patient)
    token = _link(town, person, age)
    outcome = town.run(lambda: confirmation.resend(token), crash=crash)
    if outcome.value is not None:
        assert outcome.value == town.run(lambda: confirmation.open(token)).value


def confirms(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, age: int = 0, crash: Plan | None = None
) -> Outcome[confirmation.UnderReview]:
    """Type a code on the page of a link that came (`age` links ago)."""
    token = _link(town, person, age)
    challenge_id = opened(token, Purpose.CONFIRM, KEYS)
    code = code_for(town, challenge_id, typed)
    if typed not in {Typed.SPACED, Typed.MALFORMED}:
        town.remember(code)
    town.told.codes.add((challenge_id, "".join(code.split())))
    fits = _waits_for(town, person.registration(town), challenge_id)
    foreseen = foresee(town, challenge_id, code, subject_fits=fits)
    judged = town.worlds[0].witness.judged[challenge_id]
    outcome = town.run(lambda: confirmation.confirm(token, code=code), about=person.id, crash=crash)
    check_judgement(town, foreseen, outcome, judged)
    if isinstance(outcome.error, InvalidInput):
        assert town.worlds[0].witness.judged[challenge_id] == judged, "a slip of the hand cost an attempt"
    if not challenge_id and typed is not Typed.MALFORMED:
        assert isinstance(outcome.error, (LinkRefused, CodeRefused)) or outcome.crashed
    if outcome.value is not None:
        assert person.registration(town).state is State.IN_REVIEW
    return outcome


def mistypes(
    town: Town, person: Person, typed: Typed = Typed.NEWEST, place: int = 0, crash: Plan | None = None
) -> None:
    """A wrong code, another code asked for, and that one typed, more or less well; one of the three may crash."""
    crashes = [crash if place == step else None for step in range(3)]
    confirms(town, person, Typed.WRONG, crash=crashes[0])
    resends(town, person, crash=crashes[1])
    town.run(lambda: outbox.deliver())
    confirms(town, person, typed, crash=crashes[2])


def _waits_for(town: Town, stored: Registration, challenge_id: str) -> bool:
    seen = as_of(stored, town.now.at)
    return seen.state is State.SUBMITTED and seen.challenge_id == challenge_id


def _link(town: Town, person: Person, age: int) -> str:
    """A link that was delivered; where none was, the applicant's own, which is of another purpose."""
    tokens = sent_tokens(town, Purpose.CONFIRM, person.id)
    return tokens[-1 - age] if age < len(tokens) else text_of(person.link)
