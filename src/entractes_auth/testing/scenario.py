"""Whole ways through the flows, for tests: a complete draft, a registration in review, a member with a password.

    member = auth.run(scenario.approved(inbox, scenario.applicant()))
    member = await async_auth.run(scenario.approved(inbox, scenario.applicant()))

Each is a flow that is made of flows, so that one body serves both colours. `inbox` is the
`RecordingMessenger` that the runner was given for both channels: a scenario delivers what was
queued, and then reads codes, links and credentials out of it, like the person who gets them.

For setting up, not for racing: after a `Conflict` the runner would begin the whole way again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from entractes_auth.env import Env
from entractes_auth.flow import flow
from entractes_auth.flows import confirmation, login, outbox, recovery, registration, review
from entractes_auth.policy import HashPolicy, Policy
from entractes_auth.records.kinds import Channel, Kind, Locale
from entractes_auth.redact import Secret
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData
from entractes_auth.testing import builders
from entractes_auth.testing.messenger import RecordingMessenger

__all__ = [
    "PDF",
    "REVIEWER",
    "Applicant",
    "Member",
    "Recovering",
    "Waiting",
    "another",
    "applicant",
    "approved",
    "drafted",
    "in_review",
    "quick_policy",
    "recovered",
    "recovering",
    "signed_in",
    "submitted",
    "ticketed",
    "token_in",
]

PDF: Final = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
"""A document that the documents port accepts."""

REVIEWER: Final = review.Reviewer(id="reviewer-1", name="Dominique")

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,16}\.[0-9a-f]{32}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Applicant:
    """Somebody who signs up: what is typed on each page, and the document."""

    identity: Identity
    practice: Practice
    care: Care
    contacts: Contacts
    kind: Kind = Kind.PROFESSIONAL
    locale: Locale = Locale.FR
    document: bytes = PDF

    @property
    def pages(self) -> tuple[StepData, ...]:
        """The pages of the wizard, in their order."""
        return (self.identity, self.practice, self.care, self.contacts)

    def address(self, channel: Channel) -> str:
        """Where a message to this person goes on this channel."""
        return self.contacts.mobile if channel is Channel.SMS else self.contacts.email


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Waiting:
    """A submitted registration, with all that is needed to prove its contacts."""

    registration_id: str
    resume_link: Secret
    confirm_link: Secret
    code: str
    applicant: Applicant


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Member:
    """An approved applicant, with the credentials as they came in the messages."""

    account_id: str
    registration_id: str
    identifier: str
    password: str
    resume_link: Secret
    applicant: Applicant


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recovering:
    """A member in the middle of a recovery: the e-mailed link, and the code from the phone."""

    link: Secret
    code: str
    member: Member


def quick_policy(policy: Policy | None = None) -> Policy:
    """`policy` (the tutorial's) made quick and closed to the world: no robot check, hashes that cost nothing,
    and the published test numbers accepted. For tests only: such a hash is guessed in no time."""
    policy = policy or Policy.tutorial()
    cheapest = HashPolicy(time_cost=1, memory_kib=8, parallelism=1)
    return replace(
        policy,
        captcha=False,
        credentials=replace(policy.credentials, hash=cheapest),
        registration=replace(policy.registration, accept_test_numbers=True),
    )


def applicant(n: int = 1, **changes: Any) -> Applicant:
    """The `n`th made-up person; two different ones share neither phone nor e-mail. `changes` replace fields."""
    person = Applicant(
        identity=builders.identity(n),
        practice=builders.practice(n),
        care=builders.care(),
        contacts=builders.contacts(n),
    )
    return replace(person, **changes)


def another(code: str) -> str:
    """As many digits, and not these."""
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


def token_in(url: str) -> Secret:
    """The token that stands in a link's address.

    Raises:
        LookupError: there is none.
    """
    found = _TOKEN.search(url)
    if found is None:
        raise LookupError("no token in this address")
    return Secret(found[0])


@flow
async def drafted(env: Env, who: Applicant) -> registration.Draft:
    """A complete draft: every page saved, the document attached, nothing handed in."""
    draft = await registration.begin(who.kind, locale=who.locale).start(env)
    for page in who.pages:
        await registration.save(draft.link, page).start(env)
    await registration.attach(draft.link, _chunks(who.document)).start(env)
    return draft


@flow
async def submitted(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """Handed in: the link is in the mailbox, the code on the phone."""
    draft = await drafted(who).start(env)
    await registration.submit(draft.link).start(env)
    await _deliver(env)
    return Waiting(
        registration_id=draft.id,
        resume_link=draft.link,
        confirm_link=token_in(inbox.last_link_to(who.contacts.email)),
        code=inbox.last_code_to(who.contacts.mobile),
        applicant=who,
    )


@flow
async def in_review(env: Env, inbox: RecordingMessenger, who: Applicant) -> Waiting:
    """Both contacts proved: the operators have it. The link and the code are used up."""
    waiting = await submitted(inbox, who).start(env)
    await confirmation.confirm(waiting.confirm_link, code=waiting.code).start(env)
    return waiting


@flow
async def approved(env: Env, inbox: RecordingMessenger, who: Applicant) -> Member:
    """Approved by `REVIEWER`: identifier and password were received."""
    waiting = await in_review(inbox, who).start(env)
    issued = await review.approve(REVIEWER, waiting.registration_id).start(env)
    await _deliver(env)
    rules = env.policy.credentials
    return Member(
        account_id=issued.account_id,
        registration_id=waiting.registration_id,
        identifier=inbox.last_identifier_to(who.address(rules.identifier_by)),
        password=inbox.last_password_to(who.address(rules.password_by)),
        resume_link=waiting.resume_link,
        applicant=who,
    )


@flow
async def ticketed(
    env: Env, inbox: RecordingMessenger, member: Member, channel: Channel = Channel.SMS
) -> tuple[Secret, str]:
    """Half signed in: the ticket that the right password gave, and the code that was received."""
    page = await login.begin(member.identifier, member.password).start(env)
    await login.send_code(page.ticket, channel).start(env)
    await _deliver(env)
    return page.ticket, inbox.last_code_to(member.applicant.address(channel))


@flow
async def signed_in(
    env: Env, inbox: RecordingMessenger, member: Member, channel: Channel = Channel.SMS
) -> login.SignedIn:
    """Signed in with both factors."""
    ticket, code = await ticketed(inbox, member, channel).start(env)
    return await login.verify(ticket, code=code).start(env)


@flow
async def recovering(env: Env, inbox: RecordingMessenger, member: Member) -> Recovering:
    """Half recovered: the link was opened, the code was received."""
    who = member.applicant.contacts
    await recovery.begin(who.email).start(env)
    await _deliver(env)
    link = token_in(inbox.last_link_to(who.email))
    await recovery.send_code(link).start(env)
    await _deliver(env)
    return Recovering(link=link, code=inbox.last_code_to(who.mobile), member=member)


@flow
async def recovered(env: Env, inbox: RecordingMessenger, member: Member) -> Member:
    """The member with the new password that a recovery issued."""
    half = await recovering(inbox, member).start(env)
    await recovery.complete(half.link, code=half.code).start(env)
    await _deliver(env)
    by = env.policy.credentials.password_by
    return replace(member, password=inbox.last_password_to(member.applicant.address(by)))


async def _deliver(env: Env) -> None:
    """Deliver what is due: the runner does so only after the whole scenario."""
    await outbox.deliver(limit=1000).start(env)


def _chunks(content: bytes, size: int = 64 * 1024) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))
