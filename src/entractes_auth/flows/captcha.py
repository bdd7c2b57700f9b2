"""The robot check, where the policy asks for one."""

from __future__ import annotations

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import CaptchaRefused, Reason
from entractes_auth.flows.audit import event
from entractes_auth.records.event import What

__all__ = ["require_captcha"]


async def require_captcha(env: Env, answer: str, network: str) -> None:
    """Ask the CAPTCHA port, where the policy wants it.

    Raises:
        CaptchaRefused: not passed.
    """
    if not env.policy.captcha or await env.captcha.verify(answer, network) is not None:
        return
    refused = event(env, What.SIGN_IN_REFUSED, "", reason=Reason.CAPTCHA_REFUSED)
    await env.store.commit(Batch(at=refused.at, events=(refused,)))
    raise CaptchaRefused
