"""The two colours: how a sync port serves an async flow, and what a second run must not ask again.

Flows are written once, in async. `finished` lets them await a sync port without a loop;
`threaded` lets them await one without blocking the loop; `remembering` keeps the answers
that must not be asked twice when a flow is run again after a `Conflict`.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import anyio
import anyio.to_thread
from anyio import CapacityLimiter

from entractes_auth.errors import ConfigurationError

__all__ = ["Limiter", "Memory", "drive", "finished", "remembering", "require_sync", "threaded"]

T = TypeVar("T")
Method = Callable[..., Any]
AsyncMethod = Callable[..., Coroutine[Any, Any, Any]]
Limiter = Callable[[], CapacityLimiter | None]


class _Painted:
    """A port whose methods went through `paint`, each once, when first used."""

    def __init__(self, port: object, paint: Callable[[str, Method], AsyncMethod]) -> None:
        self._port = port
        self._paint = paint

    def __getattr__(self, name: str) -> AsyncMethod:
        painted = self._paint(name, getattr(self._port, name))
        setattr(self, name, painted)
        return painted


def require_sync(port: object, protocol: type) -> None:
    """Refuse a port that has an async method where the protocol has a sync one.

    Raises:
        ConfigurationError: names the method.
    """
    for name in vars(protocol):
        if not name.startswith("_") and inspect.iscoroutinefunction(getattr(port, name, None)):
            raise _is_async(port, name)


def finished(port: object) -> Any:
    """Let a flow await a sync port: every call is already done when it is awaited.

    A method that gives something to await raises `ConfigurationError` when it is called, also
    where `require_sync` cannot see it (behind a decorator, say).
    """

    def paint(name: str, method: Method) -> AsyncMethod:
        async def call(*args: Any, **kwargs: Any) -> Any:
            answer = method(*args, **kwargs)
            if inspect.isawaitable(answer):
                # It is not None: a flow would take it for the proof that it asked for.
                if inspect.iscoroutine(answer):
                    answer.close()
                raise _is_async(port, name)
            return answer

        return call

    return _Painted(port, paint)


def _is_async(port: object, name: str) -> ConfigurationError:
    return ConfigurationError(f"{type(port).__name__}.{name} is async: use AsyncAuth, or a sync adapter")


def threaded(port: object, limiter: Limiter) -> Any:
    """Let a flow await any port on an event loop: async methods as they are, sync ones in worker threads."""

    def paint(name: str, method: Method) -> AsyncMethod:
        if inspect.iscoroutinefunction(method):
            return cast("AsyncMethod", method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            answer = await anyio.to_thread.run_sync(lambda: method(*args, **kwargs), limiter=limiter())
            # An async method that does not look like one, because of a decorator say.
            return await answer if inspect.isawaitable(answer) else answer

        return call

    return _Painted(port, paint)


class Memory:
    """Answers of one run of a flow, replayed in the next: the n-th equal call gets the n-th answer."""

    def __init__(self) -> None:
        self._answers: dict[Any, list[Any]] = defaultdict(list)
        self._asked: dict[Any, int] = defaultdict(int)

    def rewind(self) -> None:
        """Begin another run."""
        self._asked.clear()

    async def ask(self, key: Any, call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Give the remembered answer to this call, or ask and remember it."""
        turn, answers = self._asked[key], self._answers[key]
        if turn == len(answers):
            answers.append(await call())
        self._asked[key] = turn + 1
        return answers[turn]


_ONCE: Final = frozenset({"spend", "hit", "verify", "hash", "put"})


def remembering(port: Any, memory: Memory) -> Any:
    """Ask what must not be asked twice (an attempt, a budget, a CAPTCHA, a hash, an upload) once per flow."""

    def paint(name: str, method: Method) -> AsyncMethod:
        if name not in _ONCE:
            return method

        async def call(*args: Any, **kwargs: Any) -> Any:
            told = (*((None, value) for value in args), *kwargs.items())
            # The time differs from run to run, and does not make it another question.
            same = tuple((key, _sameness(value)) for key, value in told if not isinstance(value, datetime))
            # Two ports may have a method of one name (`verify`), so the port is part of the question.
            return await memory.ask((id(port), name, same), lambda: method(*args, **kwargs))

        return call

    return _Painted(port, paint)


def _sameness(argument: object) -> object:
    """The argument itself where it can be a key; an upload's chunks are the same object in every run."""
    try:
        hash(argument)
    except TypeError:
        return id(argument)
    return argument


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine whose every await is already done, without an event loop.

    Raises:
        ConfigurationError: it suspended after all; some port is async.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise ConfigurationError("a port suspended under Auth: use AsyncAuth, or a sync adapter")
