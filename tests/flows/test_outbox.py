"""The relay: nothing is lost, nothing is sent too late, and what cannot be sent is seen."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from entractes_auth import Auth, Channel, Keyring
from entractes_auth.backends.batch import StoredMessage
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.backends.system import SystemEntropy
from entractes_auth.errors import DeliveryFailed, InvalidInput, StoreUnavailable
from entractes_auth.flows import confirmation, login, outbox, recovery, registration, review
from entractes_auth.records.kinds import MessageState
from entractes_auth.records.message import Template
from entractes_auth.testing import RecordingMessenger, scenario
from entractes_auth.testing.faults import Crash, Faults, Moment
from tests.flows.world import World, with_codes

pytestmark = pytest.mark.anyio

MOMENT = timedelta(microseconds=1)
QUEUED, SENT, DEAD = MessageState.QUEUED, MessageState.SENT, MessageState.DEAD
NOTHING = outbox.Delivered(sent=0, retried=0, dead=0)


class Carrier:
    """Fails with each of the given errors in turn, on the channels that it is told, and then carries."""

    def __init__(self, inbox: RecordingMessenger, errors: Iterable[Exception], *channels: Channel) -> None:
        self._inbox = inbox
        self._errors = iter(errors)
        self._channels = channels or tuple(Channel)
        self.tried: list[str] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        """Fail, or hand over."""
        self.tried.append(outgoing.id)
        error = next(self._errors, None) if outgoing.channel in self._channels else None
        if error is not None:
            raise error
        return self._inbox.send(outgoing)


class Even:
    """Randomness whose two-byte draws, which make the jitter, are all alike."""

    def __init__(self, jitter: bytes) -> None:
        self._jitter = jitter

    def draw(self, count: int) -> bytes:
        """Random bytes, but for the jitter."""
        return self._jitter if count == 2 else SystemEntropy().draw(count)


def unavailable(times: int) -> list[Exception]:
    """So many failures that pass."""
    return [DeliveryFailed("the carrier is away")] * times


async def queued(world: World, n: int = 1) -> registration.Draft:
    """Two messages in the outbox: a link and a code. Nothing is sent."""
    slow = world.again(deliver="relay")
    draft = await slow.run(scenario.drafted(scenario.applicant(n)))
    await slow.run(registration.submit(draft.link))
    return draft


async def dead_letters(world: World) -> list[tuple[Template, str]]:
    """What the operators see of what could not be sent."""
    page = await world.run(review.dead_letters(scenario.REVIEWER))
    return sorted((stored.message.template, stored.reason) for stored in page.rows)


class TestDelivery:
    """When all goes well."""

    async def test_inline_sends_at_once(self, world: World) -> None:
        """What a flow queued is sent when it returns; a relay finds nothing to do."""
        await world.submitted()
        assert len(world.inbox.messages) == 2
        assert await world.run(outbox.deliver()) == NOTHING

    async def test_a_relay_sends_what_was_queued(self, world: World) -> None:
        """Nothing before it runs, everything when it does, nothing twice."""
        await queued(world)
        assert world.inbox.messages == ()
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=2, retried=0, dead=0)
        assert await world.run(outbox.deliver()) == NOTHING
        assert len(world.inbox.messages) == 2
        assert {stored.state for stored in await world.outbox(SENT)} == {SENT}

    async def test_inline_sends_its_own_messages_only(self, memory: World) -> None:
        """A flow does not wait for the mail of others."""
        await queued(memory, 1)
        await memory.run(recovery.begin("nobody@example.fr"))
        assert [sent.to for sent in memory.inbox.messages] == ["nobody@example.fr"]

    @pytest.mark.parametrize("limit", [0, 1, 4, 6, 7, 12, 50])
    async def test_no_more_than_it_is_told(self, limit: int, memory: World) -> None:
        """Oldest first; the rest is left for the next call."""
        for n in range(1, 7):
            await queued(memory, n)
            memory.wait(seconds=1)
        done = await memory.run(outbox.deliver(limit=limit))
        assert done.sent == len(memory.inbox.messages) == min(limit, 12)
        assert len(await memory.outbox(QUEUED)) == 12 - done.sent
        left = [stored.message.created_at for stored in await memory.outbox(QUEUED)]
        sent = [stored.message.created_at for stored in await memory.outbox(SENT)]
        assert not left or not sent or max(sent) <= min(left)

    async def test_a_flow_does_not_fail_because_the_mail_does(self, world: World) -> None:
        """The commit is durable and so are its messages: whoever asked is answered, the relay goes on."""
        carrier = Carrier(world.inbox, unavailable(2))
        flaky = world.again(carrier=carrier)
        draft = await flaky.run(scenario.drafted(scenario.applicant()))
        assert (await flaky.run(registration.submit(draft.link))).state == "submitted"
        assert world.inbox.messages == ()
        world.wait(seconds=5)
        assert (await flaky.run(outbox.deliver())).sent == 2

    async def test_a_flow_does_not_fail_because_the_outbox_does(self, memory: World) -> None:
        """A database that goes away between the commit and the delivery loses nothing."""
        away = memory.again(store=WithoutLease(memory.store))
        draft = await away.run(scenario.drafted(scenario.applicant()))
        assert (await away.run(registration.submit(draft.link))).state == "submitted"
        assert (await memory.run(outbox.deliver())).sent == 2


class WithoutLease:
    """The store, unavailable for leases."""

    def __init__(self, store: object) -> None:
        self._store = store

    def lease(self, *args: object) -> None:
        """Never."""
        raise StoreUnavailable("gone")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class TestRetry:
    """A carrier that fails."""

    @pytest.mark.parametrize("jitter", [b"\0\0", b"\x80\0", b"\xff\xff"])
    async def test_back_off_and_jitter(self, jitter: bytes, memory: World) -> None:
        """Twice as long each time, up to the longest, and never all relays at the same instant."""
        rules = replace(
            memory.policy.messages, first_retry=timedelta(seconds=4), longest_retry=timedelta(seconds=20)
        )
        policy = replace(memory.policy, messages=rules)
        carrier = Carrier(memory.inbox, unavailable(5), Channel.EMAIL)
        world = memory.again(policy=policy, carrier=carrier, entropy=Even(jitter))
        await queued(world)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=1, dead=0)
        share = 0.5 + int.from_bytes(jitter, "big") / 2**17
        assert 0.5 <= share < 1
        for wait in (4, 8, 16, 20, 20):
            delay = timedelta(seconds=wait * share)
            world.clock.advance(delay - MOMENT)
            assert await world.run(outbox.deliver()) == NOTHING
            world.clock.advance(MOMENT)
            done = await world.run(outbox.deliver())
            assert done.sent + done.retried == 1
        assert done == outbox.Delivered(sent=1, retried=0, dead=0)
        (link,) = [sent for sent in world.inbox.messages if sent.channel is Channel.EMAIL]
        assert Counter(carrier.tried)[link.id] == 6

    async def test_the_same_message_under_the_same_id(self, world: World) -> None:
        """Tried again, it carries the same code, so that a carrier that had it after all changes nothing."""
        world = world.again(policy=with_codes(world.policy), carrier=Lossy(world.inbox))
        await queued(world)
        assert (await world.run(outbox.deliver())).retried == 2
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 2
        texts = {(sent.id, sent.text) for sent in world.inbox.messages}
        assert (len(world.inbox.messages), len(texts)) == (4, 2)

    async def test_until_its_deadline_and_not_longer(self, world: World) -> None:
        """A code that is no longer valid is never sent; its link, which is, arrives."""
        carrier = Carrier(world.inbox, unavailable(1000), Channel.SMS)
        world = world.again(carrier=carrier)
        await queued(world)
        for _ in range(60):
            await world.run(outbox.deliver())
            world.wait(minutes=1)
        assert [sent.channel for sent in world.inbox.messages] == [Channel.EMAIL]
        ((template, reason),) = await dead_letters(world)
        assert (template, reason) == (Template.CONFIRM_CODE, "deadline after: carrier unavailable")
        assert 1 < len(carrier.tried) < 20

    async def test_a_relay_that_was_away_too_long(self, world: World) -> None:
        """What it finds past its deadline is not sent, to the moment."""
        await queued(world)
        world.clock.advance(world.policy.codes.lifetime)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=0, dead=1)
        assert [sent.channel for sent in world.inbox.messages] == [Channel.EMAIL]
        assert await dead_letters(world) == [(Template.CONFIRM_CODE, "deadline")]

    async def test_just_in_time(self, world: World) -> None:
        """A code is sent as long as it is valid."""
        await queued(world)
        world.clock.advance(world.policy.codes.lifetime - MOMENT)
        assert (await world.run(outbox.deliver())).sent == 2

    async def test_a_permanent_failure_is_not_tried_again(self, world: World) -> None:
        """An address that does not exist: dead at once, and visible."""
        refusal = DeliveryFailed("no such mailbox", permanent=True)
        world = world.again(carrier=Carrier(world.inbox, [refusal], Channel.EMAIL))
        await queued(world)
        assert await world.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=0, dead=1)
        assert await dead_letters(world) == [(Template.CONFIRM_LINK, "refused by the carrier")]
        world.wait(days=1)
        assert await world.run(outbox.deliver()) == NOTHING

    async def test_a_messenger_that_raises_something_else(self, world: World) -> None:
        """Tried again; the reason names the type alone, since its text may hold an address."""
        error = ValueError("zoe.1@example.fr is not what I expected")
        world = world.again(carrier=Carrier(world.inbox, [error], Channel.EMAIL))
        await queued(world)
        assert (await world.run(outbox.deliver())).retried == 1
        (waiting,) = await world.outbox(QUEUED)
        assert (waiting.reason, waiting.tries) == ("ValueError", 1)
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 1

    async def test_a_key_that_is_gone_for_a_while(self, world: World) -> None:
        """A message whose key is missing waits until the operator put it back."""
        await queued(world)
        other = world.again(keys=Keyring.from_text(f"k2:{Keyring.new_key()}"))
        assert await other.run(outbox.deliver()) == outbox.Delivered(sent=1, retried=1, dead=0)
        (waiting,) = await world.outbox(QUEUED)
        assert (waiting.message.template, waiting.reason) == (Template.CONFIRM_CODE, "KeyMissing")
        world.wait(seconds=5)
        assert (await world.run(outbox.deliver())).sent == 1


class Lossy:
    """Hands each message over, and reports the first two as failed all the same."""

    def __init__(self, inbox: RecordingMessenger) -> None:
        self._inbox = inbox
        self._sent = 0

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand over; then perhaps fail."""
        receipt = self._inbox.send(outgoing)
        self._sent += 1
        if self._sent <= 2:
            raise DeliveryFailed("the line broke")
        return receipt


class TestCrash:
    """A relay that ends in the middle."""

    @pytest.mark.parametrize("moment", list(Moment))
    @pytest.mark.parametrize("number", range(1, 8))
    async def test_nothing_is_lost_and_ids_are_kept(self, number: int, moment: Moment, memory: World) -> None:
        """At whatever call: after the lease everything is sent, and what is sent twice has the same id."""
        await queued(memory)
        faults = Faults()
        faults.crash_at(number, moment)
        crashing = memory.again(
            store=faults.port("store", memory.store), carrier=faults.port("carrier", memory.inbox)
        )
        try:
            await crashing.run(outbox.deliver())
        except Crash:
            # What was leased is nobody else's until the lease ends.
            memory.clock.advance(memory.policy.messages.lease)
        await memory.run(outbox.deliver())
        sent = Counter(outgoing.id for outgoing in memory.inbox.messages)
        assert len(sent) == 2
        assert sorted(sent.values()) in ([1, 1], [1, 2])
        assert {outgoing.text for outgoing in memory.inbox.messages} == {
            outgoing.text for outgoing in dict.fromkeys(memory.inbox.messages)
        }
        assert await memory.outbox(QUEUED) == ()

    async def test_between_send_and_settle_it_is_sent_again(self, world: World) -> None:
        """At least once: the only message that is repeated is the one that was in hand."""
        await queued(world)
        faults = Faults()
        faults.crash_at(1, Moment.AFTER)
        crashing = world.again(carrier=faults.port("carrier", world.inbox))
        with pytest.raises(Crash):
            await crashing.run(outbox.deliver())
        assert (await world.run(outbox.deliver())).sent == 1, "the other one is not held up"
        world.clock.advance(world.policy.messages.lease - MOMENT)
        assert await world.run(outbox.deliver()) == NOTHING
        world.clock.advance(MOMENT)
        assert (await world.run(outbox.deliver())).sent == 1
        first, *others = [outgoing.id for outgoing in world.inbox.messages]
        assert Counter(others)[first] == 1
        assert len(others) == 2


class TestSeveralRelays:
    """Relays at once."""

    @pytest.mark.parametrize("store", ["memory", "sqlite"])
    async def test_each_message_is_sent_once(self, store: str, request: pytest.FixtureRequest) -> None:
        """Eight relays behind a barrier, and no message twice."""
        world: World = request.getfixturevalue(store)
        for n in range(1, 13):
            await queued(world, n)
        auth = world.auth
        assert isinstance(auth, Auth)
        barrier = threading.Barrier(8)
        done: list[outbox.Delivered] = []

        def relay() -> None:
            barrier.wait()
            done.append(auth.run(outbox.deliver()))

        threads = [threading.Thread(target=relay) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(each.sent for each in done) == 24
        assert set(Counter(sent.id for sent in world.inbox.messages).values()) == {1}
        assert len(world.inbox.messages) == 24

    async def test_a_late_relay_settles_nothing(self, memory: World) -> None:
        """Its lease ended and another relay has the message: what it reports is not believed."""
        await queued(memory)

        class Slow(Carrier):
            def send(self, outgoing: Outgoing) -> Receipt:
                memory.clock.advance(memory.policy.messages.lease)
                memory.run_now(outbox.deliver())
                raise DeliveryFailed("too late", permanent=True)

        slow = memory.again(carrier=Slow(memory.inbox, []))
        await slow.run(outbox.deliver(limit=1))
        assert await memory.outbox(DEAD) == ()
        assert len(await memory.outbox(SENT)) == 2


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
        assert await dead_letters(world) == [(Template.CONFIRM_CODE, "withdrawn")]
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
        assert sorted(await dead_letters(world)) == [
            (Template.CONFIRM_CODE, "withdrawn"),
            (Template.CONFIRM_LINK, "withdrawn"),
        ]

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
    from entractes_auth.links import seal

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
