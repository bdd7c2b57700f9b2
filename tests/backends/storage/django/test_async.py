"""On an event loop: many flows at once, none of which finds the database locked or leaves a connection behind."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.core.exceptions import SynchronousOnlyOperation
from django.core.signals import request_finished
from django.db import connections
from django.db.backends.signals import connection_created

from entractes_auth.backends.limits.async_django import AsyncDjangoLimits
from entractes_auth.backends.ports import Exceeded, Granted
from entractes_auth.backends.storage.django import AsyncDjangoStore, DjangoStore
from entractes_auth.flows import registration
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing import builders as b
from entractes_auth.testing import scenario
from tests.backends.storage.django import databases, worlds

FLOWS: Final = 50
CHALLENGE: Final = b.an_id("challenge", 1)


@pytest.fixture
def opened() -> Generator[list[Any]]:
    """Every connection that is opened from now on."""
    opened: list[Any] = []

    def note(connection: Any, **_: Any) -> None:
        opened.append(connection)

    connection_created.connect(note)
    yield opened
    connection_created.disconnect(note)


def still_open(opened: list[Any]) -> int:
    return sum(each.connection is not None for each in opened)


def get(path: str) -> dict[str, Any]:
    """A request as an ASGI server hands it over."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }


async def answer_of(application: Any, path: str) -> str:
    request = cast("Any", ApplicationCommunicator)(application, get(path))  # published without types
    await request.send_input({"type": "http.request", "body": b""})
    assert (await request.receive_output(60))["status"] == 200
    body: bytes = (await request.receive_output(60))["body"]
    await request.wait(60)
    return body.decode()


def test_a_crowd_of_asgi_requests_gets_exactly_its_attempts(alias: str, opened: list[Any]) -> None:
    """50 requests at once to Django's own ASGI application spend 3 attempts, and every connection is closed."""
    DjangoStore(alias).commit(b.batch(b.challenge(1, attempts=3)))
    databases.forget(alias)
    application = get_asgi_application()

    async def crowd() -> list[str]:
        return await asyncio.gather(*(answer_of(application, "/async/") for _ in range(FLOWS)))

    answers = asyncio.run(crowd())
    assert sorted(answers) == ["0", "1", "2", *["none"] * (FLOWS - 3)]
    assert len(opened) > 1, "the requests did not come at once"
    assert still_open(opened) == 0


def test_sign_ups_of_fifty_at_once_under_asgi(alias: str, opened: list[Any]) -> None:
    """Whole flows, each in the context that Django gives a request: all end well, and all is closed."""
    auth, _ = worlds.async_auth(AsyncDjangoStore(alias))

    async def request(n: int) -> str:
        async with ThreadSensitiveContext():
            draft = await auth.run(scenario.drafted(scenario.applicant(n)))
            await sync_to_async(request_finished.send)(sender=None)  # what closes a request's connections
            return draft.id

    async def crowd() -> list[str]:
        return await asyncio.gather(*map(request, range(1, FLOWS + 1)))

    ids = asyncio.run(crowd())
    assert len(set(ids)) == FLOWS
    store = DjangoStore(alias)
    assert all(store.registration(each) is not None for each in ids)
    databases.forget(alias)
    assert still_open(opened) == 0


def test_a_crowd_of_requests_counts_together(alias: str, opened: list[Any]) -> None:
    """50 requests at once, each in a thread of its own, are granted a budget of 3 exactly."""
    limits = AsyncDjangoLimits(AsyncDjangoStore(alias), Keyring.generate())
    budget = Budget(amount=3, per=timedelta(hours=1))

    async def request() -> Granted | Exceeded:
        async with ThreadSensitiveContext():
            answer = await limits.hit("sms", "x", budget, b.NOW)
            await sync_to_async(request_finished.send)(sender=None)
            return answer

    async def crowd() -> list[Granted | Exceeded]:
        return await asyncio.gather(*(request() for _ in range(FLOWS)))

    answers = asyncio.run(crowd())
    left = sorted(answer.remaining for answer in answers if isinstance(answer, Granted))
    assert left == [0, 1, 2]
    assert len(opened) > 1, "the requests did not come at once"
    assert still_open(opened) == 0


def test_outside_of_requests_all_share_one_connection(alias: str, opened: list[Any]) -> None:
    """A program with an event loop of its own has one connection, however many flows run at once."""
    auth, _ = worlds.async_auth(AsyncDjangoStore(alias))

    async def crowd() -> list[str]:
        members = await asyncio.gather(
            *(auth.run(scenario.drafted(scenario.applicant(n))) for n in range(1, FLOWS + 1))
        )
        await sync_to_async(databases.forget)(alias)
        return [member.id for member in members]

    assert len(set(asyncio.run(crowd()))) == FLOWS
    assert len(opened) == 1
    assert still_open(opened) == 0


def test_the_sync_store_serves_the_async_runner(alias: str, opened: list[Any]) -> None:
    """In worker threads, which give their connections back as a server's do, nobody finds the database locked."""
    auth, _ = worlds.async_auth(databases.of_a_server(alias))

    async def crowd() -> list[registration.Draft]:
        return await asyncio.gather(
            *(auth.run(scenario.drafted(scenario.applicant(n))) for n in range(1, FLOWS + 1))
        )

    assert len({draft.id for draft in asyncio.run(crowd())}) == FLOWS
    assert still_open(opened) == 0


def test_the_sync_store_is_refused_on_the_loop_itself(alias: str) -> None:
    """Django's own guard: a sync call in an async view would block every request, and is an error."""

    async def view() -> None:
        DjangoStore(alias).spend(CHALLENGE, b.NOW)

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(view())
    assert connections[alias].connection is None
