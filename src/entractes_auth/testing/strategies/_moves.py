"""How each change that moves a registration comes about: what applicant and reviewer do before it, and the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from entractes_auth.records.challenge import Proof
from entractes_auth.records.kinds import Channel, Kind, Purpose, State, Step
from entractes_auth.records.registration import Claim, Note, Registration
from entractes_auth.records.transitions import (
    DOCUMENT,
    Amended,
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
    ResentTo,
    Resubmitted,
    Submitted,
    Withdrawn,
)
from entractes_auth.steps import Contacts
from entractes_auth.testing.builders import an_id
from entractes_auth.testing.strategies._life import Life, begun
from entractes_auth.testing.strategies._routes import Route

__all__ = ["MAKERS", "live"]

_CLAIM: Final = timedelta(minutes=30)
_WORDS: Final = ("Le document n’est pas lisible.", "Votre nom est-il celui du RPPS ?", "Merci !")


def live(draw: DrawFn, n: int, route: Route, kind: Kind) -> Registration:
    """The registration number `n` after every change of `route`, and what may happen in the state that it came to."""
    life = begun(draw, n, kind)
    for at, change in enumerate(route):
        life.happens(MAKERS[change](life, route[at + 1 :]))
    _lingers(life)
    return life.record


def _lingers(life: Life) -> None:
    """What may happen without a change of state, where it came to its route's end."""
    match life.record.state:
        case State.DRAFT:
            _fills_in(life, most=life.draw(st.integers(0, len(Step))))
        case State.SUBMITTED:
            if life.draw(st.booleans()):
                life.happens(ResentTo(life.new_id("challenge"), life.later))
        case State.IN_REVIEW:
            _is_reviewed(life)
        case State.NEEDS_INFORMATION:
            flagged = [step for step in Step if step in life.record.to_redo]
            for step in flagged[: life.draw(st.integers(0, len(flagged)))]:
                life.fills_in(step)
        case _:
            pass  # it is over


def _is_reviewed(life: Life) -> None:
    """A reviewer takes it, writes something down, and puts it back; or stops before any of these."""
    acts = life.draw(st.integers(0, 3))
    if acts > 0:
        life.happens(Claimed(Claim("reviewer-1", life.now + _CLAIM)))
    if acts > 1:
        life.happens(Noted(Note("reviewer-1", life.now, life.draw(st.sampled_from(_WORDS)))))
    if acts > 2:
        life.happens(Released())


def _fills_in(life: Life, most: int) -> None:
    """The first `most` pages, those that are still empty; a draft with all of them may have a document too."""
    for step in tuple(Step)[:most]:
        if life.record.step(step) is None:
            life.fills_in(step)
    if most == len(Step) and not life.record.documents and life.draw(st.booleans()):
        life.attaches()


def _submitted(life: Life, ahead: Route) -> Submitted:
    if life.record.state is State.DRAFT:
        _fills_in(life, most=len(Step))
        if not life.record.documents:
            life.attaches()
    else:
        _answers(life)
        if life.record.contacts_are_proven:
            _contacts_change(life)
    return Submitted(life.new_id("challenge"), life.later)


def _answers(life: Life) -> None:
    """Everything that the operator flagged is done again."""
    for step in Step:
        if step in life.record.to_redo and step.value not in life.record.answered:
            life.fills_in(step)
    if life.record.document_wanted and DOCUMENT not in life.record.answered:
        life.attaches()


def _contacts_change(life: Life) -> None:
    """To others than those that were proved."""
    page = cast(Contacts, life.record.contacts)
    life.saves(Contacts.model_validate({**dict(page), "email": f"nouveau.{life.n}@example.fr"}))


def _proven(life: Life, ahead: Route) -> ContactsProven:
    page = cast(Contacts, life.record.contacts)
    return ContactsProven(
        Proof(
            challenge_id=cast(str, life.record.challenge_id),
            purpose=Purpose.CONFIRM,
            subject_id=life.record.id,
            binding=page.email,
            channel=Channel.SMS,
            address=page.mobile,
            counter=1,
        )
    )


def _asked(life: Life, ahead: Route) -> InformationRequested:
    """A question; about the contacts too where the route goes on to a new proof of them."""
    _is_reviewed(life)
    steps = frozenset(life.draw(st.sets(st.sampled_from(Step))))
    if Submitted in ahead:
        steps |= {Step.CONTACTS}
    document = not steps or life.draw(st.booleans())
    return InformationRequested(steps, document, life.draw(st.sampled_from(_WORDS)), life.later)


def _resubmitted(life: Life, ahead: Route) -> Resubmitted:
    """Only with the contacts that were proved is there nothing to prove again."""
    _answers(life)
    proven = life.record.proven
    if proven is not None and not life.record.contacts_are_proven:
        page = cast(Contacts, life.record.contacts)
        life.saves(Contacts.model_validate({**dict(page), "mobile": proven.mobile, "email": proven.email}))
    return Resubmitted()


def _gives_up(life: Life, ahead: Route) -> Withdrawn:
    _lingers(life)
    return Withdrawn()


def _runs_out(life: Life, ahead: Route) -> Expired:
    _lingers(life)
    return Expired()


def _approved(life: Life, ahead: Route) -> Approved:
    _is_reviewed(life)
    return Approved(an_id("account", life.n))


def _rejected(life: Life, ahead: Route) -> Rejected:
    _is_reviewed(life)
    return Rejected(life.draw(st.sampled_from(_WORDS)))


MAKERS: Final[Mapping[type[Change], Callable[[Life, Route], Change]]] = {
    Submitted: _submitted,
    ContactsProven: _proven,
    Amended: lambda life, ahead: Amended(life.later),
    Reopened: lambda life, ahead: Reopened(life.later),
    Resubmitted: _resubmitted,
    InformationRequested: _asked,
    Approved: _approved,
    Rejected: _rejected,
    Withdrawn: _gives_up,
    Expired: _runs_out,
}
"""How each change that moves a registration is prepared; a test holds this against the table."""
