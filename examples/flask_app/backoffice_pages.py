"""What the operators' pages show. No view here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Response, url_for

from entractes_auth.backends.batch import Page, StoredMessage
from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.flows.review import Dossier
from entractes_auth.numbers import sentence
from entractes_auth.records.event import Event
from entractes_auth.records.kinds import Channel, Kind, State, Step
from entractes_auth.records.registration import Document, Registration
from examples.flask_app import facts
from examples.flask_app.forms import Form, Line
from examples.flask_app.host import host
from examples.flask_app.queue_filters import Filters
from examples.flask_app.rendering import render, say, when
from examples.flask_app.sessions import locale
from examples.pages.strings import TEXTS

__all__ = [
    "DOCUMENT",
    "document_headers",
    "show_dead_letters",
    "show_queue",
    "show_registration",
    "taken",
]

DOCUMENT: Final = "document"
"""The box that asks for another document, beside those of the steps."""

_LOOKS: Final[Mapping[State, str]] = {
    State.IN_REVIEW: "wait",
    State.NEEDS_INFORMATION: "wait",
    State.APPROVED: "success",
    State.REJECTED: "error",
}
_IMAGES: Final = frozenset({"image/jpeg", "image/png"})
_PDF: Final = "application/pdf"


def show_queue(page: Page[Registration], filters: Filters) -> Response:
    """One page of the queue."""
    after = {"after": page.next} if page.next else {}
    more = f"{url_for('backoffice.queue')}?{urlencode({**filters.query, **after})}" if after else ""
    return render(
        "office_queue.html",
        form=Form(values=filters.query),
        rows=[_row(one) for one in page.rows],
        states=[
            (state.value, say(f"state.{state.value}")) for state in State if state is not State.IN_REVIEW
        ],
        kinds=[(kind.value, say(f"kind.{kind.value}")) for kind in Kind],
        next=more,
    )


def show_registration(dossier: Dossier, form: Form, *, opened: str) -> Response:
    """One registration, with its findings, documents and history."""
    record = dossier.registration
    holder = _holder(record)
    return render(
        "office_registration.html",
        422 if form.summary else 200,
        form=form,
        registration=record,
        name=_name(record),
        state_look=_LOOKS.get(record.state, ""),
        claim=_claim(record),
        claimed=holder == host().desk.reviewer.id,
        claimed_by_other=holder not in {"", host().desk.reviewer.id},
        findings=[(one.severity, sentence(one, locale().value)) for one in dossier.findings],
        parts=_parts(record),
        documents=[_document(number, one) for number, one in enumerate(record.documents, 1)],
        notes=[{"at": when(one.at), "by": _who(one.reviewer_id), "text": one.text} for one in record.notes],
        events=[_event(one) for one in dossier.events],
        steps=[
            *((step.value, say(f"step.{step.value}"), "") for step in Step),
            (DOCUMENT, say("step.document"), ""),
        ],
        opened=opened,
    )


def show_dead_letters(page: Page[StoredMessage]) -> Response:
    """One page of the outbox's dead letters."""
    more = f"{url_for('backoffice.dead_letters')}?{urlencode({'after': page.next})}" if page.next else ""
    return render("office_dead_letters.html", rows=[_letter(one) for one in page.rows], next=more)


def document_headers(document: Document) -> dict[str, str]:
    """A stranger made this file: it is shown as the type that its content has, and may do nothing.

    Images and PDF are shown in place; HEIC, which few browsers show, is downloaded. The name is ours.
    """
    shown = document.media_type in _IMAGES or document.media_type == _PDF
    name = f"document.{facts.document_kind(document.media_type).lower()}"
    return {
        "Content-Type": document.media_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cache-Control": "no-store",
    }


def taken() -> Line:
    """Told to the operator only: the applicant never learns that an address is in use."""
    return Line("", say("office.taken"))


def _row(record: Registration) -> dict[str, str]:
    return {
        "id": record.id,
        "name": _name(record),
        "organisation": record.identity.organisation if record.identity else "",
        "kind": record.kind.value,
        "state": record.state.value,
        "state_look": _LOOKS.get(record.state, ""),
        "since": when(record.submitted_at or record.created_at),
        "claim": _claim(record),
    }


def _name(record: Registration) -> str:
    return (
        f"{record.identity.last_name} {record.identity.first_name}"
        if record.identity
        else say("office.unnamed")
    )


def _holder(record: Registration) -> str:
    """Who holds a claim that has not ended, "" when nobody does."""
    claim = record.claim
    return claim.reviewer_id if claim is not None and claim.until > host().clock.now() else ""


def _claim(record: Registration) -> str:
    if record.claim is None or not _holder(record):
        return ""
    return say("office.claimed_until", name=_who(record.claim.reviewer_id), time=when(record.claim.until))


def _who(reviewer_id: str) -> str:
    known = host().desk.reviewer
    return known.name if reviewer_id == known.id else reviewer_id


def _parts(record: Registration) -> list[tuple[str, list[facts.Fact]]]:
    proven = [(say("fact.proven"), when(record.proven.at) if record.proven else say("fact.no"))]
    parts = [
        (Step.IDENTITY, facts.of_identity(record.identity)),
        (Step.PRACTICE, facts.of_practice(record.practice)),
        (Step.CARE, facts.of_care(record.care)),
        (Step.CONTACTS, [*facts.of_contacts(record.contacts), *proven]),
    ]
    nothing = say("recap.nothing")
    return [
        (say(f"step.{step.value}"), [(label, text or nothing) for label, text in told])
        for step, told in parts
        if told
    ]


def _document(number: int, document: Document) -> dict[str, str]:
    kind, size = facts.document_kind(document.media_type), facts.document_size(document.size)
    return {
        "id": document.id,
        "label": say("practice.document.label", number=number, kind=kind, size=size),
    }


def _event(event: Event) -> dict[str, str]:
    key = f"event.{event.what.value}"
    return {
        "at": when(event.at),
        "text": say(key if key in TEXTS else "event.other"),
        "by": _who(event.actor_id) if event.actor_id else "",
    }


def _letter(stored: StoredMessage) -> dict[str, object]:
    message = stored.message
    mask = mask_phone if message.channel is Channel.SMS else mask_email
    return {
        "at": when(message.created_at),
        "template": message.template.value,
        "channel": message.channel.value,
        "masked": mask(message.address),
        "tries": stored.tries,
        "reason": stored.reason,
    }
