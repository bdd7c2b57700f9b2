"""The points at which a flow can be killed: around each port call, and after each statement of its transactions."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Call", "Moment", "Point", "Statements", "points_of"]


class Moment(enum.StrEnum):
    """Where in a call."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Call:
    """A port call of a flow, and how many statements that write it sends to the database."""

    name: str
    statements: int


@dataclass(frozen=True, slots=True)
class Point:
    """Call `number` of the flow (from 1); `statement` counts within the call, from 1, and is 0 around it."""

    number: int
    moment: Moment
    statement: int = 0


def points_of(calls: tuple[Call, ...]) -> Iterator[Point]:
    """Every point, in the order of time. After the last statement of a call is before its COMMIT."""
    for number, call in enumerate(calls, 1):
        yield Point(number, Moment.BEFORE)
        for statement in range(1, call.statements + 1):
            yield Point(number, Moment.WITHIN, statement)
        yield Point(number, Moment.AFTER)


class Statements:
    """Counts, for `after_each_statement`, the statements of this process that write."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, statement: str, cursor: Any) -> None:
        """Count one."""
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
            self.count += 1
            self.counted()

    def counted(self) -> None:
        """What happens after each; nothing here."""
