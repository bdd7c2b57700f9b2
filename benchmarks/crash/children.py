"""A function in a process of its own, forked from a warm one that has no database open."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, Final, ParamSpec, TypeVar, cast

__all__ = ["Killed", "alone"]

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE_SECONDS: Final = 120.0
_CONTEXT: Final = multiprocessing.get_context("forkserver")
# To start one process asks after all others: two threads that ask after the same one would lose its answer.
_ONE_AT_A_TIME: Final = threading.Lock()


class Killed:
    """What a function gives whose process did not live to its end."""


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Killed:
    """Call the function in a new process. It must be a module's own, and its arguments plain data.

    Raises:
        RuntimeError: it raised; the text is its traceback. Or it ended in any other way than by SIGKILL.
        TimeoutError: it took longer than two minutes, or did not end after it had answered; it was ended.
    """
    # Imports once: each process then starts in some milliseconds.
    _CONTEXT.set_forkserver_preload(["benchmarks.crash.victim"])
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(sender, function, args, kwargs))
    with _ONE_AT_A_TIME:
        process.start()
    sender.close()
    with receiver:
        if not receiver.poll(_PATIENCE_SECONDS):
            process.kill()
            raise TimeoutError(f"{function.__name__} did not end")
        answer = _received(receiver)
    _ended(process, function.__name__)
    if answer is None and process.exitcode == -signal.SIGKILL:
        return Killed()
    if answer is None:
        raise RuntimeError(f"{function.__name__} ended with {process.exitcode}")
    failure, value = answer
    if failure:
        raise RuntimeError(failure)
    return cast("T", value)


def _ended(process: ForkServerProcess, name: str) -> None:
    """Wait for the end of what has answered; a thread that it left behind can keep it alive."""
    with _ONE_AT_A_TIME:
        process.join(_PATIENCE_SECONDS)
        alive = process.exitcode is None
    if alive:
        process.kill()
        raise TimeoutError(f"{name} has answered, and its process did not end")


def _received(receiver: Connection[Any, Any]) -> tuple[str, object] | None:
    try:
        answer: tuple[str, object] = receiver.recv()
    except EOFError:
        return None
    return answer


def _run(sender: Connection[Any, Any], function: Callable[..., object], args: Any, kwargs: Any) -> None:
    # These lives are short: one collection would walk through all that the parent imported, and copy its pages.
    gc.disable()
    try:
        answer = ("", function(*args, **kwargs))
    except Exception:
        answer = (traceback.format_exc(), None)
    sender.send(answer)
