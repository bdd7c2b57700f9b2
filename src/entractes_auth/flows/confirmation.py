"""E-mail and phone, proved together: the e-mailed link was opened, and the code that the phone received is right.

Opening the link proves and changes nothing by itself: mail scanners open links. The code,
typed on the link's page, proves both, in one commit that moves the registration to review.
"""

from __future__ import annotations

from dataclasses import dataclass

from entractes_auth.backends.batch import Batch
from entractes_auth.env import Env
from entractes_auth.errors import CodeRefused, LinkRefused
from entractes_auth.flow import flow
from entractes_auth.flows.audit import event
from entractes_auth.flows.codes import CodePage, glance, page, send_again, topics
from entractes_auth.flows.invitation import invite
from entractes_auth.flows.progress import Progress, progress
from entractes_auth.flows.proving import prove, redeem
from entractes_auth.flows.resuming import opened
from entractes_auth.links import LinkText
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Purpose
from entractes_auth.records.transitions import ContactsProven, ResentTo, apply, as_of

__all__ = ["UnderReview", "confirm", "open", "resend", "restart"]


@dataclass(frozen=True, slots=True)
class UnderReview:
    """Both contacts are proved; a human looks at the registration now."""

    registration_id: str


@flow
async def open(env: Env, link: LinkText) -> CodePage:
    """Show the page on which the code is typed. Changes nothing.

    Raises:
        LinkRefused: cut, forged, of another purpose, expired or used.
    """
    return page(env, await glance(env, link, Purpose.CONFIRM))


@flow
async def resend(env: Env, link: LinkText, *, network: str = "") -> CodePage:
    """Send a new code to the same phone; only the newest is right, and no attempt comes back.

    Raises:
        LinkRefused: cut, forged, of another purpose, expired or used; or no attempts are left.
        Limited: too soon, or too many codes for this phone, registration or network.
    """
    seen = await glance(env, link, Purpose.CONFIRM)
    registration = await env.store.registration(seen.subject_id)
    if (
        registration is None
        or registration.contacts is None
        or registration.challenge_id != seen.challenge_id
    ):
        raise LinkRefused
    return await send_again(
        env,
        seen,
        channel=Channel.SMS,
        address=registration.contacts.mobile,
        locale=registration.locale,
        network=network,
    )


@flow
async def restart(env: Env, resume_link: LinkText, *, network: str = "") -> Progress:
    """Send a new link and a new code, when the ones of before expired, got lost or are used up.

    Takes the applicant's own link (`Purpose.RESUME`), so a stranger cannot make a phone ring.

    Raises:
        LinkRefused: cut, forged or of another purpose.
        NotPossibleNow: nothing waits for a proof.
        Limited: too many messages for this phone, mailbox, registration or network.
    """
    registration = await opened(env, resume_link)
    now = env.now()
    challenge_id = env.new_id()
    until = now + env.policy.registration.draft_lifetime
    moved = apply(registration, ResentTo(challenge_id, until), now)
    await invite(env, registration, moved, challenge_id, What.REGISTRATION_SUBMITTED, network=network)
    return progress(moved, env.policy)


@flow
async def confirm(env: Env, link: LinkText, *, code: str) -> UnderReview:
    """Prove e-mail and phone together, and hand the registration to a human.

    Raises:
        InvalidInput: not a code by its form (letters, too short); costs no attempt.
        LinkRefused: cut, forged or of another purpose.
        CodeRefused: wrong, expired, used up or redeemed; does not say which.
        Limited: too many attempts for this registration today.
        NotPossibleNow: the registration expired a moment ago.
    """
    proof = await prove(env, link, Purpose.CONFIRM, code)
    registration = await env.store.registration(proof.subject_id)
    if registration is None or registration.challenge_id != proof.challenge_id:
        # Somebody was quicker with the same code, or the registration moved on: this challenge is over.
        raise CodeRefused
    now = env.now()
    moved = apply(as_of(registration, now), ContactsProven(proof), now)
    proven = event(env, What.CONTACTS_PROVEN, moved.id)
    withdrawn = topics(proof.challenge_id)
    await redeem(
        env,
        proof,
        Batch(at=now, registrations=(moved,), redeem=proof, withdraw=withdrawn, events=(proven,)),
    )
    return UnderReview(moved.id)
