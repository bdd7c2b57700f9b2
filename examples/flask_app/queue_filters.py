"""What the operator chose to see of the queue, read from the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from entractes_auth.records.kinds import Kind, State

__all__ = ["Filters", "QueueArguments", "read_filters"]


class QueueArguments(TypedDict):
    """The filters as `review.queue` takes them."""

    states: tuple[State, ...]
    kinds: tuple[Kind, ...]
    mine: bool
    number: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the operator chose; unknown values choose nothing."""

    state: str
    kind: str
    mine: bool
    number: str

    @property
    def arguments(self) -> QueueArguments:
        """For `review.queue`: what waits for a decision, unless another state was chosen."""
        return {
            "states": (State(self.state) if self.state else State.IN_REVIEW,),
            "kinds": (Kind(self.kind),) if self.kind else (),
            "mine": self.mine,
            "number": self.number,
        }

    @property
    def query(self) -> dict[str, str]:
        """For the address of the next page."""
        chosen = {
            "state": self.state,
            "kind": self.kind,
            "mine": "yes" if self.mine else "",
            "number": self.number,
        }
        return {name: value for name, value in chosen.items() if value}


def read_filters(arguments: Mapping[str, str]) -> Filters:
    """From the address of the page."""
    state, kind = arguments.get("state", ""), arguments.get("kind", "")
    return Filters(
        state=state if state in set(State) else "",
        kind=kind if kind in set(Kind) else "",
        mine=arguments.get("mine") == "yes",
        # No control characters: a database may refuse NUL, and no number holds one.
        number="".join(filter(str.isprintable, arguments.get("number", "")))[:40],
    )
