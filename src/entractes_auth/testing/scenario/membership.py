"""A member's way: approved, signing in, recovering."""

from __future__ import annotations

from dataclasses import replace

from entractes_auth.env import Env
from entractes_auth.flow import flow
from entractes_auth.flows import login, recovery, review
from entractes_auth.records.kinds import Channel
from entractes_auth.redact import Secret
from entractes_auth.testing.messenger import RecordingMessenger
from entractes_auth.testing.scenario.applying import answered, deliver, in_review
from entractes_auth.testing.scenario.people import REVIEWER, Applicant, Member, Recovering, Waiting, token_in

__all__ = [
    "approved",
    "approved_after_question",
    "recovered",
    "recovering",
    "signed_in",
    "ticketed",
]


@flow
async def approved(env: Env, inbox: RecordingMessenger, who: Applicant) -> Member:
    """Approved by `REVIEWER`: identifier and password were received."""
    return await _approve(env, inbox, await in_review(inbox, who).start(env))


@flow
async def approved_after_question(env: Env, inbox: RecordingMessenger, who: Applicant) -> Member:
    """Asked for another document, answered with it, and then approved."""
    return await _approve(env, inbox, await answered(inbox, who).start(env))


@flow
async def ticketed(
    env: Env, inbox: RecordingMessenger, member: Member, channel: Channel = Channel.SMS
) -> tuple[Secret, str]:
    """Half signed in: the ticket that the right password gave, and the code that was received."""
    page = await login.begin(member.identifier, member.password).start(env)
    await login.send_code(page.ticket, channel).start(env)
    await deliver(env)
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
    await deliver(env)
    link = token_in(inbox.last_link_to(who.email))
    await recovery.send_code(link).start(env)
    await deliver(env)
    return Recovering(link=link, code=inbox.last_code_to(who.mobile), member=member)


@flow
async def recovered(env: Env, inbox: RecordingMessenger, member: Member) -> Member:
    """The member with the new password that a recovery issued."""
    half = await recovering(inbox, member).start(env)
    await recovery.complete(half.link, code=half.code).start(env)
    await deliver(env)
    by = env.policy.credentials.password_by
    return replace(member, password=inbox.last_password_to(member.applicant.address(by)))


async def _approve(env: Env, inbox: RecordingMessenger, waiting: Waiting) -> Member:
    issued = await review.approve(REVIEWER, waiting.registration_id).start(env)
    await deliver(env)
    who, rules = waiting.applicant, env.policy.credentials
    return Member(
        account_id=issued.account_id,
        registration_id=waiting.registration_id,
        identifier=inbox.last_identifier_to(who.address(rules.identifier_by)),
        password=inbox.last_password_to(who.address(rules.password_by)),
        resume_link=waiting.resume_link,
        applicant=who,
    )
