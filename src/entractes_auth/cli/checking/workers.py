"""The same function over many pieces, in this process or in several, with the results in the pieces' order."""

from __future__ import annotations

import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from entractes_auth.cli.console import CannotRun

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["in_order", "interrupts_deferred"]

_P = TypeVar("_P")
_R = TypeVar("_R")

_FIRST_ALONE: Final = 2
"""Pieces done before other processes are started: a small file is finished before they would be there."""


def in_order(
    function: Callable[[_P], _R], pieces: Iterable[_P], jobs: int, *, first_alone: int = _FIRST_ALONE
) -> Iterator[_R]:
    """`map(function, pieces)` on `jobs` processes; raises `CannotRun` when one of them is killed.

    At most two pieces for each process are under way at once, so that neither pieces nor results pile
    up in memory, whichever side is slower.
    """
    rest = iter(pieces)
    yield from map(function, rest if jobs <= 1 else islice(rest, first_alone))
    if jobs <= 1 or (another := next(rest, None)) is None:
        return
    # Loaded when they are needed: they would double the time that a small file takes.
    import multiprocessing
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    # "spawn" on every system: a fork would copy whatever threads and locks the caller has.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _ignore_interrupts)
    try:
        yield from _through(pool, function, another, rest, 2 * jobs)
    except BrokenProcessPool:
        raise CannotRun(
            "a worker process was killed, perhaps for want of memory: try --jobs 1",
            "un processus a été tué, faute de mémoire peut-être : essayez --jobs 1",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _through(
    pool: ProcessPoolExecutor, function: Callable[[_P], _R], another: _P, rest: Iterator[_P], most: int
) -> Iterator[_R]:
    under_way: deque[Future[_R]] = deque([_submit(pool, function, another)])
    for piece in rest:
        under_way.append(_submit(pool, function, piece))
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _submit(pool: ProcessPoolExecutor, function: Callable[[_P], _R], piece: _P) -> Future[_R]:
    with interrupts_deferred():
        return pool.submit(function, piece)


def _ignore_interrupts() -> None:
    """Ctrl-C goes to every process of the terminal; the first one answers it, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def interrupts_deferred() -> Generator[None]:
    """Ctrl-C waits until the end of the block, and is answered then.

    A process started in here inherits that and waits for ever: before it has read its first line of Python it
    could answer with a traceback only. Ignored in here instead, a Ctrl-C that came just now would be lost.
    """
    if sys.platform == "win32":  # which has nothing of the kind
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # its start would end the waiting
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
