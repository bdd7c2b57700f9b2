"""One public answer: nothing that an asker can see, count or clock tells whether an account exists.

What is compared: the error's type, arguments and sentences, the messages that reach the asker,
the calls of every port by kind, and among them the hashes, and the rows written, which are what takes time.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from entractes_auth import Channel, Flow, Locale, Purpose, Step
from entractes_auth.backends.batch import Batch
from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.errors import AuthError, CodeRefused, LinkRefused, SignInRefused
from entractes_auth.flows import confirmation, login, recovery, registration, review
from entractes_auth.links import seal
from entractes_auth.records.event import What
from entractes_auth.records.kinds import MessageState
from entractes_auth.testing import builders, scenario
from entractes_auth.testing.faults import Faults
from entractes_auth.texts import explain_error
from tests.flows.world import World, suspend

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Seen:
    """All that an asker could see, and all that takes time."""

    answer: object
    sentences: tuple[str, ...]
    messages: int
    calls: Counter[str]
    written: Counter[str]


class Rows:
    """A store that notes how many rows of each kind it was given: each is a statement, and takes time."""

    def __init__(self, store: Store | AsyncStore) -> None:
        self._store: Any = store
        self.written = Counter[str]()

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._store, name)
        if name != "commit":
            return target

        def commit(batch: Batch) -> Any:
            return target(self._noted(batch))

        async def commit_later(batch: Batch) -> Any:
            return await target(self._noted(batch))

        return commit_later if inspect.iscoroutinefunction(target) else commit

    def _noted(self, batch: Batch) -> Batch:
        for name in ("registrations", "accounts", "challenges", "sendings", "messages", "events"):
            self.written[name] += len(getattr(batch, name))
        return batch


async def ask(world: World, flow: Flow[Any]) -> Seen:
    """Run the flow, and note everything."""
    faults, rows = Faults(), Rows(world.store)
    watched = world.again(
        store=faults.port("store", cast("Store", rows)),
        limits=faults.port("limits", world.limits),
        hasher=faults.port("hasher", Argon2Hasher(world.policy.credentials.hash)),
        carrier=faults.port("carrier", world.inbox),
    )
    before = len(world.inbox.messages)
    sentences: tuple[str, ...] = ()
    try:
        answer: object = await watched.run(flow)
    except AuthError as error:
        answer = (type(error), error.args, str(error), repr(error), error.__cause__)
        sentences = tuple(explain_error(error, locale) for locale in Locale)
    messages = len(world.inbox.messages) - before
    return Seen(answer, sentences, messages, Counter(faults.calls), rows.written)


async def ask_all(world: World, flows: dict[str, Flow[Any]]) -> dict[str, Seen]:
    """What each asker sees."""
    return {name: await ask(world, flow) for name, flow in flows.items()}


class TestSignIn:
    """`login.begin`"""

    @pytest.mark.parametrize("network", ["", "192.0.2.1"])
    async def test_nobody_a_member_and_a_suspended_one(self, network: str, world: World) -> None:
        """An unknown identifier, a wrong password, a suspended account with its right one: one answer."""
        member, suspended = await world.member(1), await world.member(2)
        await suspend(world, suspended)
        unknown = next(
            f"{n:05d}" for n in range(9) if f"{n:05d}" not in (member.identifier, suspended.identifier)
        )

        def begin(identifier: str, password: str) -> Flow[Any]:
            return login.begin(identifier, password, network=network)

        seen = await ask_all(
            world,
            {
                "unknown": begin(unknown, "123456"),
                "unknown, another member's password": begin(unknown, member.password),
                "no identifier at all": begin("Zoé", member.password),
                "wrong password": begin(member.identifier, scenario.another(member.password)),
                "no password at all": begin(member.identifier, "mot de passe"),
                "another member's password": begin(member.identifier, suspended.password),
                "suspended, right password": begin(suspended.identifier, suspended.password),
                "suspended, wrong password": begin(suspended.identifier, member.password),
            },
        )
        first = seen["unknown"]
        assert first.answer == (SignInRefused, (), "", "SignInRefused()", None)
        assert first.sentences[0]
        assert first.messages == 0
        assert (first.calls["hasher.verify"], first.calls["hasher.hash"]) == (1, 0)
        assert (first.calls["store.find_account"], first.calls["store.commit"]) == (1, 1)
        for name, other in seen.items():
            assert other == first, name

    async def test_the_trail_knows_why(self, world: World) -> None:
        """The private reason, about the right account, is written down for the operator."""
        member, suspended = await world.member(1), await world.member(2)
        await suspend(world, suspended)
        for identifier, password in (
            ("Zoé", "123456"),
            (member.identifier, scenario.another(member.password)),
            (suspended.identifier, suspended.password),
            (suspended.identifier, scenario.another(suspended.password)),
        ):
            with pytest.raises(SignInRefused):
                await world.run(login.begin(identifier, password))
            world.wait(seconds=1)
        events = await world.events(what=What.SIGN_IN_REFUSED)
        assert [(event.subject_id, event.details["reason"]) for event in reversed(events)] == [
            ("", "unknown_identifier"),
            (member.account_id, "wrong_password"),
            (suspended.account_id, "account_suspended"),
            (suspended.account_id, "wrong_password"),
        ]

    async def test_used_up_budgets(self, memory: World) -> None:
        """Known and unknown run dry after the same number of tries, with the same answer and no hash."""
        member = await memory.member()
        answers: list[list[Seen]] = []
        for identifier in (member.identifier, "Zoé"):
            wrong = scenario.another(member.password)
            answers.append([await ask(memory, login.begin(identifier, wrong)) for _ in range(13)])
        assert answers[0] == answers[1]
        assert [seen.calls["hasher.verify"] for seen in answers[0]] == [1] * 10 + [0] * 3


EVERYBODY = [
    "member",
    "suspended",
    "nobody",
    "draft",
    "submitted",
    "in_review",
    "asked",
    "rejected",
    "withdrawn",
    "expired",
]


async def populate(world: World) -> None:
    """Applicants and members 1 to 10 in the order of `EVERYBODY`; the third is nobody."""
    await world.run(scenario.drafted(scenario.applicant(10)))
    world.clock.advance(world.policy.registration.draft_lifetime)
    await world.member(1)
    await suspend(world, await world.member(2))
    await world.run(scenario.drafted(scenario.applicant(4)))
    await world.submitted(5)
    await world.in_review(6)
    asked, rejected, withdrawn = [await world.in_review(n) for n in (7, 8, 9)]
    flagged = frozenset({Step.IDENTITY})
    await world.run(review.ask(scenario.REVIEWER, asked.registration_id, question="?", steps=flagged))
    await world.run(review.reject(scenario.REVIEWER, rejected.registration_id, reason="Illisible."))
    await world.run(registration.withdraw(withdrawn.resume_link))


class TestRecovery:
    """`recovery.begin`"""

    async def test_whoever_asks(self, world: World) -> None:
        """In every state that a person can be in: the same answer, one e-mail, the same calls."""
        await populate(world)
        flows = {name: recovery.begin(builders.contacts(n).email) for n, name in enumerate(EVERYBODY, 1)}
        seen = await ask_all(world, flows)
        first = seen["nobody"]
        assert first.answer == recovery.RecoveryBegun()
        assert first.messages == 1
        assert first.calls["hasher.hash"] == first.calls["hasher.verify"] == 0
        for name, other in seen.items():
            assert other == first, name

    async def test_whoever_asks_again_and_again(self, memory: World) -> None:
        """A member's mailbox runs dry like a stranger's, however much was sent to the member before."""
        await populate(memory)
        answers: list[list[Seen]] = []
        for n in range(1, len(EVERYBODY) + 1):
            flow = recovery.begin(builders.contacts(n).email)
            answers.append([await ask(memory, flow) for _ in range(30)])
        for name, other in zip(EVERYBODY, answers, strict=True):
            assert other == answers[2], name
        assert {seen.messages for seen in answers[0]} == {0, 1}

    async def test_a_relay_has_the_same_to_send(self, memory: World) -> None:
        """Where a relay delivers, each asker leaves one message in the outbox."""
        await populate(memory)
        slow = memory.again(deliver="relay")
        for n, name in enumerate(EVERYBODY, 1):
            before = len(await memory.outbox(MessageState.QUEUED))
            await slow.run(recovery.begin(builders.contacts(n).email))
            assert len(await memory.outbox(MessageState.QUEUED)) == before + 1, name


class TestSignUp:
    """`registration.submit`"""

    async def test_an_address_that_is_known(self, world: World) -> None:
        """Handing in with a member's e-mail, phone and number looks like any other."""
        member = await world.member(1)
        theirs = member.applicant
        twin = builders.contacts(2, email=theirs.contacts.email)
        drafts = [
            await world.run(scenario.drafted(who))
            for who in (
                scenario.applicant(3),
                scenario.applicant(2, contacts=twin, practice=theirs.practice, identity=theirs.identity),
            )
        ]
        seen = [await ask(world, registration.submit(draft.link)) for draft in drafts]
        assert seen[0].messages == seen[1].messages == 2
        assert seen[0].calls == seen[1].calls
        assert seen[0].calls["store.find_account"] == 0


class TestProofs:
    """Codes and links."""

    async def test_codes_that_are_not_right(self, world: World) -> None:
        """Wrong, used up, replaced, redeemed: the same error, and nothing sent."""
        used_up, wrong, restarted = [await world.submitted(n) for n in (1, 2, 3)]
        redeemed = await world.in_review(4)
        for _ in range(world.policy.codes.attempts):
            with pytest.raises(CodeRefused):
                await world.run(
                    confirmation.confirm(used_up.confirm_link, code=scenario.another(used_up.code))
                )
        await world.run(confirmation.restart(restarted.resume_link))
        seen = await ask_all(
            world,
            {
                "wrong": confirmation.confirm(wrong.confirm_link, code=scenario.another(wrong.code)),
                "used up": confirmation.confirm(used_up.confirm_link, code=used_up.code),
                "replaced": confirmation.confirm(restarted.confirm_link, code=restarted.code),
                "redeemed": confirmation.confirm(redeemed.confirm_link, code=redeemed.code),
            },
        )
        first = seen["wrong"]
        assert first.answer == (CodeRefused, (), "", "CodeRefused()", None)
        for name, other in seen.items():
            assert (other.answer, other.sentences, other.messages) == (first.answer, first.sentences, 0), name

    @pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.LOGIN, Purpose.RECOVERY])
    async def test_links_that_open_nothing(self, purpose: Purpose, world: World) -> None:
        """Forged, to nothing, expired: the same error."""
        flows: dict[Purpose, Callable[[str], Flow[Any]]] = {
            Purpose.CONFIRM: confirmation.open,
            Purpose.LOGIN: login.open,
            Purpose.RECOVERY: recovery.open,
        }
        waiting, member = await world.submitted(1), await world.member(2)
        ticket, _ = await world.run(scenario.ticketed(world.inbox, member))
        half = await world.run(scenario.recovering(world.inbox, member))
        links = {
            Purpose.CONFIRM: waiting.confirm_link,
            Purpose.LOGIN: ticket,
            Purpose.RECOVERY: half.link,
        }
        world.wait(days=8)
        known = links[purpose].reveal()
        texts = {
            "expired": known,
            "to nothing": seal(purpose, "0" * 32, world.keys).reveal(),
            "forged": known[:-4] + "AAAA",
            "no link": "inscription=58611",
        }
        seen = await ask_all(world, {name: flows[purpose](text) for name, text in texts.items()})
        first = seen["expired"]
        assert first.answer == (LinkRefused, (), "", "LinkRefused()", None)
        for name, other in seen.items():
            assert (other.answer, other.sentences, other.messages) == (first.answer, first.sentences, 0), name


async def test_a_taken_channel_is_no_oracle(memory: World) -> None:
    """The masked choices of a sign-in are shown after the right password only."""
    member = await memory.member()
    page = await memory.run(login.begin(member.identifier, member.password))
    assert {choice.channel for choice in page.choices} == set(Channel)
    seen = await ask(memory, login.begin(member.identifier, scenario.another(member.password)))
    assert "•" not in str(seen.answer)
