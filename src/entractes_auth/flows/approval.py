"""Approval: the only place where an account comes to be.

Identifier, account, credential, audit event and both messages are one commit. Two approvals
of one registration give one account: the second finds another version, or the taken key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from entractes_auth.backends.batch import Batch
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
from entractes_auth.records.message import Message, PasswordSeed, Template
from entractes_auth.records.registration import Registration
from entractes_auth.records.transitions import Approved, apply

__all__ = ["Issued", "approve"]

_SAMPLE: Final = 1000  # the most that `free_identifiers` takes
_WIDER: Final = 50  # of them for each wider length, where the policy widens


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
    for identifier in await env.store.free_identifiers(_candidates(env)):
        account = _account(registration, account_id, identifier, credential)
        batch = _batch(env, reviewer, registration, moved, account, seed)
        try:
            await env.store.commit(batch)
        except Taken as taken:
            # Another approval was quicker with this identifier; the next free one will do.
            if taken.field != "identifier":
                raise
        else:
            return Issued(account_id, account.identifier)
    raise NotPossibleNow(registration.state.value, "allocate an identifier")


def _batch(
    env: Env,
    reviewer: Reviewer,
    registration: Registration,
    moved: Registration,
    account: Account,
    seed: PasswordSeed,
) -> Batch:
    now = account.created_at
    approved = event(
        env, What.APPROVED, moved.id, actor=Actor.REVIEWER, actor_id=reviewer.id, account_id=account.id
    )
    messages = (_identifier_message(env, account, registration), password_message(env, account, seed, now))
    return Batch(at=now, registrations=(moved,), accounts=(account,), messages=messages, events=(approved,))


def _candidates(env: Env) -> tuple[str, ...]:
    """What one read looks up, shortest first: however full the space is, an approval is one read and one commit.

    With 99 accounts on every 100 identifiers, one approval in 8,500 widens needlessly (0.99^900), or one in
    23,000 is refused needlessly, and succeeds when it is tried again.
    """
    rules = env.policy.credentials
    wider = (1, 2) if rules.identifier_when_full == "widen" else ()
    lengths = [rules.identifier_digits] * (_SAMPLE - _WIDER * len(wider))
    lengths += [rules.identifier_digits + more for more in wider for _ in range(_WIDER)]
    return tuple(dict.fromkeys(_draw(env, digits) for digits in lengths))


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
