"""What sign-in and recovery both ask before they go on."""

from __future__ import annotations

from entractes_auth.env import Env
from entractes_auth.errors import CaptchaRefused, LinkRefused
from entractes_auth.records.account import Account
from entractes_auth.records.kinds import AccountState

__all__ = ["require_captcha", "still_bound"]


async def require_captcha(env: Env, answer: str, network: str) -> None:
    """Ask the CAPTCHA port, where the policy wants it.

    Raises:
        CaptchaRefused: not passed.
    """
    if env.policy.captcha and await env.captcha.verify(answer, network) is None:
        raise CaptchaRefused


def still_bound(account: Account | None, serial: str) -> Account:
    """The account, if its password is still the one that the challenge was made on, and it may be opened.

    A sign-in that was begun with the old password must not end after a recovery, and of two
    recovery links the second dies when the first is used.

    Raises:
        LinkRefused: otherwise.
    """
    if account is None or account.credential.serial != serial or account.state is not AccountState.ACTIVE:
        raise LinkRefused
    return account
