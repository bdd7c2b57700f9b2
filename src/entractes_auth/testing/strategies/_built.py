"""Values that a failing example shows as they are, and not as the call of the kit's that made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["built"]

T = TypeVar("T")


@st.composite
def built(draw: DrawFn, make: Callable[..., T], *parts: SearchStrategy[Any]) -> T:
    """`make` of what `parts` give, like `st.builds`.

    Hypothesis prints what `builds` made as that call: `_phone(('GP', ('590', '690', 6)), 0, 0, ' ')`, where
    its reader needs `Phone(typed='06 90 34 56 78', ...)`. It does not know how this one was made.
    """
    return make(*(draw(part) for part in parts))
