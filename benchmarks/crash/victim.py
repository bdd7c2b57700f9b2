"""What the processes do: come to a stage, note every call of a flow, be killed at a point, look and do it again."""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from typing_extensions import override

from benchmarks.crash import rows
from benchmarks.crash.homes import Home
from benchmarks.crash.points import Call, Moment, Point, Statements
from benchmarks.crash.rig import POLICY, Opener, Rig, carried
from benchmarks.crash.rows import Rows
from benchmarks.crash.stages import STAGES, Hands
from benchmarks.crash.trials import TRIALS
from entractes_auth.errors import AuthError, NotFound
from entractes_auth.flows import outbox
from entractes_auth.testing import FrozenClock
from entractes_auth.testing.faults import Crash, Faults
from entractes_auth.testing.faults import Moment as Side
from tests.statements import after_each_statement

__all__ = ["Begun", "Job", "Recording", "Sight", "look", "prepare", "record", "strike"]

_PAUSE: Final = timedelta(minutes=1)  # longer than the one between two codes
_AGAIN_AFTER: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Begun:
    """A stage that was reached: when, and what people hold."""

    at: datetime
    hands: Hands = field(repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """A trial on a home; the colour of its runs is that of the store that is opened."""

    trial: str
    home: Home
    begun: Begun
    opener: Opener


@dataclass(frozen=True, slots=True)
class Recording:
    """A run without a crash: its calls, and all rows before the first and after each of them."""

    flow: str
    ending: str
    calls: tuple[Call, ...]
    states: tuple[Rows, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a new process finds; how the step ends when it is done again; and all that is there after it."""

    rows: Rows = field(repr=False)
    lost_documents: tuple[str, ...]
    ending: str
    end_rows: Rows = field(repr=False)
    end_lost_documents: tuple[str, ...]
    carried: tuple[str, ...]


def prepare(stage: str, home: Home) -> Begun:
    """Come to a stage on an empty home."""
    with closing(Rig(home, FrozenClock().now(), f"to {stage}")) as rig:
        hands = STAGES[stage](rig)
    return Begun(rig.clock.now() + _PAUSE, hands)


def record(job: Job) -> Recording:
    """Run the flow to its end, and read all rows after each of its calls."""
    faults, statements = Faults(), Statements()
    states = [rows.read(job.home.url)]
    totals: list[int] = []

    def noted() -> None:
        states.append(rows.read(job.home.url))
        totals.append(statements.count)

    with closing(_first_run(job, lambda name, port: _Seen(faults.port(name, port), noted))) as rig:
        after_each_statement(statements)
        name, ending = _ending(rig, job)
    writes = (total - before for before, total in zip((0, *totals), totals, strict=False))
    calls = tuple(Call(call, count) for call, count in zip(faults.calls, writes, strict=True))
    return Recording(name, ending, calls, tuple(states))


def strike(job: Job, point: Point) -> str:
    """Run the flow and be killed at the point. Who reads an answer knows that it was not reached."""
    faults = Faults(_die)
    with closing(_first_run(job, faults.port)) as rig:
        if point.moment is Moment.WITHIN:
            after_each_statement(_Blow(faults, point))
        else:
            faults.crash_at(point.number, Side(point.moment.value))
        return _ending(rig, job)[1]


def look(job: Job) -> Sight:
    """Start anew on what is there, do the step again, and let a relay deliver what is due."""
    found = rows.read(job.home.url)
    at, deliver = job.begun.at + _AGAIN_AFTER, TRIALS[job.trial].deliver
    with closing(Rig(job.home, at, "again", opener=job.opener, deliver=deliver)) as rig:
        lost = _lost_documents(rig, found)
        _, ending = _ending(rig, job)
        rig.clock.advance(POLICY.messages.lease + _PAUSE)  # what a dead relay had leased is free again
        rig.auth.run(outbox.deliver(limit=1000))
        end = rows.read(job.home.url)
        return Sight(found, lost, ending, end, _lost_documents(rig, end), tuple(carried(job.home)))


def _first_run(job: Job, wrap: Callable[[str, Any], Any]) -> Rig:
    """The run that is recorded and the run that is killed draw the same."""
    deliver = TRIALS[job.trial].deliver
    return Rig(job.home, job.begun.at, "first", opener=job.opener, wrap=wrap, deliver=deliver)


def _ending(rig: Rig, job: Job) -> tuple[str, str]:
    """The flow's name, and the name of its refusal; "" when it ended well."""
    flow = TRIALS[job.trial].flow(job.begun.hands)
    try:
        rig.auth.run(flow)
    except AuthError as error:
        return flow.name, type(error).__name__
    return flow.name, ""


def _lost_documents(rig: Rig, found: Rows) -> tuple[str, ...]:
    """The documents that a registration names and that cannot be read whole."""
    return tuple(
        document_id
        for registration in found["registrations"]
        for document_id, _, size in registration["documents"]
        if _size(rig, document_id) != size
    )


def _size(rig: Rig, document_id: str) -> int | None:
    try:
        return len(rig.documents.read(document_id))
    except NotFound:
        return None


def _die(crash: Crash | None = None) -> None:
    """No `finally`, no flush, no rollback, no closing of anything."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Blow(Statements):
    """Kills after a statement of a call."""

    def __init__(self, faults: Faults, point: Point) -> None:
        super().__init__()
        self._faults = faults
        self._point = point
        self._within = 0

    @override
    def counted(self) -> None:
        """See `Statements.counted`."""
        if len(self._faults.calls) == self._point.number:
            self._within += 1
            if self._within == self._point.statement:
                _die()


class _Seen:
    """A port; something is done after each of its calls, also after one that raises."""

    def __init__(self, port: Any, after: Callable[[], None]) -> None:
        self._port = port
        self._after = after

    def __getattr__(self, method: str) -> Any:
        target = getattr(self._port, method)

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return target(*args, **kwargs)
            finally:
                self._after()

        async def later(*args: Any, **kwargs: Any) -> Any:
            try:
                return await target(*args, **kwargs)
            finally:
                self._after()

        return later if inspect.iscoroutinefunction(target) else call
