"""Sign-in: identifier and password, then a code by SMS or e-mail.

One public answer: an unknown identifier, a wrong password and a suspended account cost the
same hash, the same reads and writes, and raise the same `SignInRefused`. The exact reason is
in the audit trail. A right password opens nothing: it only gives a ticket, good for a code.

A lock is no weapon: a device that signed in before (`devices`) has budgets of its own, so that what
strangers use up makes strange devices wait, and only those.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from entractes_auth import devices as tokens
from entractes_auth.backends.batch import AccountKey, Batch
from entractes_auth.contacts import mask_email, mask_phone
from entractes_auth.credentials import pepper, read_identifier, read_password
from entractes_auth.env import Env
from entractes_auth.errors import Reason, SignInRefused
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import clear, count, of_subject
from entractes_auth.flows.captcha import require_captcha
from entractes_auth.flows.codes import CodePage, glance, page, send_again, topics
from entractes_auth.flows.proving import prove, proven_account, redeem, require_bound
from entractes_auth.links import LinkText, seal
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Challenge, Glance
from entractes_auth.records.event import What
from entractes_auth.records.kinds import AccountState, Channel, Locale, Purpose
from entractes_auth.redact import Secret

__all__ = ["Choice", "LoginPage", "SignedIn", "begin", "open", "open_code", "send_code", "verify"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to receive the code, and where it would go, masked."""

    channel: Channel
    masked: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The password was right: choose a channel. The ticket goes into the host's session, never into a page."""

    ticket: Secret = field(repr=False)
    choices: tuple[Choice, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Both factors are proved. The host opens its session for this account, with a fresh session id.

    `password_serial` changes with every new password: keep it in the session, and end the session
    when `account.profile` gives another one. A recovery then ends what a thief had opened.
    `devices` is the browser's new jar of device tokens: keep it in a cookie of its own (`Secure`,
    `HttpOnly`, `SameSite=Lax`) that outlives the session and the sign-out, and hand it to `begin`.
    """

    account_id: str
    identifier: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    locale: Locale
    password_serial: str = field(repr=False)
    devices: Secret = field(repr=False)


@flow
async def begin(
    env: Env,
    identifier: str,
    password: str | Secret,
    *,
    captcha: str = "",
    network: str = "",
    devices: LinkText = "",
) -> LoginPage:
    """Check the identifier and the password. `devices` is the jar that `verify` gave, as the browser sent it.

    Raises:
        InvalidInput: a field is empty or longer than any could be.
        CaptchaRefused: the policy asks for a robot check, and it was not passed.
        SignInRefused: they do not open an account; does not say why.
        Limited: too many tries on this identifier (known or not) by devices that never signed in to
            it, too many from this network, or too many on this device, if it did.
    """
    typed = read_identifier(identifier)
    secret = Secret(read_password(password.reveal() if isinstance(password, Secret) else password))
    device = _device(env, devices, typed)
    asker = ("password_attempts_per_device", device) if device else ("password_attempts_per_network", network)
    # Before the robot check, whose refusals leave a line each; what strangers can use up comes behind it.
    await count(env, *asker)
    await require_captcha(env, captcha, network)
    # Keyed on what was typed, so that an unknown identifier runs dry exactly as a known one does.
    guesses = asker if device else ("password_attempts_per_identifier", typed)
    if device is None:
        await count(env, *guesses)
    account = await env.store.find_account(AccountKey("identifier", typed))
    reason, renewed = await _check_password(env, account, secret)
    if account is None or reason is not None:
        refused = event(env, What.SIGN_IN_REFUSED, account.id if account else "", reason=reason)
        await env.store.commit(Batch(at=refused.at, events=(refused,)))
        raise SignInRefused
    # Its own counter only: a success on one device must not give strangers new guesses.
    await clear(env, *guesses)
    return await _open_challenge(env, account, renewed)


@flow
async def open(env: Env, ticket: LinkText) -> LoginPage:
    """Show again where a code may be sent.

    Raises:
        LinkRefused: the ticket expired, was used, or the password changed since.
    """
    seen, account = await _ticket(env, ticket)
    return _page(env, account, seen.challenge_id, seen.expires_at)


@flow
async def open_code(env: Env, ticket: LinkText) -> CodePage:
    """Show the page on which the code is typed.

    Raises:
        LinkRefused: the ticket expired or was used.
    """
    return page(env, await glance(env, ticket, Purpose.LOGIN))


@flow
async def send_code(env: Env, ticket: LinkText, channel: Channel) -> CodePage:
    """Send a code by the chosen channel; only the newest is right, and no attempt comes back.

    Raises:
        LinkRefused: the ticket expired, was used or has no attempts left, or the password changed.
        Limited: too soon, or too many codes on this ticket or for this account.
    """
    seen, account = await _ticket(env, ticket)
    # Counted for the account alone: what neighbours on its network did must not keep a member out.
    return await send_again(
        env, seen, channel=channel, address=account.address(channel), locale=account.locale, network=""
    )


@flow
async def verify(env: Env, ticket: LinkText, *, code: str, devices: LinkText = "") -> SignedIn:
    """Prove the second factor. `devices` is the browser's jar, if it sent one; the answer has the new one.

    Raises:
        InvalidInput: not a code by its form (letters, too short); costs no attempt.
        LinkRefused: the ticket is not one, or the password changed since.
        CodeRefused: wrong, expired, used up or redeemed; does not say which.
        Limited: too many attempts for this account today.
    """
    proof = await prove(env, ticket, Purpose.LOGIN, code)
    account = await proven_account(env, proof)
    signed_in = event(env, What.SIGNED_IN, account.id, channel=proof.channel)
    await redeem(
        env,
        proof,
        Batch(
            at=signed_in.at,
            # Guards the version that was read: a recovery that commits in between wins, and this
            # sign-in, begun with the old password, runs again and is refused.
            accounts=(account,),
            redeem=proof,
            withdraw=topics(proof.challenge_id),
            events=(signed_in,),
        ),
    )
    await clear(env, "codes_per_subject", of_subject(Purpose.LOGIN, account.id))
    return SignedIn(
        account.id,
        account.identifier,
        account.first_name,
        account.last_name,
        account.locale,
        account.credential.serial,
        _remembered(env, devices, account.identifier),
    )


def _device(env: Env, jar: LinkText, identifier: str) -> str | None:
    lifetime = env.policy.devices.lifetime
    return tokens.recognise(jar, identifier, env.keys, now=env.now(), lifetime=lifetime)


def _remembered(env: Env, jar: LinkText, identifier: str) -> Secret:
    """The jar with this device in it. A device keeps its id: signing in again gives no second budget."""
    device = _device(env, jar, identifier) or env.new_id()
    keep = env.policy.devices.accounts
    return tokens.remember(jar, identifier, device, env.keys, now=env.now(), keep=keep)


async def _check_password(
    env: Env, account: Account | None, secret: Secret
) -> tuple[Reason | None, Account | None]:
    """Why it is refused, or None; and the account with a renewed hash where that is due."""
    # An unknown identifier is checked on a decoy: one hash either way, so the time tells nothing. The
    # decoy is asked for in either case, since asking may wait where others are hashing.
    decoy = await env.hasher.decoy()
    hashed = account.credential.hash if account else decoy
    key_id = account.credential.key_id if account else env.keys.active
    matched = await env.hasher.verify(hashed, pepper(secret.reveal(), key_id, env.keys))
    if account is None:
        return Reason.UNKNOWN_IDENTIFIER, None
    if matched is None:
        return Reason.WRONG_PASSWORD, None
    if account.state is not AccountState.ACTIVE:
        return Reason.ACCOUNT_SUSPENDED, None
    if not matched.outdated and key_id == env.keys.active:
        return None, None
    return None, await _renewed(env, account, secret)


async def _renewed(env: Env, account: Account, secret: Secret) -> Account:
    """The same password under today's parameters and pepper: a sign-in is the only time it is known."""
    fresh = await env.hasher.hash(pepper(secret.reveal(), env.keys.active, env.keys))
    credential = replace(account.credential, hash=fresh, key_id=env.keys.active)
    return replace(account, credential=credential, updated_at=env.now())


async def _open_challenge(env: Env, account: Account, renewed: Account | None) -> LoginPage:
    now = env.now()
    challenge = Challenge(
        id=env.new_id(),
        purpose=Purpose.LOGIN,
        subject_id=account.id,
        binding=account.credential.serial,
        attempts=env.policy.codes.attempts,
        created_at=now,
        expires_at=now + env.policy.links.login_lifetime,
    )
    accepted = event(env, What.PASSWORD_ACCEPTED, account.id)
    accounts = (renewed,) if renewed else ()
    await env.store.commit(Batch(at=now, accounts=accounts, challenges=(challenge,), events=(accepted,)))
    return _page(env, account, challenge.id, challenge.expires_at)


def _page(env: Env, account: Account, challenge_id: str, expires_at: datetime) -> LoginPage:
    choices = (
        Choice(Channel.SMS, mask_phone(account.mobile)),
        Choice(Channel.EMAIL, mask_email(account.email)),
    )
    return LoginPage(seal(Purpose.LOGIN, challenge_id, env.keys), choices, expires_at)


async def _ticket(env: Env, ticket: LinkText) -> tuple[Glance, Account]:
    seen = await glance(env, ticket, Purpose.LOGIN)
    return seen, require_bound(await env.store.account(seen.subject_id), seen.binding)
