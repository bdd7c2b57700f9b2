"""A flow is a value: nothing happens when it is made, it shows no argument, and it can be started again."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from entractes_auth.colour import drive
from entractes_auth.env import Env
from entractes_auth.flow import Flow, flow
from entractes_auth.flows import confirmation, login, registration
from entractes_auth.records.kinds import Kind
from entractes_auth.redact import Secret

NOWHERE = cast("Env", None)  # these flows do not look at it
SECRET = "1234-MARK"


def counting() -> tuple[list[str], Flow[str]]:
    calls: list[str] = []

    @flow
    async def note(env: Env, what: str, *, loud: bool = False) -> str:
        """Write it down."""
        calls.append(what)
        return what.upper() if loud else what

    return calls, note("a", loud=True)


def test_making_a_flow_does_nothing() -> None:
    calls, value = counting()
    assert isinstance(value, Flow)
    assert calls == []


def test_a_flow_can_be_started_twice_and_each_start_runs_the_whole_body() -> None:
    calls, value = counting()
    assert [drive(value.start(NOWHERE)), drive(value.start(NOWHERE))] == ["A", "A"]
    assert calls == ["a", "a"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (confirmation.confirm(SECRET, code=SECRET), "Flow(confirmation.confirm)"),
        (login.begin(SECRET, Secret(SECRET), captcha=SECRET, network=SECRET), "Flow(login.begin)"),
        (registration.begin(Kind.PROFESSIONAL, network=SECRET), "Flow(registration.begin)"),
        (registration.attach(SECRET, [SECRET.encode()]), "Flow(registration.attach)"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "flow",
)
def test_the_repr_of_a_flow_is_its_name_and_shows_no_argument(value: Flow[object], shown: str) -> None:
    assert repr(value) == str(value) == shown
    assert not hasattr(value, "__dict__")


def test_a_flow_keeps_the_name_and_the_docstring_of_its_body() -> None:
    assert confirmation.confirm.__name__ == "confirm"
    assert (confirmation.confirm.__doc__ or "").startswith("Prove e-mail and phone together")


def test_a_call_that_does_not_fit_fails_when_it_is_run_and_not_in_silence() -> None:
    value = cast("Callable[..., Flow[object]]", confirmation.confirm)("link")
    with pytest.raises(TypeError, match="code"):
        drive(value.start(NOWHERE))
