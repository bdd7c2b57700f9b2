"""Spending an attempt, judging a code, and committing what follows: what confirmation, sign-in and recovery share."""

from __future__ import annotations

from entractes_auth.backends.batch import Batch
from entractes_auth.codes import judge, read_code
from entractes_auth.env import Env
from entractes_auth.errors import AlreadyRedeemed, CodeRefused, LinkRefused, Reason
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import clear, count, of_subject
from entractes_auth.flows.warning import warning_letter
from entractes_auth.links import LinkText, open_link
from entractes_auth.records.account import Account
from entractes_auth.records.challenge import Proof
from entractes_auth.records.event import What
from entractes_auth.records.kinds import AccountState, Purpose
from entractes_auth.records.message import Message

__all__ = ["prove", "proven_account", "redeem", "require_bound"]


async def prove(env: Env, link: LinkText, purpose: Purpose, code: str) -> Proof:
    """Count one attempt, then judge the code. The order is the rule: nothing is compared before it is counted.

    Raises:
        InvalidInput: not a code by its form; no attempt was counted.
        LinkRefused: cut, forged or of another purpose.
        CodeRefused: wrong, expired, used up or redeemed.
        Limited: this subject had too many attempts today, on whatever challenges.
    """
    challenge_id = open_link(link, purpose, env.keys)
    typed = read_code(code, env.policy.codes.digits)
    attempt = await env.store.spend(challenge_id, env.now())
    if attempt is None:
        raise CodeRefused
    if attempt.purpose is not purpose:
        raise LinkRefused
    judged = await count(env, "code_attempts_per_subject", of_subject(purpose, attempt.subject_id))
    try:
        return judge(attempt, typed, env.policy.codes.digits, env.keys)
    except CodeRefused:
        letter = await warning_letter(env, attempt, judged)
        await _note_refusal(env, attempt.subject_id, Reason.WRONG_CODE, letter)
        raise


def require_bound(account: Account | None, binding: str) -> Account:
    """The account, if its password is still the one that the challenge was made on, and it may be opened.

    A sign-in that was begun with the old password must not end after a recovery, and of two
    recovery links the second dies when the first is used.

    Raises:
        LinkRefused: otherwise.
    """
    if account is None or account.credential.serial != binding or account.state is not AccountState.ACTIVE:
        raise LinkRefused
    return account


async def proven_account(env: Env, proof: Proof) -> Account:
    """The account that a right code opens, on the same condition as `require_bound`.

    A code proves the address that it went to: one that went to a phone that was lost opens nothing
    once the account has another.

    Raises:
        CodeRefused: somebody was quicker with the same code; that is why the password is another.
        LinkRefused: the password or the address changed since, or the account may not be opened.
    """
    account = await env.store.account(proof.subject_id)
    reached = account is not None and account.address(proof.channel) == proof.address
    try:
        return require_bound(account if reached else None, proof.binding)
    except LinkRefused:
        if await env.store.glance(proof.challenge_id, env.now()) is None:
            raise CodeRefused from None
        await _note_refusal(env, proof.subject_id, Reason.CHALLENGE_STALE)
        raise


async def _note_refusal(env: Env, subject_id: str, reason: Reason, letter: Message | None = None) -> None:
    refused = event(env, What.CODE_REFUSED, subject_id, reason=reason)
    if letter is None:
        await env.store.commit(Batch(at=refused.at, events=(refused,)))
        return
    warned = event(env, What.OWNER_WARNED, subject_id)
    await env.store.commit(Batch(at=refused.at, messages=(letter,), events=(refused, warned)))


async def redeem(env: Env, proof: Proof, batch: Batch) -> None:
    """Commit what follows from a right code (`batch.redeem` is the proof), then forget the wrong ones before it.

    Raises:
        CodeRefused: the challenge was redeemed, replaced or closed by someone else first.
    """
    try:
        await env.store.commit(batch)
    except AlreadyRedeemed:
        raise CodeRefused from None
    await clear(env, "code_attempts_per_subject", of_subject(proof.purpose, proof.subject_id))
