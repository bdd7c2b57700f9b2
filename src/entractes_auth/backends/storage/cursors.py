"""Where a page ended, as opaque text: the instant and the id of its last row.

A cursor comes back from a browser, so it is judged like any input. It grants nothing: the
query that it continues is built afresh from the caller's own filters.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from entractes_auth.errors import InvalidInput, Problem

__all__ = ["EPOCH", "Cursor", "page_size"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)  # also the position of rows that are ordered by id alone
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST_TEXT: Final = 1024


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row's position in time and its id, by which equal positions are told apart."""

    position: datetime
    id: str

    def encode(self) -> str:
        """The cursor as text that may stand in a URL."""
        microseconds = (self.position - EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(f"{microseconds}:{self.id}".encode()).decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Read what `encode` wrote.

        Raises:
            InvalidInput: `after: bad_cursor`, for any other text.
        """
        try:
            if len(text) > _LONGEST_TEXT:
                raise ValueError
            decoded = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True).decode()
            microseconds, _, row_id = decoded.partition(":")
            cursor = cls(EPOCH + int(microseconds) * _MICROSECOND, row_id)
        except (ValueError, OverflowError, binascii.Error):
            raise _refused() from None
        # Only what we wrote ourselves: no second spelling, and no NUL, which PostgreSQL cannot compare.
        if cursor.encode() != text or "\0" in row_id:
            raise _refused()
        return cursor


def page_size(limit: int) -> int:
    """The limit of a page as given, once it makes sense: SQL reads a negative one as "all rows".

    Raises:
        InvalidInput: `limit: too_small`.
    """
    if limit < 1:
        raise InvalidInput(Problem("limit", "too_small", {"minimum": 1}))
    return limit


def _refused() -> InvalidInput:
    return InvalidInput(Problem("after", "bad_cursor"))
