"""A flow is a value: calling one does nothing, a runner starts it, and may start it again.

confirmation.confirm(link, code="1234")              # a Flow[UnderReview]
auth.run(confirmation.confirm(link, code="1234"))    # an UnderReview
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from typing_extensions import override

if TYPE_CHECKING:
    from entractes_auth.env import Env

__all__ = ["Flow", "flow"]

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Flow(Generic[T_co]):
    """What is to be done, not yet begun. Its `repr` is its name: the arguments may be secrets."""

    __slots__ = ("name", "start")

    def __init__(self, name: str, start: Callable[[Env], Coroutine[Any, Any, T_co]]) -> None:
        self.name = name
        self.start = start

    @override
    def __repr__(self) -> str:
        return f"Flow({self.name})"


def flow(body: Callable[Concatenate[Env, P], Coroutine[Any, Any, T]]) -> Callable[P, Flow[T]]:
    """Turn a coroutine function whose first parameter is the environment into one of the rest that gives a flow."""
    name = f"{body.__module__.rpartition('.')[2]}.{body.__name__}"

    @wraps(body)
    def value(*args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        return Flow(name, lambda env: body(env, *args, **kwargs))

    return value
