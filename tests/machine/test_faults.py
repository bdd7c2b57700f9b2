"""The crash that tests inject is a real one: it ends the flow at the chosen call, and nothing runs after it."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.lowlevel
import pytest

from entractes_auth.testing.faults import Crash, Faults, Moment


class Box:
    """A port of both colours that tells what was done."""

    size = 3

    def __init__(self) -> None:
        self.done: list[str] = []

    def put(self, what: str) -> int:
        self.done.append(what)
        return len(self.done)

    def fail(self) -> None:
        raise ValueError

    async def put_later(self, what: str) -> int:
        await anyio.lowlevel.checkpoint()
        return self.put(what)


@pytest.mark.parametrize(("moment", "done"), [(Moment.BEFORE, ["a"]), (Moment.AFTER, ["a", "b"])])
def test_the_chosen_call_is_not_begun_or_all_done(moment: Moment, done: list[str]) -> None:
    """Before the second call one was done; after it, two; the crash names the call."""
    box, faults = Box(), Faults()
    port = faults.port("box", box)
    faults.crash_at(2, moment)
    port.put("a")
    with pytest.raises(Crash) as crash:
        port.put("b")
    assert (crash.value.call, crash.value.number, crash.value.moment) == ("box.put", 2, moment)
    assert box.done == done


def test_a_crash_is_no_exception_that_code_could_handle() -> None:
    """`except Exception` does not catch a power cut."""
    faults = Faults()
    faults.crash_at(1, Moment.BEFORE)

    def careful() -> None:
        try:
            faults.port("box", Box()).put("a")
        except Exception:
            pytest.fail("a crash was handled")

    with pytest.raises(Crash):
        careful()


def test_a_dead_process_calls_nothing() -> None:
    """After the crash every port refuses, until another process starts; then the count is a new one."""
    box, faults = Box(), Faults()
    port = faults.port("box", box)
    faults.crash_at(1, Moment.AFTER)
    for what in ("a", "b"):
        with pytest.raises(Crash):
            port.put(what)
    assert box.done == ["a"]
    faults.watch()
    assert port.put("c") == 2
    assert faults.calls == ("box.put",)


def test_calls_of_all_ports_are_counted_together_and_named() -> None:
    """The names are the port's and the method's; what is no method is passed on and not counted."""
    faults = Faults()
    first, second = faults.port("first", Box()), faults.port("second", Box())
    first.put("a")
    second.put("b")
    assert (first.size, faults.calls) == (3, ("first.put", "second.put"))


def test_a_call_that_fails_can_crash_too() -> None:
    """The caller of the flow then never hears of the failure."""
    faults = Faults()
    faults.crash_at(1, Moment.AFTER)
    with pytest.raises(Crash):
        faults.port("box", Box()).fail()


def test_async_ports_crash_when_their_call_is_done() -> None:
    """Not when the coroutine is made."""
    box, faults = Box(), Faults()
    faults.crash_at(1, Moment.AFTER)

    async def run() -> None:
        await faults.port("box", box).put_later("a")

    with pytest.raises(Crash):
        anyio.run(run)
    assert box.done == ["a"]


def test_the_end_may_be_another() -> None:
    """`end` is given the crash: a test that kills its process for real does so there."""
    ends: list[Crash] = []
    end: Callable[[Crash], None] = ends.append
    faults = Faults(end)
    faults.crash_at(1, Moment.BEFORE)
    faults.port("box", Box()).put("a")
    assert [crash.number for crash in ends][:1] == [1]


def test_calls_are_counted_from_one() -> None:
    """A call number below 1 would never crash, and the test would prove nothing."""
    with pytest.raises(ValueError, match="from 1"):
        Faults().crash_at(0, Moment.BEFORE)
