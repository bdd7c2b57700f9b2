"""Cases: what a page may show of a challenge, which is nothing to judge a code with."""

# ruff: noqa: S101 - the asserts are the contract
from __future__ import annotations

from typing import Final

from entractes_auth.records.challenge import Challenge, Glance
from entractes_auth.records.kinds import Channel
from entractes_auth.testing import builders as b
from entractes_auth.testing.cases import Suite
from entractes_auth.testing.store_contract.challenges import ID, spent
from entractes_auth.testing.store_contract.rig import Rig

__all__ = ["GLANCES"]

GLANCES: Final[Suite[Rig]] = Suite("glances")


def glance_at(challenge: Challenge, masked: str) -> Glance:
    sent = challenge.sending
    assert sent is not None
    return Glance(
        challenge_id=challenge.id,
        purpose=challenge.purpose,
        subject_id=challenge.subject_id,
        binding=challenge.binding,
        channel=sent.channel,
        masked=masked,
        sendings=sent.counter,
        sent_at=sent.sent_at,
        attempts_left=challenge.attempts,
        code_expires_at=sent.expires_at,
        expires_at=challenge.expires_at,
    )


@GLANCES.case
async def a_glance_shows_the_challenge_and_counts_nothing(rig: Rig) -> None:
    """A glance shows what a page needs, as often as it likes; no attempt is counted."""
    await rig.store.commit(b.batch(b.challenge(1)))
    for _ in range(3):
        glance = await rig.store.glance(ID, b.NOW)
        assert glance is not None
        assert glance == glance_at(b.challenge(1), glance.masked)
    assert (await spent(rig)).attempts_left == 2


@GLANCES.case
async def a_glance_before_the_first_sending_has_no_address(rig: Rig) -> None:
    """While nothing was sent, the glance says so: no channel, no address, no times of a code."""
    await rig.store.commit(b.batch(b.challenge(1, sending=None)))
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert (glance.channel, glance.masked, glance.sendings) == (None, "", 0)
    assert (glance.sent_at, glance.code_expires_at) == (None, None)


@GLANCES.each({"sms": (Channel.SMS, "+33612345678"), "email": (Channel.EMAIL, "zoe.martin@example.fr")})
async def a_glance_masks_the_address(to: tuple[Channel, str], rig: Rig) -> None:
    """A glance shows the newest address masked: neither a whole phone number nor the name before the @."""
    channel, address = to
    sent = b.sending(1, channel=channel, address=address)
    await rig.store.commit(b.batch(b.challenge(1, binding="", sending=sent)))
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert glance.channel is channel
    assert glance.masked
    for shown in (glance.masked, repr(glance)):
        assert address not in shown
        assert "zoe.martin" not in shown
    assert sum(character.isdigit() for character in glance.masked) <= 4


@GLANCES.case
async def a_glance_holds_nothing_that_a_code_is_derived_from(rig: Rig) -> None:
    """Neither the nonce, in any spelling, nor the key's name is in what a page may show."""
    sent = b.sending(1, key_id="key-of-2026")
    await rig.store.commit(b.batch(b.challenge(1, sending=sent)))
    shown = repr(await rig.store.glance(ID, b.NOW))
    for hidden in (repr(sent.nonce), sent.nonce.hex(), sent.key_id):
        assert hidden not in shown


@GLANCES.case
async def a_used_up_challenge_is_still_shown(rig: Rig) -> None:
    """When no attempt is left the page can say so: the glance shows 0."""
    await rig.store.commit(b.batch(b.challenge(1)))
    for _ in range(3):
        await spent(rig)
    glance = await rig.store.glance(ID, b.NOW)
    assert glance is not None
    assert glance.attempts_left == 0
