"""Approval: the only place where an account comes to be.

Identifier, account, credential, audit event and both messages are one commit. Two approvals
of one registration give one account: the second finds another version, or the taken key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from entractes_auth.backends.batch import AccountKey, Batch
from entractes_auth.env import Env
from entractes_auth.errors import NotPossibleNow, Taken
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.decisions import Reviewer, load, require_mine
from entractes_auth.flows.invitation import full_name
from entractes_auth.flows.issuing import new_credential, password_message
from entractes_auth.records.account import Account, Credential
from entractes_auth.records.event import Actor, What
from entractes_auth.records.kinds import AccountState
from entractes_auth.records.message import Message, Template
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import Approved, apply

__all__ = ["Issued", "approve"]

# So many draws in a row that are taken mean "full". While 1 % is free, that is wrong once in 20,000 times.
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Issued:
    """The account that the approval created."""

    account_id: str
    identifier: str = field(repr=False)


@flow
async def approve(
    env: Env, reviewer: Reviewer, registration_id: str, *, version: int | None = None
) -> Issued:
    """Approve: create the account, issue its credentials, and send them by the policy's channels.

    `version` is that of the registration that the reviewer read (`Dossier.registration.version`).
    A page should send it back: without it, what the applicant changed in the meantime would be
    approved unseen.

    Raises:
        NotFound: no such registration.
        NotPossibleNow: not in review, another reviewer holds it, or no identifier is free.
        Taken: an account already has this e-mail address ("email"): for the operator's eyes only.
    """
    registration = await load(env, registration_id, seen=version)
    require_mine(env, reviewer, registration)
    account_id, now = env.new_id(), env.now()
    moved = apply(registration, Approved(account_id), now)
    credential, seed = await new_credential(env, account_id, now)
    for digits in _lengths(env):
        for _ in range(_DRAWS):
            identifier = _draw(env, digits)
            if await env.store.find_account(AccountKey("identifier", identifier)) is not None:
                continue
            account = _account(registration, account_id, identifier, credential)
            messages = (
                _identifier_message(env, account, registration),
                password_message(env, account, seed, now),
            )
            approved = event(
                env,
                What.APPROVED,
                moved.id,
                actor=Actor.REVIEWER,
                actor_id=reviewer.id,
                account_id=account_id,
            )
            batch = Batch(
                at=now, registrations=(moved,), accounts=(account,), messages=messages, events=(approved,)
            )
            try:
                await env.store.commit(batch)
            except Taken as taken:
                if taken.field != "identifier":
                    raise
            else:
                return Issued(account_id, account.identifier)
    raise NotPossibleNow(registration.state.value, "allocate an identifier")


def _lengths(env: Env) -> tuple[int, ...]:
    rules = env.policy.credentials
    widest = rules.identifier_digits + (2 if rules.identifier_when_full == "widen" else 0)
    return tuple(range(rules.identifier_digits, widest + 1))


def _draw(env: Env, digits: int) -> str:
    """A uniform identifier: 128 bits cut to so few digits leave no bias to speak of (below 2**-88)."""
    return str(int.from_bytes(env.entropy.draw(16), "big") % 10**digits).zfill(digits)


def _account(registration: Registration, account_id: str, identifier: str, credential: Credential) -> Account:
    identity, practice, contacts = registration.identity, registration.practice, registration.contacts
    if identity is None or practice is None or contacts is None:
        raise NotPossibleNow(registration.state.value, "approve what is incomplete")
    number, structure = practice.professional_number, practice.structure_number
    return Account(
        id=account_id,
        version=0,
        state=AccountState.ACTIVE,
        identifier=identifier,
        registration_id=registration.id,
        kind=registration.kind,
        locale=registration.locale,
        first_name=identity.first_name,
        last_name=identity.last_name,
        email=contacts.email,
        mobile=contacts.mobile,
        professional_number=str(number) if number else None,
        structure_number=str(structure) if structure else None,
        credential=credential,
        created_at=credential.changed_at,
        updated_at=credential.changed_at,
    )


def _identifier_message(env: Env, account: Account, registration: Registration) -> Message:
    rules = env.policy
    now = env.now()
    return Message(
        id=env.new_id(),
        template=Template.IDENTIFIER_ISSUED,
        channel=rules.credentials.identifier_by,
        address=account.address(rules.credentials.identifier_by),
        locale=account.locale,
        created_at=now,
        deadline=now + rules.messages.news_deadline,
        params={**full_name(registration), "identifier": account.identifier},
    )
