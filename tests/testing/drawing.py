"""What a strategy gives: a sample of it, the same at each run, and the simplest example with a property."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

__all__ = ["found", "sample", "simplest"]

T = TypeVar("T")


def sample(strategy: SearchStrategy[T], count: int) -> list[T]:
    """`count` examples, or fewer where the strategy has fewer."""
    drawn: list[T] = []

    @settings(max_examples=count, derandomize=True, database=None, deadline=None)
    @given(strategy)
    def collect(value: T) -> None:
        drawn.append(value)

    collect()
    return drawn


def found(strategy: SearchStrategy[T], holds: Callable[[T], object]) -> bool:
    """Whether there is an example of which `holds`, among 2,000."""
    try:
        find(strategy, lambda value: bool(holds(value)), settings=_rules(Phase.generate))
    except NoSuchExample:
        return False
    return True


def simplest(strategy: SearchStrategy[T], holds: Callable[[T], object] = lambda _: True) -> T:
    """What an example of which `holds` shrinks to. Raises `NoSuchExample` when there is none among 2,000."""
    return find(strategy, lambda value: bool(holds(value)), settings=_rules(Phase.generate, Phase.shrink))


def _rules(*phases: Phase) -> settings:
    return settings(max_examples=2_000, phases=phases, derandomize=True, database=None, deadline=None)
