"""What a person typed, and what it means: the pair that a test of any reader needs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import Final, Generic, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.numbers._number import Number
from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies._judge import SEPARATORS

__all__ = ["Typed", "as_typed"]

T = TypeVar("T")
N = TypeVar("N", bound=Number)

_AROUND: Final = ("", " ", "\u00a0", "  ")
_BETWEEN: Final = st.sampled_from(("", *SEPARATORS))


@dataclass(frozen=True, slots=True)
class Typed(Generic[T]):
    """`typed` is what comes from the keyboard, `value` what it must be read as."""

    typed: str
    value: T


def as_typed(numbers: SearchStrategy[N]) -> SearchStrategy[Typed[N]]:
    """Each of `numbers` as people type it: bare, in groups, with spaces of every width, dots, hyphens.

    Letters come in lower case too. Shrinks to the bare number.
    """
    return built(
        _type,
        numbers,
        _BETWEEN,
        _BETWEEN,
        st.sampled_from((2, 3, 1, 5)),
        st.sampled_from(_AROUND),
        st.booleans(),
    )


def _type(number: N, one: str, other: str, size: int, around: str, lower: bool) -> Typed[N]:
    """`number` in groups of `size`, with the two separators by turns between them and `around` at both ends."""
    groups = [number[start : start + size] for start in range(0, len(number), size)]
    between = cycle((one, other))
    text = groups[0] + "".join(f"{next(between)}{group}" for group in groups[1:])
    return Typed(f"{around}{text.lower() if lower else text}{around}", number)
