"""The progress bar: what it says, and when it says nothing."""

from __future__ import annotations

import io

from typing_extensions import override

from entractes_auth.cli.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def test_bytes_speed_and_time_left_are_told() -> None:
    """A quarter of 400 MB after 5 seconds: 15 more to go."""
    progress = Progress(Terminal(), 400_000_000, clock=iter([0.0, 5.0]).__next__)
    progress.advance(100_000_000, 50_000)
    assert progress.line(5.0) == "██████░░░░░░░░░░░░░░░░░░  25%  100 MB / 400 MB  10,000 rows/s  0:15 left"


def test_without_a_total_there_is_neither_bar_nor_time() -> None:
    """A pipe does not say how much is to come."""
    progress = Progress(Terminal(), None, clock=lambda: 0.0)
    progress.advance(2_000_000, 4_000)
    assert progress.line(2.0) == "2 MB, 2,000 rows/s"


def test_it_is_drawn_ten_times_a_second_and_wiped() -> None:
    """Writing to a terminal at each piece would cost more than checking it."""
    terminal = Terminal()
    now = iter([0.0, 0.05, 0.2, 0.25])
    with Progress(terminal, 10, clock=now.__next__) as progress:
        for _ in range(3):
            progress.advance(1, 1)
    assert terminal.getvalue().count("rows/s") == 1
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_is_no_terminal_is_left_alone() -> None:
    """A log file holds no bars."""
    stream = io.StringIO()
    with Progress(stream, 10, clock=iter([0.0, 9.0]).__next__) as progress:
        progress.advance(5, 5)
    assert stream.getvalue() == ""
