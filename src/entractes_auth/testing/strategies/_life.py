"""One registration while it is being lived: each change is applied by the transition table, a minute after the last.

No registration can be drawn that the table does not allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from entractes_auth.records.kinds import Kind, Locale, State, Step
from entractes_auth.records.registration import Consent, Document, Registration
from entractes_auth.records.transitions import (
    Change,
    DocumentAttached,
    DocumentRemoved,
    Expired,
    StepSaved,
    apply,
)
from entractes_auth.steps import Contacts, StepData, parse_step
from entractes_auth.testing.builders import NOW, an_id
from entractes_auth.testing.strategies._judge import with_key
from entractes_auth.testing.strategies.page import Page, pages, practice_pages
from entractes_auth.testing.strategies.phone import a_mobile_of_each_region

__all__ = ["Life", "begun", "draw_page", "plain_page", "ready"]

_A_MINUTE: Final = timedelta(minutes=1)
_LIFETIME: Final = timedelta(days=30)
_MEDIA_TYPES: Final = ("application/pdf", "image/jpeg", "image/png", "image/heic")


@dataclass(slots=True)
class Life:
    """A registration that is being lived: `draw` decides what is open, `n` makes its ids its own."""

    draw: DrawFn
    n: int
    record: Registration
    named: int = 0

    @property
    def now(self) -> datetime:
        """When the next change happens: a minute after the last."""
        return self.record.updated_at + _A_MINUTE

    @property
    def later(self) -> datetime:
        """Until when the applicant may act."""
        return self.now + _LIFETIME

    def happens(self, change: Change) -> None:
        """Apply `change`; what expires does so when its time is over, everything else a minute after the last."""
        over = self.record.expires_at if isinstance(change, Expired) else None
        self.record = apply(self.record, change, over or self.now)

    def new_id(self, kind: str) -> str:
        """An id that no other record has, the same at each run."""
        self.named += 1
        return an_id(f"{kind}/{self.named}", self.n)

    def saves(self, data: StepData) -> None:
        """The applicant saves a page; consent comes with the newsletter's tick."""
        wanted = isinstance(data, Contacts) and data.newsletter
        consent = (self.record.consent or Consent(self.now, "2026-11")) if wanted else None
        self.happens(StepSaved(data, self.later, consent))

    def fills_in(self, step: Step) -> None:
        """The applicant fills a page in and saves it."""
        self.saves(draw_page(self.draw, step, self.record.kind, self.n))

    def attaches(self) -> None:
        """The applicant adds a document, and sometimes takes an earlier one back."""
        media_type, size = self.draw(st.sampled_from(_MEDIA_TYPES)), self.draw(st.integers(400, 10_000_000))
        self.happens(DocumentAttached(Document(self.new_id("document"), media_type, size)))
        if len(self.record.documents) > 1 and self.draw(st.booleans()):
            self.happens(DocumentRemoved(self.record.documents[0].id))


def draw_page(draw: DrawFn, step: Step, kind: Kind, n: int) -> StepData:
    """A page as it is kept: as often as not a plain one, which is quick to make and quick to shrink to.

    Its `repr` hides what it holds, so that a failing example says it in a note.
    """
    typed = draw(_pages(step, kind)) if draw(st.booleans()) else plain_page(step, n)
    note(f"{step.value}: {typed}")
    return parse_step(step, typed)


def plain_page(step: Step, n: int) -> Page:
    """The page of person number `n`, whose number, mobile and mailbox nobody else has."""
    match step:
        case Step.IDENTITY:
            town = {"street": "1 rue de l’Église", "postcode": "75001", "city": "Paris"}
            return {"last_name": "Durand", "first_name": "Zoé", **town}
        case Step.PRACTICE:
            numbers = {"professional_number": with_key(f"10000{n:05}")}
            return {"profession": "TRE_G15-ProfessionSante/60", "networks": ["none"], **numbers}
        case Step.CARE:
            return {"visit": True, "consultation": True}
        case Step.CONTACTS:
            return {"mobile": f"+336123{n:05}", "email": f"marie.{n}@example.fr"}


@cache
def ready() -> None:
    """Load now what the first pages would: phone plans, catalogues, strategies.

    Hypothesis measures each draw, and its health check refuses a strategy of which the first ten are slow.
    """
    for step in Step:
        parse_step(step, plain_page(step, 0))
        for kind in Kind:
            _pages(step, kind).validate()
    for number in a_mobile_of_each_region():
        parse_step(Step.CONTACTS, {"mobile": number, "email": "marie@hôpital.example.fr"})


@cache
def _pages(step: Step, kind: Kind) -> SearchStrategy[Page]:
    return practice_pages(kind) if step is Step.PRACTICE else pages(step)


def begun(draw: DrawFn, n: int, kind: Kind) -> Life:
    """The registration number `n`, which was begun `n` minutes after the builders' own time."""
    at = NOW + n * _A_MINUTE
    record = Registration(
        id=an_id("registration", n),
        version=0,
        state=State.DRAFT,
        kind=kind,
        locale=draw(st.sampled_from(Locale)),
        created_at=at,
        updated_at=at,
        expires_at=at + _LIFETIME,
    )
    return Life(draw, n, record)
