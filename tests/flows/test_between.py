"""Somebody else acts between two calls of a flow: the flow ends as if it had come a moment later.

The races of `test_races` hit these moments by chance; here each is hit for certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from entractes_auth import Channel, Flow, State
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.errors import CodeRefused, LinkRefused, NotPossibleNow, SignInRefused
from entractes_auth.flows import confirmation, expiry, login, recovery, registration, review
from entractes_auth.records.event import What
from entractes_auth.redact import Secret
from entractes_auth.testing import scenario
from tests.flows.world import World

pytestmark = pytest.mark.anyio


class Between:
    """A store, and somebody who acts once, right after the first call of one of its methods."""

    def __init__(self, store: object, method: str, act: Callable[[], object]) -> None:
        self._store = store
        self._method = method
        self._act = act
        self.acted = False

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self._store, name)
        if name != self._method:
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            answer = method(*args, **kwargs)
            if not self.acted:
                self.acted = True
                self._act()
            return answer

        return call


async def overtake(world: World, method: str, act: Flow[Any], flow: Flow[Any]) -> Any:
    """Run `flow`, and `act` right after the first call of the store's `method` in it."""
    store = Between(world.store, method, lambda: world.run_now(act))
    try:
        return await world.again(store=store).run(flow)
    finally:
        assert store.acted


@pytest.fixture(params=["memory", "sqlite"])
def sync_world(request: pytest.FixtureRequest) -> World:
    """The sync runner on each store."""
    world = request.getfixturevalue(request.param)
    assert isinstance(world, World)
    return world


class TestWithdrawn:
    """The applicant gives up in another window."""

    @pytest.mark.parametrize("method", ["spend", "registration"])
    async def test_while_the_code_is_judged(self, method: str, sync_world: World) -> None:
        """The code is refused, and the registration stays withdrawn."""
        waiting = await sync_world.submitted()
        with pytest.raises(CodeRefused):
            await overtake(
                sync_world,
                method,
                registration.withdraw(waiting.resume_link),
                confirmation.confirm(waiting.confirm_link, code=waiting.code),
            )
        assert (await sync_world.registration(waiting.registration_id)).state is State.WITHDRAWN
        assert await sync_world.events(what=What.CONTACTS_PROVEN) == ()

    @pytest.mark.parametrize("method", ["glance", "registration"])
    async def test_while_a_code_is_sent_again(self, method: str, sync_world: World) -> None:
        """No further code is sent to who gave up."""
        waiting = await sync_world.submitted()
        sync_world.wait(minutes=1)
        sync_world.inbox.clear()
        with pytest.raises(LinkRefused):
            await overtake(
                sync_world,
                method,
                registration.withdraw(waiting.resume_link),
                confirmation.resend(waiting.confirm_link),
            )
        assert sync_world.inbox.messages == ()

    async def test_while_it_is_approved(self, sync_world: World) -> None:
        """No account comes to be, and no credentials are sent."""
        waiting = await sync_world.in_review()
        sync_world.inbox.clear()
        with pytest.raises(NotPossibleNow):
            await overtake(
                sync_world,
                "registration",
                registration.withdraw(waiting.resume_link),
                review.approve(scenario.REVIEWER, waiting.registration_id),
            )
        stored = await sync_world.registration(waiting.registration_id)
        assert (stored.state, stored.account_id) == (State.WITHDRAWN, None)
        assert sync_world.inbox.messages == ()

    async def test_while_a_document_arrives(self, sync_world: World) -> None:
        """The upload is refused, and its file is not kept."""
        draft = await sync_world.run(scenario.drafted(scenario.applicant()))

        def slow() -> Iterator[bytes]:
            yield scenario.PDF
            sync_world.run_now(registration.withdraw(draft.link))

        with pytest.raises(NotPossibleNow):
            await sync_world.run(registration.attach(draft.link, slow()))
        assert isinstance(sync_world.documents, MemoryDocuments)
        assert len(sync_world.documents) == 0


class TestRecovered:
    """The owner recovers while a thief signs in with the old password."""

    async def recovering(self, world: World) -> tuple[scenario.Member, Secret, str, Flow[Any]]:
        """A member, the thief's ticket and code, and what the owner is about to do."""
        member = await world.member()
        ticket, code = await world.run(scenario.ticketed(world.inbox, member, Channel.EMAIL))
        half = await world.run(scenario.recovering(world.inbox, member))
        return member, ticket, code, recovery.complete(half.link, code=half.code)

    @pytest.mark.parametrize("method", ["spend", "account"])
    async def test_while_the_code_is_judged(self, method: str, sync_world: World) -> None:
        """The sign-in does not end well, wherever the recovery comes in between."""
        _, ticket, code, recovers = await self.recovering(sync_world)
        with pytest.raises(LinkRefused):
            await overtake(sync_world, method, recovers, login.verify(ticket, code=code))
        assert await sync_world.events(what=What.SIGNED_IN) == ()
        assert len(await sync_world.events(what=What.RECOVERED)) == 1

    async def test_while_a_code_is_sent(self, sync_world: World) -> None:
        """A code that is sent to a ticket of the old password signs nobody in."""
        member, ticket, _, recovers = await self.recovering(sync_world)
        sync_world.wait(minutes=1)
        await overtake(sync_world, "account", recovers, login.send_code(ticket, Channel.EMAIL))
        code = sync_world.inbox.last_code_to(member.applicant.contacts.email)
        with pytest.raises(LinkRefused):
            await sync_world.run(login.verify(ticket, code=code))

    async def test_while_the_password_is_checked(self, sync_world: World) -> None:
        """The ticket that the old password still gave is worth nothing."""
        member, _, _, recovers = await self.recovering(sync_world)
        begins = login.begin(member.identifier, member.password)
        page = await overtake(sync_world, "find_account", recovers, begins)
        with pytest.raises(LinkRefused):
            await sync_world.run(login.open(page.ticket))
        with pytest.raises(SignInRefused):
            await sync_world.run(begins)


async def test_two_sweeps_at_once(sync_world: World) -> None:
    """What another process ended a moment ago is not ended, counted or written down twice."""
    draft = await sync_world.run(scenario.drafted(scenario.applicant()))
    sync_world.wait(days=31)
    swept = await overtake(sync_world, "registrations", expiry.expire(), expiry.expire())
    assert swept.registrations == 0
    assert len(await sync_world.events(draft.id, What.REGISTRATION_EXPIRED)) == 1
