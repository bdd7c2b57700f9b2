"""Crashes on purpose: the process ends before or after a chosen port call of a flow.

Wrap the ports, count the calls of one good run, then crash at each of them in turn:

    faults = Faults()
    auth = Auth(store=faults.port("store", store), limits=faults.port("limits", limits), ...)
    faults.watch()
    auth.run(flow)                              # faults.calls: ("store.spend", "limits.hit", ...)
    faults.crash_at(3, Moment.AFTER)
    auth.run(flow)                              # raises Crash once the third call is done

Ports of both colours can be wrapped, of any adapter. Whatever stays true after a crash at
every call is what a power cut cannot break.
"""

from __future__ import annotations

import enum
import inspect
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

__all__ = ["Crash", "Faults", "Moment"]

P = TypeVar("P")


class Moment(enum.Enum):
    """On which side of the chosen call the process ends: nothing of it was done, or all of it."""

    BEFORE = "before"
    AFTER = "after"


class Crash(BaseException):
    """The process ended here. Not an `Exception`: no code may recover from a power cut."""

    def __init__(self, call: str, number: int, moment: Moment) -> None:
        self.call = call
        self.number = number
        self.moment = moment
        super().__init__(f"{moment.value} call {number}, {call}")


def _raise(crash: Crash) -> None:
    raise crash


class Faults:
    """Counts the calls of the ports that it wrapped, all together, and ends the process at one of them.

    Once it crashed, every further call crashes too, as a dead process makes no calls, until
    `watch` or `crash_at` stands for the start of a new process. Thread-safe.
    """

    def __init__(self, end: Callable[[Crash], None] = _raise) -> None:
        """`end` ends the process: it raises the crash that it is given, or kills for real and never returns."""
        self._end: Final = end
        self._lock = threading.Lock()
        self._calls: list[str] = []
        self._planned: tuple[int, Moment] | None = None
        self._crash: Crash | None = None

    def port(self, name: str, port: P) -> P:
        """The port, counted under `name`; its calls are then named "store.spend", "limits.hit" and so on."""
        return cast("P", _Watched(name, port, self._begin, self._finish))

    @property
    def calls(self) -> tuple[str, ...]:
        """The calls begun since `watch` or `crash_at`, in order; their count is the highest useful `number`."""
        with self._lock:
            return tuple(self._calls)

    def watch(self) -> None:
        """Count from zero, and crash nowhere."""
        with self._lock:
            self._calls.clear()
            self._planned = self._crash = None

    def crash_at(self, number: int, moment: Moment) -> None:
        """Count from zero, and crash once, at call `number` (from 1); a flow with fewer calls ends well.

        A call that raises crashes `AFTER` too: the caller of the flow then never hears of its error.

        Raises:
            ValueError: there is no call below 1.
        """
        if number < 1:
            raise ValueError("calls are counted from 1")
        with self._lock:
            self._calls.clear()
            self._planned = (number, moment)
            self._crash = None

    def _begin(self, call: str) -> int:
        with self._lock:
            if self._crash is None:
                self._calls.append(call)
            number = len(self._calls)
        self._crash_if_planned(call, number, Moment.BEFORE)
        return number

    def _finish(self, call: str, number: int) -> None:
        self._crash_if_planned(call, number, Moment.AFTER)

    def _crash_if_planned(self, call: str, number: int, moment: Moment) -> None:
        with self._lock:
            if self._planned == (number, moment):
                self._crash = self._crash or Crash(call, number, moment)
            crash = self._crash
        if crash is not None:
            self._end(crash)


class _Watched:
    """A port that tells of the beginning and of the end of each call."""

    def __init__(
        self, name: str, port: object, begin: Callable[[str], int], finish: Callable[[str, int], None]
    ) -> None:
        self._name = name
        self._port = port
        self._begin = begin
        self._finish = finish

    def __getattr__(self, method: str) -> Any:
        target = getattr(self._port, method)
        if not callable(target):
            return target
        watched = self._later if inspect.iscoroutinefunction(target) else self._now
        return watched(f"{self._name}.{method}", target)

    def _now(self, call: str, target: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            number = self._begin(call)
            try:
                return target(*args, **kwargs)
            finally:
                self._finish(call, number)

        return run

    def _later(self, call: str, target: Callable[..., Any]) -> Callable[..., Any]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            number = self._begin(call)
            try:
                return await target(*args, **kwargs)
            finally:
                self._finish(call, number)

        return run
