"""Running a transaction again: what a refusal means, and how long to wait before the next run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

__all__ = ["Failure", "pauses", "persevere"]

T = TypeVar("T")

# At most so many seconds before each further run. Together they are shorter than a person's patience.
_PAUSES: Final = (0.01, 0.03, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Failure:
    """What to raise, outside of the handler; `again` says that nothing was written and another run may succeed."""

    problem: Exception
    again: bool


def pauses() -> Iterator[float]:
    """Seconds to wait before each further run; drawn, so that those who collided do not meet again."""
    for longest in _PAUSES:
        yield random.uniform(0, longest)  # noqa: S311 - no secret


def persevere(run: Callable[[], T | Failure]) -> T:
    """Run until it gives an answer, or a failure that another run would not mend; then raise its problem."""
    end = run()
    if isinstance(end, Failure):
        end = _again(run, end)
    if isinstance(end, Failure):
        raise end.problem
    return end


def _again(run: Callable[[], T | Failure], end: T | Failure) -> T | Failure:
    for pause in pauses():
        if not (isinstance(end, Failure) and end.again):
            break
        time.sleep(pause)
        end = run()
    return end
