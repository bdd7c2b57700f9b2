"""Issued credentials: a password derived from a nonce that only its message keeps, and the hash of it."""

from __future__ import annotations

from datetime import datetime

from entractes_auth.credentials import derive_password, pepper
from entractes_auth.env import Env
from entractes_auth.records.account import Account, Credential
from entractes_auth.records.message import Message, PasswordSeed, Template

__all__ = ["new_credential", "password_message"]


async def new_credential(env: Env, account_id: str, now: datetime) -> tuple[Credential, PasswordSeed]:
    """A fresh credential, and what its password is derived from when the message is rendered."""
    seed = PasswordSeed(account_id, env.keys.active, env.new_nonce())
    password = derive_password(seed, env.policy.credentials.password_digits, env.keys)
    hashed = await env.hasher.hash(pepper(password.reveal(), env.keys.active, env.keys))
    return Credential(env.new_id(), hashed, env.keys.active, now), seed


def password_message(env: Env, account: Account, seed: PasswordSeed, now: datetime) -> Message:
    """The message that carries the password, on the channel that the policy names."""
    rules = env.policy.credentials
    return Message(
        id=env.new_id(),
        template=Template.PASSWORD_ISSUED,
        channel=rules.password_by,
        address=account.address(rules.password_by),
        locale=account.locale,
        created_at=now,
        deadline=now + rules.password_delivery,
        # A newer password withdraws the message of an older one that was not sent yet.
        topic=f"password/{account.id}",
        # A policy that changes while the message waits must not make another password of the seed.
        params={"digits": str(rules.password_digits)},
        seed=seed,
    )
