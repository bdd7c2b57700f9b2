"""What is never sent, what is kept, and what operators see of the outbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entractes_auth import Channel, Policy
from entractes_auth.backends.batch import StoredMessage
from entractes_auth.errors import DeliveryFailed, InvalidInput
from entractes_auth.flows import confirmation, login, outbox, recovery, registration, review
from entractes_auth.links import seal
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Template
from entractes_auth.testing import scenario
from tests.flows.carriers import Carrier, queued
from tests.flows.world import World, with_codes

pytestmark = pytest.mark.anyio


QUEUED, SENT, DEAD = MessageState.QUEUED, MessageState.SENT, MessageState.DEAD


async def dead_letters(world: World) -> list[tuple[Template, str]]:
    """What the operators see of what could not be sent."""
    page = await world.run(review.dead_letters(scenario.REVIEWER))
    return sorted((stored.message.template, stored.reason) for stored in page.rows)


async def withdrawn(world: World) -> list[Template]:
    """What became pointless before it was sent."""
    return sorted(stored.message.template for stored in await world.outbox(MessageState.WITHDRAWN))


class TestSuperseded:
    """What became pointless while it waited."""

    async def test_a_code_that_was_replaced_is_never_sent(self, world: World) -> None:
        """The carrier is back after a resend: only the newest code arrives, and the link with it."""
        world = world.again(policy=with_codes(world.policy))
        slow = world.again(deliver="relay")
        await queued(world)
        (link,) = [
            stored
            for stored in await world.outbox(QUEUED)
            if stored.message.template is Template.CONFIRM_LINK
        ]
        confirm_link = link_of(world, link)
        world.wait(minutes=1)
        await slow.run(confirmation.resend(confirm_link))
        await world.run(outbox.deliver())
        assert await withdrawn(world) == [Template.CONFIRM_CODE]
        codes = [sent for sent in world.inbox.messages if sent.channel is Channel.SMS]
        links = [sent for sent in world.inbox.messages if sent.channel is Channel.EMAIL]
        assert (len(codes), len(links)) == (1, 1)
        await world.run(confirmation.confirm(confirm_link, code=world.inbox.last_code_to(codes[0].to)))

    async def test_so_with_a_sign_in(self, world: World) -> None:
        """A code asked for by SMS and then by e-mail, before the relay ran: one code is sent."""
        member = await world.member()
        slow = world.again(deliver="relay")
        world.inbox.clear()
        page = await slow.run(login.begin(member.identifier, member.password))
        for channel in Channel:
            await slow.run(login.send_code(page.ticket, channel))
            world.wait(minutes=1)
        await world.run(outbox.deliver())
        (sent,) = world.inbox.messages
        assert sent.channel is Channel.EMAIL
        await world.run(login.verify(page.ticket, code=world.inbox.last_code_to(sent.to)))

    async def test_so_with_a_recovery(self, world: World) -> None:
        """Two codes asked for before the relay ran: one is sent, and it is right."""
        member = await world.member()
        slow = world.again(deliver="relay")
        await world.run(recovery.begin(member.applicant.contacts.email))
        link = scenario.token_in(world.inbox.last_link_to(member.applicant.contacts.email))
        world.inbox.clear()
        for _ in range(2):
            await slow.run(recovery.send_code(link))
            world.wait(minutes=1)
        await world.run(outbox.deliver())
        (sent,) = world.inbox.messages
        await world.run(recovery.complete(link, code=world.inbox.last_code_to(sent.to)))

    async def test_a_confirmed_or_renewed_link_is_not_sent(self, world: World) -> None:
        """A restart withdraws what was queued for the link of before."""
        draft = await queued(world)
        await world.again(deliver="relay").run(confirmation.restart(draft.link))
        assert (await world.run(outbox.deliver())).sent == 2
        assert await withdrawn(world) == [Template.CONFIRM_CODE, Template.CONFIRM_LINK]
        assert await dead_letters(world) == [], "nobody has to look after what was not wanted any more"

    async def test_a_password_that_waited_is_the_one_that_was_hashed(self, world: World) -> None:
        """A policy of longer passwords that is deployed meanwhile makes no other password of it."""
        waiting = await world.in_review()
        slow = world.again(deliver="relay")
        issued = await slow.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        later = world.again(policy=scenario.quick_policy(Policy.hardened()))
        await later.run(outbox.deliver())
        password = world.inbox.last_password_to(waiting.applicant.contacts.mobile)
        await later.run(login.begin(issued.identifier, password))

    async def test_an_older_password_is_not_sent(self, world: World) -> None:
        """A password that was not sent when a recovery issued a newer one stays where it is, and dies."""
        waiting = await world.in_review()
        slow = world.again(deliver="relay")
        issued = await slow.run(review.approve(scenario.REVIEWER, waiting.registration_id))
        await slow.run(recovery.begin(waiting.applicant.contacts.email))
        await world.run(outbox.deliver(only=await ids(world, Template.RECOVERY_LINK)))
        link = scenario.token_in(world.inbox.last_link_to(waiting.applicant.contacts.email))
        await slow.run(recovery.send_code(link))
        await world.run(outbox.deliver(only=await ids(world, Template.RECOVERY_CODE)))
        code = world.inbox.last_code_to(waiting.applicant.contacts.mobile)
        await slow.run(recovery.complete(link, code=code))
        await world.run(outbox.deliver())
        passwords = [sent for sent in world.inbox.messages if "mot de passe est" in sent.text]
        assert len(passwords) == 1
        password = world.inbox.last_password_to(waiting.applicant.contacts.mobile)
        await world.run(login.begin(issued.identifier, password))


async def ids(world: World, template: Template) -> tuple[str, ...]:
    """The queued messages of this kind."""
    return tuple(
        stored.message.id for stored in await world.outbox(QUEUED) if stored.message.template is template
    )


def link_of(world: World, stored: StoredMessage) -> str:
    """The link that the message will carry."""
    link = stored.message.link
    assert link is not None
    return seal(link.purpose, link.id, world.keys).reveal()


class TestAtRest:
    """What the outbox keeps."""

    async def test_no_seed_once_it_is_over(
        self, sqlite: World, database: Path, dump: Callable[[], str]
    ) -> None:
        """Sent, withdrawn or dead: what a secret was derived from is erased from every row."""
        await queued(sqlite, 1)
        assert seeds(database) == 1
        await sqlite.run(outbox.deliver())
        assert seeds(database) == 0
        await queued(sqlite, 2)
        sqlite.clock.advance(sqlite.policy.codes.lifetime)
        await sqlite.run(outbox.deliver())
        assert seeds(database) == 0
        third = await queued(sqlite, 3)
        await sqlite.run(registration.withdraw(third.link))
        assert seeds(database) == 0
        for sent in sqlite.inbox.messages:
            if sent.channel is Channel.SMS:
                assert sent.text not in dump()

    async def test_no_secret_while_it_waits(self, sqlite: World, dump: Callable[[], str]) -> None:
        """A copy of the database without the keys yields no code and no link."""
        world = sqlite.again(policy=with_codes(sqlite.policy))
        await queued(world)
        before = dump()
        await world.run(outbox.deliver())
        code, link = world.inbox.last_code_to("+33612340001"), world.inbox.last_link_to("Zoe.1@example.fr")
        for row in (before, dump()):
            assert code not in row
            assert scenario.token_in(link).reveal().rpartition(".")[2] not in row


def seeds(database: Path) -> int:
    """How many messages have one."""
    connection = sqlite3.connect(database)
    try:
        (count,) = connection.execute(
            "SELECT count(*) FROM messages WHERE seed_nonce IS NOT NULL OR seed_key_id IS NOT NULL"
        ).fetchone()
    finally:
        connection.close()
    assert isinstance(count, int)
    return count


class TestDeadLetters:
    """`review.dead_letters`"""

    async def test_page_by_page_without_secrets(self, world: World) -> None:
        """Oldest first, each once; none has what a code could be derived from."""
        refusals = [DeliveryFailed("no", permanent=True)] * 6
        world = world.again(carrier=Carrier(world.inbox, refusals))
        for n in range(1, 4):
            await queued(world, n)
            world.wait(seconds=1)
        await world.run(outbox.deliver())
        seen: list[StoredMessage] = []
        after: str | None = None
        while True:
            page = await world.run(review.dead_letters(scenario.REVIEWER, after=after, limit=4))
            seen += page.rows
            after = page.next
            if after is None:
                break
        assert len({stored.message.id for stored in seen}) == len(seen) == 6
        assert [stored.message.created_at for stored in seen] == sorted(s.message.created_at for s in seen)
        assert all(stored.message.seed is None and stored.state is DEAD for stored in seen)
        assert "example.fr" not in repr(seen)

    @pytest.mark.parametrize("wrong", [{"after": "x"}, {"limit": 0}, {"limit": -1}])
    async def test_a_wrong_page_is_named(self, wrong: dict[str, Any], world: World) -> None:
        """A cursor comes back from a browser."""
        with pytest.raises(InvalidInput) as refused:
            await world.run(review.dead_letters(scenario.REVIEWER, **wrong))
        assert [problem.field for problem in refused.value.problems] == list(wrong)
