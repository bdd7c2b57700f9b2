"""Whole records: applicants, registrations in any state, and members with their accounts.

Ids, times and identifiers come from one number `n`: two records of different `n` share no id, and those
of one `n` belong together, as in `testing.builders`. In a list, ask for `unique_by=lambda one: one.id`;
two of them may still have one e-mail address, as in life.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from entractes_auth.records.account import Account, Credential
from entractes_auth.records.kinds import AccountState, Kind, Locale, State, Step
from entractes_auth.records.registration import Registration
from entractes_auth.steps import Care, Contacts, Identity, Practice
from entractes_auth.testing.builders import an_id
from entractes_auth.testing.scenario import Applicant
from entractes_auth.testing.strategies._life import draw_page, ready
from entractes_auth.testing.strategies._moves import live
from entractes_auth.testing.strategies._routes import routes
from entractes_auth.testing.strategies.document import documents

__all__ = ["accounts", "applicants", "members", "registrations"]

_HIGHEST = 99_999
"""Of `n`: an identifier has five digits."""


def registrations(
    *, states: Collection[State] = tuple(State), kinds: Collection[Kind] = tuple(Kind)
) -> SearchStrategy[Registration]:
    """Registrations in any of these states, each reached by changes that the transition table holds.

    Version 0, so not stored yet. Pages are whole and of the right kind, contacts were proved where the
    state says so, consent stands where the newsletter is ticked. Shrinks to a draft with nothing in it,
    or to the shortest way to the first of the states.
    """
    ready()
    return _registrations(tuple(states), tuple(kinds))


def members(*, kinds: Collection[Kind] = tuple(Kind)) -> SearchStrategy[tuple[Registration, Account]]:
    """An approved registration and the account that the approval made of it. The password is nobody's."""
    ready()
    return _members(tuple(kinds))


def accounts(*, kinds: Collection[Kind] = tuple(Kind)) -> SearchStrategy[Account]:
    """The accounts of `members`, active or suspended."""
    ready()
    return _accounts(tuple(kinds))


def applicants(*, kinds: Collection[Kind] = tuple(Kind)) -> SearchStrategy[Applicant]:
    """People to send through `testing.scenario`: their pages, their language and a document."""
    ready()
    return _applicants(tuple(kinds))


@st.composite
def _registrations(draw: DrawFn, states: tuple[State, ...], kinds: tuple[Kind, ...]) -> Registration:
    ways = routes(draw(st.sampled_from(states)))
    n = draw(st.integers(0, _HIGHEST))
    return live(draw, n, draw(st.sampled_from(ways)), draw(st.sampled_from(kinds)))


@st.composite
def _members(draw: DrawFn, kinds: tuple[Kind, ...]) -> tuple[Registration, Account]:
    n = draw(st.integers(0, _HIGHEST))
    way = draw(st.sampled_from(routes(State.APPROVED)))
    registration = live(draw, n, way, draw(st.sampled_from(kinds)))
    return registration, _account(registration, n, draw(st.sampled_from(AccountState)))


@st.composite
def _accounts(draw: DrawFn, kinds: tuple[Kind, ...]) -> Account:
    return draw(_members(kinds))[1]


@st.composite
def _applicants(draw: DrawFn, kinds: tuple[Kind, ...]) -> Applicant:
    kind, n = draw(st.sampled_from(kinds)), draw(st.integers(0, _HIGHEST))
    return Applicant(
        identity=cast(Identity, draw_page(draw, Step.IDENTITY, kind, n)),
        practice=cast(Practice, draw_page(draw, Step.PRACTICE, kind, n)),
        care=cast(Care, draw_page(draw, Step.CARE, kind, n)),
        contacts=cast(Contacts, draw_page(draw, Step.CONTACTS, kind, n)),
        kind=kind,
        locale=draw(st.sampled_from(Locale)),
        document=draw(documents()).content,
    )


def _account(registration: Registration, n: int, state: AccountState) -> Account:
    """The account as `flows.approval` makes it, with a credential that no password opens."""
    identity, practice, contacts = registration.identity, registration.practice, registration.contacts
    if identity is None or practice is None or contacts is None or registration.account_id is None:
        raise ValueError("only an approved registration has an account")
    approved_at = registration.updated_at
    number, structure = practice.professional_number, practice.structure_number
    return Account(
        id=registration.account_id,
        version=0,
        state=state,
        identifier=f"{n:05}",
        registration_id=registration.id,
        kind=registration.kind,
        locale=registration.locale,
        first_name=identity.first_name,
        last_name=identity.last_name,
        email=contacts.email,
        mobile=contacts.mobile,
        professional_number=str(number) if number else None,
        structure_number=str(structure) if structure else None,
        credential=Credential(an_id("credential", n), f"$argon2id$made-up${n}", "k1", approved_at),
        created_at=approved_at,
        updated_at=approved_at,
    )
