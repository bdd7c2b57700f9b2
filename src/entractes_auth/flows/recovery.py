"""A forgotten password: a link by e-mail, then a code by SMS, then a new password.

`begin` answers the same for everyone and sends exactly one e-mail to the address that was
typed, whoever it belongs to: a member gets the link, everybody else is told, in the own
mailbox, that there is no account to open. What the asker sees tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from entractes_auth.backends.batch import AccountKey, Batch, RegistrationQuery
from entractes_auth.contacts import email_key, mask_phone, parse_email
from entractes_auth.devices import recognise
from entractes_auth.env import Env
from entractes_auth.errors import Reason
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import clear, count, of_subject
from entractes_auth.flows.captcha import require_captcha
from entractes_auth.flows.codes import CodePage, glance, link_topic, page, send_again, topics
from entractes_auth.flows.issuing import new_credential, password_message
from entractes_auth.flows.proving import prove, proven_account, redeem, require_bound
from entractes_auth.links import LinkText
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Challenge
from entractes_auth.records.event import What
from entractes_auth.records.kinds import AccountState, Channel, Locale, Purpose, State
from entractes_auth.records.message import LinkRef, Message, Template

__all__ = ["Recovered", "RecoveryBegun", "begin", "complete", "open", "send_code"]

_PENDING: Final = (State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFORMATION)
_HIDDEN: Final = "•••••"


@dataclass(frozen=True, slots=True)
class RecoveryBegun:
    """An e-mail is on its way; that is all that is told."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A new password is on its way; the earlier one opens nothing any more."""

    account_id: str


@flow
async def begin(
    env: Env,
    email: str,
    *,
    captcha: str = "",
    network: str = "",
    devices: LinkText = "",
    locale: Locale = Locale.FR,
) -> RecoveryBegun:
    """Send one e-mail to the address, known or not.

    `devices` is the jar that `login.verify` gave, as the browser sent it: on a device that signed in
    to the account of this address, what strangers asked for does not count.

    Raises:
        InvalidInput: not an e-mail address.
        CaptchaRefused: the policy asks for a robot check, and it was not passed.
        Limited: too many messages to this address, or too many from this network or device.
    """
    address = parse_email(email, "email")
    key = email_key(address)
    # Both reads always happen: the time does not tell which one found somebody.
    account = await env.store.find_account(AccountKey("email", key))
    pending = await env.store.registrations(RegistrationQuery(states=_PENDING, email=key, limit=1))
    device = _device(env, devices, account)
    # The asker's own budget comes before the robot check, whose refusals leave a line each.
    await count(env, *(("recoveries_per_device", device) if device else ("codes_per_network", network)))
    await require_captcha(env, captcha, network)
    if device is None:
        await count(env, "recoveries_per_address", key)
    if account is not None and account.state is AccountState.ACTIVE:
        await env.store.commit(_link(env, account))
    else:
        template = Template.RECOVERY_PENDING if pending.rows else Template.RECOVERY_NO_ACCOUNT
        await env.store.commit(_notice(env, address, template, locale))
    return RecoveryBegun()


@flow
async def open(env: Env, link: LinkText) -> CodePage:
    """Show the page of the link. Nothing is sent: mail scanners open links, and an SMS costs money.

    Raises:
        LinkRefused: cut, forged, of another purpose, expired or used.
    """
    return page(env, await glance(env, link, Purpose.RECOVERY))


@flow
async def send_code(env: Env, link: LinkText, *, network: str = "") -> CodePage:
    """Send a code to the member's phone; only the newest is right, and no attempt comes back.

    Raises:
        LinkRefused: cut, forged, expired, used or without attempts left; or the password changed since.
        Limited: too soon, or too many codes for this account, phone or network.
    """
    seen = await glance(env, link, Purpose.RECOVERY)
    account = require_bound(await env.store.account(seen.subject_id), seen.binding)
    return await send_again(
        env, seen, channel=Channel.SMS, address=account.mobile, locale=account.locale, network=network
    )


@flow
async def complete(env: Env, link: LinkText, *, code: str) -> Recovered:
    """Prove both channels; a new password is issued and sent, and the owner is told by e-mail.

    Raises:
        InvalidInput: not a code by its form (letters, too short); costs no attempt.
        LinkRefused: cut, forged or of another purpose; or the password changed since.
        CodeRefused: wrong, expired, used up or redeemed; does not say which.
        Limited: too many attempts for this account today.
    """
    proof = await prove(env, link, Purpose.RECOVERY, code)
    account = await proven_account(env, proof)
    now = env.now()
    credential, seed = await new_credential(env, account.id, now)
    moved = replace(account, credential=credential, updated_at=now)
    password = password_message(env, account, seed, now)
    recovered = event(env, What.RECOVERED, account.id)
    await redeem(
        env,
        proof,
        Batch(
            at=now,
            accounts=(moved,),
            redeem=proof,
            withdraw=(*topics(proof.challenge_id), password.topic),
            messages=(password, _changed(env, moved)),
            events=(recovered,),
        ),
    )
    # What a stranger or a thief used up at sign-in is the owner's again.
    await clear(env, "password_attempts_per_identifier", account.identifier)
    for name in ("codes_per_subject", "code_attempts_per_subject"):
        await clear(env, name, of_subject(Purpose.LOGIN, account.id))
    return Recovered(account.id)


def _device(env: Env, jar: LinkText, account: Account | None) -> str | None:
    """The device's id, if it signed in to the account before. Without an account the same work is done."""
    identifier = account.identifier if account else ""
    lifetime = env.policy.devices.lifetime
    return recognise(jar, identifier, env.keys, now=env.now(), lifetime=lifetime)


def _challenge(env: Env, account: Account | None) -> Challenge:
    """A challenge for the account, or one for nobody, which no link will name.

    Nobody's is written as a member's is: with a row less, the time would tell them apart.
    """
    now = env.now()
    return Challenge(
        id=env.new_id(),
        purpose=Purpose.RECOVERY,
        subject_id=account.id if account else "",
        binding=account.credential.serial if account else "",
        attempts=env.policy.codes.attempts,
        created_at=now,
        expires_at=now + env.policy.links.recovery_lifetime,
    )


def _link(env: Env, account: Account) -> Batch:
    now = env.now()
    challenge = _challenge(env, account)
    message = Message(
        id=env.new_id(),
        template=Template.RECOVERY_LINK,
        channel=Channel.EMAIL,
        address=account.email,
        locale=account.locale,
        created_at=now,
        deadline=challenge.expires_at,
        topic=link_topic(challenge.id),
        params={"masked_mobile": mask_phone(account.mobile)},
        link=LinkRef(Purpose.RECOVERY, challenge.id),
    )
    begun = event(env, What.RECOVERY_BEGUN, account.id)
    return Batch(at=now, challenges=(challenge,), messages=(message,), events=(begun,))


def _notice(env: Env, address: str, template: Template, locale: Locale) -> Batch:
    now = env.now()
    reason = Reason.REGISTRATION_PENDING if template is Template.RECOVERY_PENDING else Reason.NO_ACCOUNT
    message = Message(
        id=env.new_id(),
        template=template,
        channel=Channel.EMAIL,
        address=address,
        locale=locale,
        created_at=now,
        deadline=now + env.policy.links.recovery_lifetime,
    )
    begun = event(env, What.RECOVERY_BEGUN, "", reason=reason)
    return Batch(at=now, challenges=(_challenge(env, None),), messages=(message,), events=(begun,))


def _changed(env: Env, account: Account) -> Message:
    now = env.now()
    # Where it is the password that goes to the mailbox, the identifier beside it would make the mailbox enough.
    by_email = env.policy.credentials.identifier_by is Channel.EMAIL
    return Message(
        id=env.new_id(),
        template=Template.PASSWORD_CHANGED,
        channel=Channel.EMAIL,
        address=account.email,
        locale=account.locale,
        created_at=now,
        deadline=now + env.policy.messages.news_deadline,
        params={"identifier": account.identifier if by_email else _HIDDEN},
    )
