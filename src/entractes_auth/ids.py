"""Ids of records: UUID version 7 (RFC 9562, section 5.7), as 32 hexadecimal digits without hyphens.

They begin with the time, so what is made at about the same time lies together in every index: a commit
changes the pages that the one before it changed, however large the database is. Random ids would each
touch a page of their own, which comes from the disk once the tables outgrow the memory.

74 bits are random: an id cannot be guessed from the one before it, nor walked through. It tells when its
record was made, to the millisecond, to whoever holds it. Nothing opens by an id alone: see `links`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["RANDOM_BYTES", "ordered_id"]

RANDOM_BYTES: Final = 10
"""How many an id takes; six of their bits are written over by version and variant."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIELDS: Final = 0xFFFF_FFFF_FFFF_0FFF_3FFF_FFFF_FFFF_FFFF  # all but version and variant
_VERSION_7: Final = 0x7 << 76 | 0b10 << 62


def ordered_id(at: datetime, random: bytes) -> str:
    """The id of what is made at `at`, from `RANDOM_BYTES` random bytes."""
    # A clock before 1970 or after 10889 is wrong; its ids are in no order, and as good as others.
    milliseconds = (at - _EPOCH) // _MILLISECOND % 2**48
    return f"{(milliseconds << 80 | int.from_bytes(random, 'big')) & _FIELDS | _VERSION_7:032x}"
