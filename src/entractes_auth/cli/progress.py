"""A progress bar on the standard error, where that is a terminal; nothing at all elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

__all__ = ["Progress"]

_SECONDS_BETWEEN: Final = 0.1
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Bytes read of all, rows a second, time left: one line, drawn ten times a second, wiped at the end.

    `total`: in bytes; None when nobody knows, as on a pipe: then there is neither bar nor time left.
    """

    def __init__(
        self, stream: TextIO, total: int | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._total = total
        self._clock = clock
        self._shown = stream.isatty()
        self._began = self._drawn = clock()
        self._bytes = self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def advance(self, count: int, rows: int) -> None:
        """So many bytes and rows more."""
        self._bytes += count
        self._rows += rows
        now = self._clock()
        if self._shown and now - self._drawn >= _SECONDS_BETWEEN:
            self._drawn = now
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(_CLEAR + self.line(now - self._began)[:width])
            self._stream.flush()

    def line(self, seconds: float) -> str:
        """What is drawn after so many seconds."""
        speed = f"{self._rows / max(seconds, 0.001):,.0f} rows/s"
        read = f"{self._bytes / 1e6:,.0f} MB"
        if not self._total:
            return f"{read}, {speed}"
        share = min(self._bytes / self._total, 1.0)
        bar = ("█" * round(24 * share)).ljust(24, "░")
        left = seconds * (1 - share) / share if share else 0.0
        minutes, rest = divmod(round(left), 60)
        return f"{bar} {share:4.0%}  {read} / {self._total / 1e6:,.0f} MB  {speed}  {minutes}:{rest:02} left"
