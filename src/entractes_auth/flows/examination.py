"""Facts about a registration for the operator: its numbers, and who else uses them. Never a verdict."""

from __future__ import annotations

from entractes_auth.backends.batch import AccountKey, AccountQuery, RegistrationQuery
from entractes_auth.contacts import email_key
from entractes_auth.env import Env
from entractes_auth.numbers.findings import Finding, examine_numbers
from entractes_auth.records.kinds import State
from entractes_auth.records.registration import Registration

__all__ = ["examine"]

_PENDING = (State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFORMATION)


async def examine(env: Env, registration: Registration) -> tuple[Finding, ...]:
    """Everything that an operator should look at before deciding."""
    return (*_of_numbers(registration), *await _of_others(env, registration))


def _of_numbers(registration: Registration) -> tuple[Finding, ...]:
    practice, identity = registration.practice, registration.identity
    if practice is None:
        return ()
    return examine_numbers(
        professional=practice.professional_number,
        structure=practice.structure_number,
        postcode=identity.postcode if identity else None,
        profession_code=practice.profession or None,
    )


async def _of_others(env: Env, registration: Registration) -> list[Finding]:
    findings: list[Finding] = []
    practice, contacts = registration.practice, registration.contacts
    if contacts is not None:
        holder = await env.store.find_account(AccountKey("email", email_key(contacts.email)))
        if holder is not None and holder.registration_id != registration.id:
            findings.append(Finding("email_has_account", "warning"))
    number = str(practice.professional_number) if practice and practice.professional_number else None
    if number is not None:
        accounts = await env.store.accounts(AccountQuery(number=number, limit=2))
        if any(account.registration_id != registration.id for account in accounts.rows):
            findings.append(Finding("number_has_account", "warning"))
        pending = await env.store.registrations(RegistrationQuery(states=_PENDING, number=number, limit=2))
        if any(other.id != registration.id for other in pending.rows):
            findings.append(Finding("number_in_other_registration", "warning"))
    return findings
