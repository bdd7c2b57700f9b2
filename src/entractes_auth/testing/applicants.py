"""Valid people for tests: the wizard's pages, registrations in every state, accounts.

Import them from `builders`, which says what `n` means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from entractes_auth.numbers import finess, rpps
from entractes_auth.records import transitions
from entractes_auth.records.account import Account, Credential
from entractes_auth.records.challenge import Proof
from entractes_auth.records.kinds import AccountState, Channel, Kind, Locale, Purpose, State, Step
from entractes_auth.records.registration import Consent, Document, Registration
from entractes_auth.steps import Care, Contacts, Identity, Practice

__all__ = ["NOW", "account", "an_id", "care", "contacts", "identity", "practice", "registration"]

NOW: Final = datetime(2026, 11, 3, 8, 30, 15, 123456, tzinfo=UTC)
"""When every builder's record was made; the microseconds are there to be lost by a store that rounds."""

# The agency's test identities: never a real person's number.
_RPPS: Final = ("99700218896", "99900007743", "99700075064", "99700245667", "99900007750")
_FINESS: Final = ("750100125", "2A0000022", "970400024")
_FAMILIES: Final = ("Lefèvre", "N’Guyen-Morel", "d’Aubigné", "Ǧ̲olas", "Le Goff")


def an_id(kind: str, n: int) -> str:
    """32 hexadecimal digits, like the real ones; the same for the same kind and number."""
    return hashlib.blake2b(f"{kind}/{n}".encode(), digest_size=16).hexdigest()


def identity(n: int = 1, **changes: Any) -> Identity:
    """The first page of the wizard."""
    page = Identity(
        last_name=_FAMILIES[n % len(_FAMILIES)],
        first_name="Zoé",
        organisation="Cabinet du Port",
        street=f"{n % 900 + 1} rue de l’Église",
        postcode="29200",
        city="Brest",
    )
    return Identity.model_validate({**page.model_dump(), **changes})


def practice(n: int = 1, **changes: Any) -> Practice:
    """The second page, with both numbers."""
    page = {
        "profession": "TRE_G15-ProfessionSante/60",
        "networks": ("other",),
        "professional_number": rpps.parse(_RPPS[n % len(_RPPS)]),
        "structure_number": finess.parse(_FINESS[n % len(_FINESS)]),
    }
    return Practice.model_validate({**page, **changes})


def care(**changes: Any) -> Care:
    """The third page."""
    return Care.model_validate({"visit": True, "consultation": False, **changes})


def contacts(n: int = 1, **changes: Any) -> Contacts:
    """The last page. The address has capitals, to be lost by a store that keeps only the comparison key."""
    page = {"mobile": f"+3361234{n:04d}", "contact_phone": "+33298123456", "email": f"Zoe.{n}@Example.fr"}
    return Contacts.model_validate({**page, "newsletter": True, **changes})


def registration(n: int = 1, state: State = State.DRAFT, **changes: Any) -> Registration:
    """A registration that came to `state` by the transition table; version 0, so not stored yet."""
    record = Registration(
        id=an_id("registration", n),
        version=0,
        state=State.DRAFT,
        kind=Kind.PROFESSIONAL,
        locale=Locale.FR,
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    at = NOW
    for change in _history(n, state):
        at += timedelta(minutes=1)
        record = transitions.apply(record, change, at)
    return replace(record, **changes)


def _history(n: int, state: State) -> Iterator[transitions.Change]:
    """The shortest way to `state` that a real applicant takes."""
    later = NOW + timedelta(days=30)
    consent = Consent(given_at=NOW, text_version="2026-11")
    yield transitions.StepSaved(identity(n), later)
    yield transitions.StepSaved(practice(n), later)
    yield transitions.StepSaved(care(), later)
    yield transitions.StepSaved(contacts(n), later, consent)
    yield transitions.DocumentAttached(Document(an_id("document", n), "application/pdf", 48_213))
    if state in (State.DRAFT, State.WITHDRAWN):
        yield from [transitions.Withdrawn()] if state is State.WITHDRAWN else []
        return
    yield transitions.Submitted(an_id("challenge", n), NOW + timedelta(hours=24))
    if state in (State.SUBMITTED, State.EXPIRED):
        yield from [transitions.Expired()] if state is State.EXPIRED else []
        return
    yield transitions.ContactsProven(_proof(n))
    yield from _decision(n, state)


def _proof(n: int) -> Proof:
    page = contacts(n)
    return Proof(
        challenge_id=an_id("challenge", n),
        purpose=Purpose.CONFIRM,
        subject_id=an_id("registration", n),
        binding=page.email,
        channel=Channel.SMS,
        address=page.mobile,
        counter=1,
    )


def _decision(n: int, state: State) -> Iterator[transitions.Change]:
    if state is State.APPROVED:
        yield transitions.Approved(an_id("account", n))
    elif state is State.REJECTED:
        yield transitions.Rejected("Le document n’est pas lisible.")
    elif state is State.NEEDS_INFORMATION:
        steps = frozenset({Step.IDENTITY, Step.PRACTICE})
        question = "Votre nom est-il celui du RPPS ?"
        yield transitions.InformationRequested(steps, True, question, NOW + timedelta(days=60))


def account(n: int = 1, **changes: Any) -> Account:
    """The account of the registration of the same `n`; version 0, so not stored yet."""
    page = contacts(n)
    record = Account(
        id=an_id("account", n),
        version=0,
        state=AccountState.ACTIVE,
        identifier=f"{40_000 + n:05d}",
        registration_id=an_id("registration", n),
        kind=Kind.PROFESSIONAL,
        locale=Locale.FR,
        first_name="Zoé",
        last_name=_FAMILIES[n % len(_FAMILIES)],
        email=page.email,
        mobile=page.mobile,
        professional_number=_RPPS[n % len(_RPPS)],
        structure_number=_FINESS[n % len(_FINESS)],
        credential=Credential(an_id("credential", n), f"$argon2id$made-up${n}", "k1", NOW),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(record, **changes)
