"""The ways from a new draft to each state, found in the transition table itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from entractes_auth.records.kinds import State
from entractes_auth.records.transitions import (
    TRANSITIONS,
    Amended,
    Change,
    InformationRequested,
    Reopened,
)

__all__ = ["Route", "routes"]

Route = tuple[type[Change], ...]
"""The changes that move a registration from state to state."""


@cache
def routes(target: State) -> tuple[Route, ...]:
    """The ways from a new draft to `target`, the shortest first; no way takes a line of the table twice."""
    return tuple(sorted(_onward(State.DRAFT, target, (), frozenset(), False), key=len))


def _onward(
    state: State, target: State, route: Route, taken: frozenset[tuple[State, type[Change]]], asked: bool
) -> Iterator[Route]:
    if state is target:
        yield route
    for change, to in TRANSITIONS[state].items():
        # Back from the proof it goes to the operator's question where one is open, else to the draft.
        closed = Amended if asked else Reopened
        if to is state or change is closed or (state, change) in taken:
            continue
        still_asked = change is InformationRequested or (asked and to is not State.IN_REVIEW)
        yield from _onward(to, target, (*route, change), taken | {(state, change)}, still_asked)
