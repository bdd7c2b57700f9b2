"""All points of a trial: a copy of its stage for each, a kill, a look, and the judgement."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from benchmarks.crash import laws
from benchmarks.crash.children import Killed, alone
from benchmarks.crash.homes import Home, Homes, lent
from benchmarks.crash.points import Moment, Point, points_of
from benchmarks.crash.rig import Opener
from benchmarks.crash.rows import Rows, essence, tally
from benchmarks.crash.trials import Trial
from benchmarks.crash.victim import Begun, Job, Recording, Sight, look, prepare, record, strike

__all__ = ["Campaign", "Result", "spread", "total"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one trial on one database."""

    calls: int
    points: int
    deviations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The lives without a crash that the crashed ones are held against."""

    recording: Recording
    fresh: Sight = field(repr=False)
    """Of somebody for whom the step was not done."""
    done: Sight = field(repr=False)
    """Of somebody who does it although it was done."""


class Campaign:
    """The trials on one kind of database. Thread-safe once it is made: trials may run side by side."""

    def __init__(self, homes: Homes, stages: Iterable[str]) -> None:
        """Reach the stages, each once; they are copied from then on."""
        self._homes = homes
        empty, wanted = homes.empty(), tuple(dict.fromkeys(stages))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            reached = pool.map(partial(self._reached, empty), wanted)
            self._stages = dict(zip(wanted, reached, strict=True))

    def run(self, trial: Trial, opener: Opener, at_most: int | None = None) -> Result:
        """Kill the flow at each of its points, or at `at_most` that are spread over them.

        Whoever lives, dies and looks does so on the store that `opener` opens, and in its colour.
        """
        home, begun = self._stages[trial.stage]
        on = partial(Job, trial.name, begun=begun, opener=opener)
        reference = self._reference(on, home)
        points = spread(tuple(points_of(reference.recording.calls)), at_most)
        deviations = list(_endings(trial, reference))
        for point in points:
            deviations += self._killed(trial, reference, on, home, point)
        return Result(len(reference.recording.calls), len(points), tuple(deviations))

    def _reached(self, empty: Home, name: str) -> tuple[Home, Begun]:
        home = self._homes.copy(empty)
        return home, _answer(alone(prepare, name, home))

    def _reference(self, on: Callable[[Home], Job], home: Home) -> Reference:
        with lent(self._homes, home) as copy:
            recording = _answer(alone(record, on(copy)))
            done = _answer(alone(look, on(copy)))
        with lent(self._homes, home) as copy:
            fresh = _answer(alone(look, on(copy)))
        return Reference(recording, fresh, done)

    def _killed(
        self, trial: Trial, reference: Reference, on: Callable[[Home], Job], home: Home, point: Point
    ) -> list[str]:
        """The deviations at one point, each with its place."""
        call = reference.recording.calls[point.number - 1].name
        place = f"{point.moment} call {point.number}, {call}"
        if point.moment is Moment.WITHIN:
            place += f", after its statement {point.statement}"
        with lent(self._homes, home) as copy:
            if not isinstance(alone(strike, on(copy), point), Killed):
                return [f"{place}: was not reached"]
            try:
                sight = _answer(alone(look, on(copy)))
            except RuntimeError as failure:
                return [f"{place}: a new process fails there: {str(failure).splitlines()[-1]}"]
        return [f"{place}: {sentence}" for sentence in _judged(trial, reference, point, sight)]


def _judged(trial: Trial, reference: Reference, point: Point, sight: Sight) -> Iterator[str]:
    """Hold what a new process found, and what came of doing the step again, against the laws."""
    recording = reference.recording
    yield from laws.after_crash(laws.Crashed(recording, point, sight.rows, trial.steps, trial.erases))
    if not trial.erases:
        yield from laws.always(sight.rows)
        if sight.lost_documents:
            yield "a document that a registration names is gone"
    expected = _life(reference, sight.rows)
    if sight.ending != expected.ending:
        yield f"done again it ended with {sight.ending or 'success'}, not {expected.ending or 'success'}"
    yield from _afterwards(trial, sight, expected)
    yield from _deliveries(trial, sight, laws.carried_twice(recording, point))


def _afterwards(trial: Trial, sight: Sight, expected: Sight) -> Iterator[str]:
    if not trial.erases:
        yield from (f"done again: {sentence}" for sentence in laws.always(sight.end_rows))
    if sight.end_lost_documents:
        yield "done again: a document that a registration names is gone"
    there, wanted = tally(sight.end_rows), tally(expected.end_rows)
    more, fewer = there - wanted, wanted - there
    if trial.erases:
        del fewer["event purged"]
    if more or fewer:
        yield f"done again there are too many ({_named(more)}) or too few ({_named(fewer)})"


def _life(reference: Reference, found: Rows) -> Sight:
    """The life that this one must now be like."""
    states = reference.recording.states
    begun, ended = essence(states[0]), essence(states[-1])
    return reference.done if begun != ended and essence(found) == ended else reference.fresh


def _deliveries(trial: Trial, sight: Sight, twice: int) -> Iterator[str]:
    states, carried = {row["id"]: row["state"] for row in sight.end_rows["messages"]}, Counter(sight.carried)
    if carried.keys() - states.keys() and not trial.erases:
        yield "a message was carried whose commit is not there"
    if any(state == "sent" and id_ not in carried for id_, state in states.items()):
        yield "a message is marked as sent and was not carried"
    if "queued" in states.values():
        yield "a message is left in the queue"
    if sum(carried.values()) - len(carried) > twice:
        yield "a message was carried twice that had been settled"


def _endings(trial: Trial, reference: Reference) -> Iterator[str]:
    """The recorded lives themselves must end as the laws say."""
    if reference.recording.flow != trial.flow_name:
        yield f"this is {reference.recording.flow}"
    first = trial.first.__name__ if trial.first else ""
    again = trial.again.__name__ if trial.again else ""
    if (reference.recording.ending, reference.fresh.ending) != (first, first):
        yield f"without a crash it ended with {reference.recording.ending or 'success'}"
    if reference.done.ending != again:
        yield f"done twice it ended with {reference.done.ending or 'success'}"
    for sight in (reference.fresh, reference.done):
        yield from (f"without a crash: {sentence}" for sentence in _deliveries(trial, sight, 0))
        if not trial.erases:
            yield from (f"without a crash: {sentence}" for sentence in laws.always(sight.end_rows))


def _named(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counted.items())) or "none"


def spread(points: tuple[T, ...], at_most: int | None) -> tuple[T, ...]:
    """At most so many, evenly spread, with the last one among them."""
    if at_most is None or len(points) <= at_most:
        return points
    return tuple(points[(n * len(points) + len(points) - 1) // at_most] for n in range(at_most))


def _answer(value: T | Killed) -> T:
    if isinstance(value, Killed):
        raise RuntimeError("a process was killed that was not to be")
    return value


def total(results: Iterable[Result]) -> Result:
    """All of them as one."""
    held = tuple(results)
    return Result(
        sum(each.calls for each in held),
        sum(each.points for each in held),
        tuple(deviation for each in held for deviation in each.deviations),
    )
