"""Facts about a registration for the operator: its numbers, and who else uses them. Never a verdict."""

from __future__ import annotations

from entractes_auth.backends.batch import AccountKey, AccountQuery, RegistrationQuery
from entractes_auth.contacts import email_key
from entractes_auth.env import Env
from entractes_auth.numbers.directory_answer import DirectorySays, examine_answer
from entractes_auth.numbers.findings import Finding, examine_numbers
from entractes_auth.records.kinds import State
from entractes_auth.records.registration import Registration

__all__ = ["examine", "examine_with_others"]

_PENDING = (State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFORMATION)


def examine(
    registration: Registration, *, test_numbers_accepted: bool = False, answer: DirectorySays | None = None
) -> tuple[Finding, ...]:
    """What the registration says by itself, and against a directory's answer where there is one.

    Pure: asks nobody. `test_numbers_accepted` as in `Policy.registration`; on a platform that takes them,
    a test identity is only an information.
    """
    practice, identity = registration.practice, registration.identity
    postcode = identity.postcode if identity else None
    profession = practice.profession or None if practice else None
    structure = practice.structure_number if practice else None
    findings = examine_numbers(
        professional=practice.professional_number if practice else None,
        structure=structure,
        postcode=postcode,
        profession_code=profession,
        test_numbers_accepted=test_numbers_accepted,
    )
    if answer is None or identity is None:
        return findings
    compared = examine_answer(
        answer,
        last_name=identity.last_name,
        first_name=identity.first_name,
        profession_code=profession,
        postcode=postcode,
        structure=structure,
    )
    return (*findings, *compared)


async def examine_with_others(env: Env, registration: Registration) -> tuple[Finding, ...]:
    """Everything that an operator should look at before deciding: also who else uses number and address."""
    accepted = env.policy.registration.accept_test_numbers
    return (*examine(registration, test_numbers_accepted=accepted), *await _of_others(env, registration))


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
