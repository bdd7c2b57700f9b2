"""A password hasher that costs nothing: the real Argon2id, with the smallest parameters that it has."""

from __future__ import annotations

from typing import Final

from entractes_auth.backends.hashing.argon2 import Argon2Hasher
from entractes_auth.policy import HashPolicy

__all__ = ["CHEAPEST", "cheap_hasher"]

CHEAPEST: Final = HashPolicy(time_cost=1, memory_kib=8, parallelism=1)
"""One pass over 8 KiB: some 0.1 ms, where a site's parameters take 50 and more."""


def cheap_hasher() -> Argon2Hasher:
    """A `Hasher` for tests only: `Auth(hasher=cheap_hasher())`. What it hashed is guessed in no time."""
    return Argon2Hasher(CHEAPEST)
