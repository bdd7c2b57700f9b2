"""After a conflict a flow is run again on fresh reads; nothing is asked twice that counts; bad settings are refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from entractes_auth import AsyncAuth, Auth, Channel, Env, Kind, Policy, Purpose, State
from entractes_auth.backends.batch import Batch, RegistrationQuery
from entractes_auth.backends.captcha.fixed import AcceptingCaptcha
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import (
    ConfigurationError,
    Conflict,
    NotFound,
    SignInRefused,
)
from entractes_auth.flow import flow
from entractes_auth.flows import account as member
from entractes_auth.flows import confirmation, login, registration
from entractes_auth.links import seal
from entractes_auth.testing import RecordingMessenger, builders
from tests.auth.world import (
    KEYS,
    LINK,
    PDF,
    POLICY,
    SITE,
    Counting,
    Recorded,
    Run,
    both,
    run_async,
    settings,
    submitted,
)


@both
def test_a_commit_that_lost_is_tried_again_on_fresh_reads_with_the_attempt_spent_once(run: Run) -> None:
    store = Recorded()
    code = submitted(store, lose=2)
    run(confirmation.confirm(LINK, code=code), store=store, deliver="relay")
    assert store.calls == ["spend", *["registration", "commit"] * 3]
    stored = store.registration(builders.an_id("registration", 1))
    assert stored is not None
    assert stored.state is State.IN_REVIEW


@both
@pytest.mark.parametrize("runs", [1, 2, 5])
def test_a_runner_gives_up_after_the_policys_number_of_runs(run: Run, runs: int) -> None:
    store, messenger = Recorded(), RecordingMessenger()
    code = submitted(store, lose=100)
    with pytest.raises(Conflict):
        run(
            confirmation.confirm(LINK, code=code),
            store=store,
            policy=replace(POLICY, runs=runs),
            messengers=dict.fromkeys(Channel, messenger),
        )
    assert store.calls.count("commit") == runs
    assert store.calls.count("spend") == 1
    assert messenger.messages == (), "what was not committed is not sent"


@both
def test_a_budget_a_robot_check_a_hash_and_an_upload_are_asked_once_over_all_runs(run: Run) -> None:
    answers: list[Any] = []

    @flow
    async def everything(env: Env, chunks: Iterator[bytes]) -> None:
        answers.append(
            (
                await env.limits.hit("sms_per_phone", "x", env.policy.limits.sms_per_phone, env.now()),
                await env.captcha.verify("answer", "network"),
                await env.hasher.verify("$argon2id$", b"secret"),
                await env.hasher.hash(b"secret"),
                await env.documents.put(chunks, 100),
            )
        )
        await env.store.commit(Batch(at=env.now()))

    ports = Counting()
    # Each port by itself, as in life: the robot check and the hasher both `verify`.
    captcha = Counting()
    run(
        everything(iter([b"one", b"two"])),
        store=Recorded(lose=3),
        limits=ports,
        hasher=ports,
        documents=ports,
        captcha=captcha,
    )
    assert sorted(ports.asked) == ["hash", "hit", "put", "verify"]
    assert captcha.asked == ["verify"]
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)


@both
def test_a_sign_in_that_lost_a_commit_costs_one_hash_and_one_try(run: Run) -> None:
    class OneHash(Counting):
        def decoy(self) -> str:
            return "$argon2id$"

    store, hasher, limits = Recorded(), OneHash(), MemoryLimits()
    store.commit(builders.batch(builders.account(1)))
    store.lose = 2
    page = run(login.begin("40001", "123456"), store=store, hasher=hasher, limits=limits)
    assert len(page.choices) == 2
    assert hasher.asked == ["verify"]


@both
def test_an_upload_that_lost_a_commit_is_stored_once_and_kept(run: Run) -> None:
    store, documents = Recorded(), MemoryDocuments()
    store.commit(builders.batch(builders.registration(1)))
    store.lose = 2
    link = seal(Purpose.RESUME, builders.an_id("registration", 1), KEYS)
    progress = run(registration.attach(link, iter([PDF])), store=store, documents=documents)
    assert len(documents) == 1
    assert documents.read(progress.documents[-1].id) == PDF


@both
def test_what_a_flow_raises_on_purpose_is_raised_at_once(run: Run) -> None:
    store = Recorded()
    with pytest.raises(NotFound):
        run(member.profile("0" * 32), store=store)
    with pytest.raises(SignInRefused):
        run(login.begin("40001", "123456"), store=store)
    assert store.calls == ["commit"]


def test_the_same_flow_can_be_run_twice_and_by_both_runners() -> None:
    begun = registration.begin(Kind.PROFESSIONAL)
    auth = Auth(**settings())
    assert len({auth.run(begun).id, auth.run(begun).id, run_async(begun).id}) == 3


def test_one_auth_serves_many_threads() -> None:
    store = MemoryStore()
    auth = Auth(**settings(store=store))
    barrier = threading.Barrier(8)

    def work(_: int) -> str:
        barrier.wait(30)
        return auth.run(registration.begin(Kind.PROFESSIONAL)).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(work, range(8)))
    assert {row.id for row in store.registrations(RegistrationQuery()).rows} == ids
    assert len(ids) == 8


RUNNERS = pytest.mark.parametrize("build", [Auth, AsyncAuth])
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no messengers": ({"messengers": {}}, "no entry for sms, email"),
    "one messenger": ({"messengers": {Channel.SMS: RecordingMessenger()}}, "no entry for email"),
    "a captcha that is missing": ({"policy": Policy.tutorial()}, "asks for a CAPTCHA"),
    "another word": ({"deliver": "outline"}, 'deliver is "inline" or "relay"'),
    "no hash at all": ({"simultaneous_hashes": 0}, "simultaneous_hashes"),
}


@RUNNERS
@pytest.mark.parametrize("what", REFUSED)
def test_settings_that_cannot_work_are_refused_before_any_request(
    build: Callable[..., object], what: str
) -> None:
    changes, message = REFUSED[what]
    with pytest.raises(ConfigurationError, match=message):
        build(**settings(**changes))


@RUNNERS
def test_a_runner_tells_its_policy_and_its_site(build: Callable[..., Auth | AsyncAuth]) -> None:
    built = build(**settings())
    assert (built.policy, built.site) == (POLICY, SITE)


@both
def test_left_out_ports_are_the_embedded_ones_and_left_out_rules_the_tutorials(run: Run) -> None:
    changes: dict[str, Any] = {"policy": None, "captcha": AcceptingCaptcha(), "clock": None}
    assert run(registration.begin(Kind.PROFESSIONAL), **changes).id
    assert Auth(**settings(**changes)).policy == Policy.tutorial()


@both
def test_a_port_that_is_empty_and_hence_false_is_used_all_the_same(run: Run) -> None:
    class Empty(Counting):
        def __len__(self) -> int:
            return 0

    limits = Empty()
    run(registration.begin(Kind.PROFESSIONAL, network="192.0.2.1"), limits=limits)
    assert limits.asked == ["hit"]
