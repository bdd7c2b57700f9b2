"""A registration's data as pairs of label and text, for the applicant's recap and the operator's page."""

from __future__ import annotations

from typing import Final, TypeAlias

from entractes_auth.numbers import find_profession
from entractes_auth.records.kinds import Locale
from entractes_auth.steps import Care, Contacts, Identity, Practice
from examples.flask_app.host import host
from examples.flask_app.rendering import say
from examples.flask_app.sessions import locale

__all__ = [
    "Fact",
    "document_kind",
    "document_size",
    "of_care",
    "of_contacts",
    "of_identity",
    "of_practice",
    "phone",
]

Fact: TypeAlias = tuple[str, str]

_KINDS: Final = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIC"}


def document_kind(media_type: str) -> str:
    """How people call this kind of file."""
    return _KINDS.get(media_type, media_type)


def document_size(count: int) -> str:
    """A size in bytes, as phones show it."""
    unit = "o" if locale() is Locale.FR else "B"
    if count < 2**20:
        return f"{max(1, count // 2**10)}\u00a0k{unit}"
    return f"{count // 2**20}\u00a0M{unit}"


def phone(number: str) -> str:
    """An E.164 number in pairs, as the French write it; others as they are."""
    if not number.startswith("+33"):
        return number
    national = "0" + number[3:]
    return " ".join(national[at : at + 2] for at in range(0, len(national), 2))


def of_identity(data: Identity | None) -> list[Fact]:
    """Who, and where."""
    if data is None:
        return []
    return [
        (say("fact.name"), f"{data.last_name} {data.first_name}"),
        (say("fact.organisation"), data.organisation),
        (say("fact.address"), f"{data.street}, {data.postcode} {data.city}"),
    ]


def of_practice(data: Practice | None) -> list[Fact]:
    """What, in which networks, under which numbers."""
    if data is None:
        return []
    known = find_profession(data.profession)
    label = "" if known is None else known.label_en if locale() is Locale.EN else known.label_fr
    rules = host().auth.policy.registration
    return [
        (say("practice.profession"), label),
        (say("fact.networks"), ", ".join(rules.network_label(key, locale()) for key in data.networks)),
        (
            say("practice.professional_number"),
            data.professional_number.formatted if data.professional_number else "",
        ),
        (say("practice.structure_number"), data.structure_number.formatted if data.structure_number else ""),
    ]


def of_care(data: Care | None) -> list[Fact]:
    """Visits, consultations, or both."""
    if data is None:
        return []
    chosen = [say("care.visit")] * data.visit + [say("care.consultation")] * data.consultation
    return [(say("fact.care"), ", ".join(chosen))]


def of_contacts(data: Contacts | None) -> list[Fact]:
    """How to reach them, in full: for the operator only."""
    if data is None:
        return []
    return [
        (say("contacts.mobile"), phone(data.mobile)),
        (say("contacts.email"), data.email),
        (say("contacts.contact_phone"), phone(data.contact_phone)),
        (say("fact.newsletter"), say("fact.yes" if data.newsletter else "fact.no")),
    ]
