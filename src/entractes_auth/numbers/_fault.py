"""Why a text is not a number, as a value: `is_valid` answers without raising, and `parse` raises it."""

from __future__ import annotations

from typing import NamedTuple

from entractes_auth.errors import NumberRefused

__all__ = ["WRONG_KEY", "Fault"]


class Fault(NamedTuple):
    """The cause of a refusal, without the kind of number and without the text; see `NumberRefused`."""

    code: str
    detail: str
    position: int | None = None

    def refusal(self, kind: str) -> NumberRefused:
        """The error to raise."""
        return NumberRefused(kind, self.code, self.detail, position=self.position)


WRONG_KEY = Fault("checksum", "key")
