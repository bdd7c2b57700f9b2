"""Hashes and keys that follow one another: what an older one closed still opens."""

from __future__ import annotations

import pytest

from entractes_auth import Channel, Keyring, Purpose
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.errors import KeyMissing, LinkRefused, SignInRefused
from entractes_auth.flows import confirmation, login, outbox, recovery, registration
from entractes_auth.links import open_link, seal
from entractes_auth.policy import HashPolicy
from entractes_auth.testing import scenario
from entractes_auth.testing.faults import Faults
from tests.flows.situations import hashes, ticket_of
from tests.flows.world import World

pytestmark = pytest.mark.anyio


OLD, NEW = (f"{name}:{Keyring.new_key()}" for name in ("k1", "k2"))


def before(world: World) -> World:
    """The world as it is until the operator rotates."""
    return world.again(keys=Keyring.from_text(OLD))


def rotated(world: World) -> World:
    """The new key in front, the old one kept."""
    return world.again(keys=Keyring.from_text(f"{NEW},{OLD}"))


def retired(world: World) -> World:
    """The old key taken out."""
    return world.again(keys=Keyring.from_text(NEW))


class TestRotated:
    """The old key is still in the ring."""

    async def test_links_and_codes_of_before(self, world: World) -> None:
        """A registration that was under way goes on, link and code unchanged."""
        waiting = await before(world).submitted()
        after = rotated(world)
        await after.run(registration.resume(waiting.resume_link))
        await after.run(confirmation.confirm(waiting.confirm_link, code=waiting.code))

    async def test_a_resend_uses_the_new_key(self, world: World) -> None:
        """The next code of an old challenge is made with the new key, and survives the old one's retirement."""
        waiting = await before(world).submitted()
        world.wait(minutes=1)
        after = rotated(world)
        await after.run(confirmation.resend(waiting.confirm_link))
        code = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        await after.run(confirmation.confirm(waiting.confirm_link, code=code))
        member = await after.member(2)
        ticket, code = await after.run(scenario.ticketed(world.inbox, member))
        await retired(world).run(login.verify(ticket, code=code))

    async def test_messages_that_waited(self, world: World) -> None:
        """What was queued before is derived with its own key; its link is sealed with the new one."""
        old = before(world).again(deliver="relay")
        draft = await old.run(scenario.drafted(scenario.applicant()))
        await old.run(registration.submit(draft.link))
        after = rotated(world)
        assert (await after.run(outbox.deliver())).sent == 2
        who = scenario.applicant().contacts
        link, code = (
            scenario.token_in(world.inbox.last_link_to(who.email)),
            world.inbox.last_code_to(who.mobile),
        )
        assert link.reveal().startswith("k2.")
        await after.run(confirmation.confirm(link, code=code))

    async def test_a_password_moves_to_the_new_pepper(self, world: World) -> None:
        """At its next sign-in, once; from then on the old key may go."""
        member = await before(world).member()
        after = rotated(world)
        assert (await world.account(member.account_id)).credential.key_id == "k1"
        with pytest.raises(SignInRefused):
            await after.run(login.begin(member.identifier, scenario.another(member.password)))
        assert (await world.account(member.account_id)).credential.key_id == "k1"
        await after.run(login.begin(member.identifier, member.password))
        moved = await world.account(member.account_id)
        assert moved.credential.key_id == "k2"
        await after.run(login.begin(member.identifier, member.password))
        assert (await world.account(member.account_id)).credential.hash == moved.credential.hash
        await retired(world).run(scenario.signed_in(world.inbox, member))

    async def test_a_sign_in_that_was_under_way(self, world: World) -> None:
        """Moving the pepper is no change of password: an older ticket still opens."""
        member = await before(world).member()
        ticket, code = await before(world).run(scenario.ticketed(world.inbox, member))
        after = rotated(world)
        await after.run(login.begin(member.identifier, member.password))
        await after.run(login.verify(ticket, code=code))

    async def test_a_recovery_that_was_under_way(self, world: World) -> None:
        """Its link and code still work, and the new password stands on the new key."""
        member = await before(world).member()
        half = await before(world).run(scenario.recovering(world.inbox, member))
        await rotated(world).run(recovery.complete(half.link, code=half.code))
        assert (await world.account(member.account_id)).credential.key_id == "k2"


class TestRetired:
    """The old key is gone."""

    async def test_links_of_before_are_refused_like_any_other(self, world: World) -> None:
        """A link names its key: an unknown name is a forged or very old link, and says nothing."""
        waiting = await before(world).submitted()
        after = retired(world)
        for flow in (
            registration.resume(waiting.resume_link),
            confirmation.open(waiting.confirm_link),
            confirmation.confirm(waiting.confirm_link, code=waiting.code),
        ):
            with pytest.raises(LinkRefused) as refused:
                await after.run(flow)
            assert refused.value.args == ()

    async def test_a_password_of_before_names_the_key_that_is_missing(self, world: World) -> None:
        """The operator sees which key to put back; nothing was changed, and then it opens."""
        member = await before(world).member()
        stored = await world.account(member.account_id)
        for password in (member.password, scenario.another(member.password)):
            with pytest.raises(KeyMissing) as missing:
                await retired(world).run(login.begin(member.identifier, password))
            assert missing.value.key_id == "k1"
        assert await world.account(member.account_id) == stored
        await rotated(world).run(scenario.signed_in(world.inbox, member, Channel.EMAIL))

    async def test_a_code_of_before_names_the_key_that_is_missing(self, world: World) -> None:
        """Behind a link that was sealed anew: the row's key is the one that is named."""
        waiting = await before(world).submitted()
        challenge_id = open_link(waiting.confirm_link, Purpose.CONFIRM, before(world).keys)
        after = retired(world)

        fresh = seal(Purpose.CONFIRM, challenge_id, after.keys)
        with pytest.raises(KeyMissing) as missing:
            await after.run(confirmation.confirm(fresh, code=waiting.code))
        assert missing.value.key_id == "k1"
        world.wait(minutes=1)
        await after.run(confirmation.resend(fresh))
        code = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        await after.run(confirmation.confirm(fresh, code=code))

    async def test_an_unknown_identifier_is_still_nobodys(self, world: World) -> None:
        """The missing key troubles only those whose row names it."""
        await before(world).member()
        with pytest.raises(SignInRefused):
            await retired(world).run(login.begin("Zoé", "123456"))


class TestRehash:
    """A sign-in is the only time at which a password is known: its hash is renewed then."""

    async def test_when_the_parameters_moved(self, world: World) -> None:
        """One hash more, once; the password is the same, and its pending tickets are not ended."""
        member = await world.member()
        old_ticket, old_code = await world.run(scenario.ticketed(world.inbox, member))
        dearer = HashPolicy(time_cost=2, memory_kib=16, parallelism=1)
        faults = Faults()
        hasher = faults.port("hasher", Argon2Hasher(dearer))
        moved = world.again(hasher=hasher)
        before = (await world.account(member.account_id)).credential
        await ticket_of(moved, member)
        await ticket_of(moved, member)
        assert hashes(faults) == ["verify", "hash", "verify"]
        after = (await world.account(member.account_id)).credential
        assert "m=16,t=2,p=1" in after.hash
        assert (after.serial, after.changed_at, after.key_id) == (
            before.serial,
            before.changed_at,
            before.key_id,
        )
        await moved.run(login.verify(old_ticket, code=old_code))

    async def test_a_wrong_password_renews_nothing(self, world: World) -> None:
        """Only who knows the password has it hashed anew."""
        member = await world.member()
        moved = world.again(hasher=Argon2Hasher(HashPolicy(time_cost=2, memory_kib=16, parallelism=1)))
        before = await world.account(member.account_id)
        with pytest.raises(SignInRefused):
            await moved.run(login.begin(member.identifier, scenario.another(member.password)))
        assert await world.account(member.account_id) == before
