"""`Store.purge` in small transactions: a backlog of an attack's challenges must not keep sign-ins waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from entractes_auth.backends.batch import Purged

__all__ = ["AT_ONCE", "in_all", "may_leave_more"]

AT_ONCE: Final = 500
"""How many challenges, and how many messages, one transaction changes at most."""


def may_leave_more(purged: Purged) -> bool:
    """Whether a transaction may have left some for the next. What others hold at the moment is not waited for."""
    return max(purged.challenges, purged.messages) >= AT_ONCE


def in_all(parts: Sequence[Purged]) -> Purged:
    """What all transactions of one `purge` did."""
    return Purged(sum(part.challenges for part in parts), sum(part.messages for part in parts))
