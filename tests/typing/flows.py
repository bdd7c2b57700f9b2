"""Checked by mypy and pyright, never run: what a flow gives, and that a forgotten `await` does not pass.

A line that must be refused says so to both checkers, and both complain where an expectation is not
met: a line that began to pass would break the build.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_type

from entractes_auth import AsyncAuth, Auth, Channel, Env, Flow, Kind, Reviewer, Secret
from entractes_auth.backends.store import Store
from entractes_auth.codes import judge
from entractes_auth.flow import flow
from entractes_auth.flows import confirmation, login, recovery, registration, review
from entractes_auth.flows.codes import CodePage
from entractes_auth.flows.confirmation import UnderReview
from entractes_auth.flows.login import LoginPage, SignedIn
from entractes_auth.flows.progress import Progress
from entractes_auth.flows.recovery import Recovered
from entractes_auth.flows.registration import Draft
from entractes_auth.flows.review import Issued
from entractes_auth.records.challenge import Attempt, Proof


def a_flow_is_typed_by_what_it_gives(auth: Auth, link: Secret, reviewer: Reviewer) -> None:
    assert_type(confirmation.confirm(link, code="1"), Flow[UnderReview])
    assert_type(auth.run(confirmation.confirm(link, code="1")), UnderReview)
    assert_type(auth.run(registration.begin(Kind.PROFESSIONAL)), Draft)
    assert_type(auth.run(registration.resume(link)), Progress)
    assert_type(auth.run(review.approve(reviewer, "r")), Issued)
    assert_type(auth.run(login.begin("40001", "123456")), LoginPage)
    assert_type(auth.run(login.send_code(link, Channel.SMS)), CodePage)
    assert_type(auth.run(login.verify(link, code="1")), SignedIn)
    assert_type(auth.run(recovery.complete("as a text", code="1")), Recovered)


async def so_it_is_under_async_auth(auth: AsyncAuth, link: str) -> None:
    assert_type(await auth.run(confirmation.confirm(link, code="1")), UnderReview)
    assert_type(await auth.run(login.verify(link, code="1")), SignedIn)


def the_decorator_takes_the_environment_away_and_keeps_the_rest() -> None:
    @flow
    async def own(env: Env, number: int, *, text: str = "") -> tuple[int, str]:
        return number, text

    assert_type(own(1, text="a"), Flow[tuple[int, str]])
    own("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    own(1, "a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def a_flow_of_something_is_a_flow_of_its_base(value: Flow[UnderReview]) -> Flow[object]:
    return value


async def a_forgotten_await_of_a_run_is_seen(auth: AsyncAuth, link: str) -> None:
    auth.run(confirmation.confirm(link, code="1"))  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    greet(auth.run(login.verify(link, code="1")))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def greet(member: SignedIn) -> str:
    return member.first_name


def a_flow_that_nobody_runs_gives_nothing(link: str) -> UnderReview:
    return confirmation.confirm(link, code="1")  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


async def an_attempt_is_a_proof_or_none(env: Env, challenge_id: str) -> None:
    if attempt := await env.store.spend(challenge_id, env.now()):
        assert_type(attempt, Attempt)
        assert_type(judge(attempt, "1234", 4, env.keys), Proof)


async def a_forgotten_await_of_a_port_opens_no_door(env: Env, challenge_id: str) -> None:
    if env.store.spend(challenge_id, env.now()):  # type: ignore[truthy-bool]  # pyright: ignore[reportUnnecessaryComparison]
        raise PermissionError
    spent = env.store.spend(challenge_id, env.now())
    judge(spent, "1234", 4, env.keys)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await spent
    if env.captcha.verify("answer", "network") is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise PermissionError
    env.hasher.verify("hashed", b"secret")  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


def a_secret_is_no_text(link: Secret, show: Callable[[str], None]) -> None:
    show(link)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    show(link.reveal())


def the_runners_settings_are_named(store: Store) -> None:
    Auth(store)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
