"""The link and the code that prove e-mail and phone together: made, counted and queued in one commit."""

from __future__ import annotations

from entractes_auth.backends.batch import Batch
from entractes_auth.contacts import email_key, mask_phone
from entractes_auth.env import Env
from entractes_auth.errors import NotPossibleNow
from entractes_auth.flows.audit import event
from entractes_auth.flows.budgets import count, count_code
from entractes_auth.flows.codes import link_topic, sending, topics
from entractes_auth.records.challenge import Challenge
from entractes_auth.records.event import What
from entractes_auth.records.kinds import Channel, Purpose
from entractes_auth.records.message import LinkRef, Message, Template
from entractes_auth.records.registration import Registration
from entractes_auth.steps import Contacts

__all__ = ["full_name", "invite"]


async def invite(
    env: Env, registration: Registration, moved: Registration, challenge_id: str, what: What, *, network: str
) -> None:
    """Commit the moved registration with a new challenge, its e-mailed link and its SMS code.

    The challenge of before, if there is one, ends in the same commit: only the newest link
    and code are good. Its attempts do not come back: the subject's daily budget holds.

    Raises:
        Limited: too many messages for this phone, mailbox, registration or network.
    """
    contacts = moved.contacts
    if contacts is None:
        raise NotPossibleNow(registration.state.value, "invite without contacts")
    await count_code(env, Purpose.CONFIRM, Channel.SMS, contacts.mobile, subject_id=moved.id, network=network)
    await count(env, "emails_per_address", email_key(contacts.email))
    challenge, code = _challenge(env, moved, contacts, challenge_id)
    before = registration.challenge_id
    batch = Batch(
        at=challenge.created_at,
        registrations=(moved,),
        challenges=(challenge,),
        close=(before,) if before else (),
        withdraw=topics(before),
        messages=(_link(env, moved, contacts, challenge), code),
        events=(event(env, what, moved.id), event(env, What.CODE_SENT, moved.id, channel=Channel.SMS)),
    )
    await env.store.commit(batch)


def _challenge(
    env: Env, registration: Registration, contacts: Contacts, challenge_id: str
) -> tuple[Challenge, Message]:
    now = env.now()
    expires_at = now + env.policy.links.confirm_lifetime
    sent, code = sending(
        env,
        challenge_id=challenge_id,
        counter=1,
        purpose=Purpose.CONFIRM,
        channel=Channel.SMS,
        address=contacts.mobile,
        locale=registration.locale,
        until=expires_at,
    )
    challenge = Challenge(
        id=challenge_id,
        purpose=Purpose.CONFIRM,
        subject_id=registration.id,
        binding=contacts.email,
        attempts=env.policy.codes.attempts,
        created_at=now,
        expires_at=expires_at,
        sending=sent,
    )
    return challenge, code


def _link(env: Env, registration: Registration, contacts: Contacts, challenge: Challenge) -> Message:
    return Message(
        id=env.new_id(),
        template=Template.CONFIRM_LINK,
        channel=Channel.EMAIL,
        address=contacts.email,
        locale=registration.locale,
        created_at=challenge.created_at,
        deadline=challenge.expires_at,
        topic=link_topic(challenge.id),
        params={**full_name(registration), "masked_mobile": mask_phone(contacts.mobile)},
        link=LinkRef(Purpose.CONFIRM, challenge.id),
    )


def full_name(registration: Registration) -> dict[str, str]:
    """The parameters `first_name` and `last_name` of a message to the applicant."""
    identity = registration.identity
    return {
        "first_name": identity.first_name if identity else "",
        "last_name": identity.last_name if identity else "",
    }
