"""A function in a process of its own gives its answer, its error, or its death."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from benchmarks.crash import children
from benchmarks.crash.children import Killed, alone


def double(number: int) -> int:
    """What lives to its end."""
    return 2 * number


def fail() -> None:
    """What raises."""
    raise ValueError("for a reason")


def die() -> None:
    """What is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    """What ends in another way."""
    os._exit(3)


def linger() -> int:
    """What answers, and leaves a thread behind that its process waits for."""
    threading.Thread(target=time.sleep, args=(60,)).start()
    return os.getpid()


def test_an_answer_comes_back() -> None:
    """From the other process."""
    assert alone(double, 21) == 42


def test_an_error_comes_back() -> None:
    """With its text; a harness that took it for a kill would prove nothing."""
    with pytest.raises(RuntimeError, match="for a reason"):
        alone(fail)


def test_a_kill_is_told_from_an_answer() -> None:
    """By SIGKILL, and by nothing else."""
    assert isinstance(alone(die), Killed)
    with pytest.raises(RuntimeError, match="ended with 3"):
        alone(leave)


def test_who_answers_and_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an error that says so: a campaign of a thousand lives must not stand still at one of them."""
    alone(double, 1)  # what the others are forked from takes seconds to start
    monkeypatch.setattr(children, "_PATIENCE_SECONDS", 3.0)
    with pytest.raises(TimeoutError, match="linger has answered, and its process did not end"):
        alone(linger)
