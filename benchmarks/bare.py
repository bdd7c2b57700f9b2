"""argon2-cffi alone, as a program without this package would call it: what our figures stand beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from argon2.low_level import Type, hash_secret, verify_secret

from entractes_auth.policy import HashPolicy

__all__ = ["bare_verification"]

_SECRET: Final = b"0" * 32  # as long as what the package hashes: an HMAC


def bare_verification(costs: HashPolicy) -> Callable[[], object]:
    """One Argon2id verification with these parameters, each time it is called."""
    hashed = hash_secret(
        _SECRET,
        b"sixteen bytes...",
        time_cost=costs.time_cost,
        memory_cost=costs.memory_kib,
        parallelism=costs.parallelism,
        hash_len=32,
        type=Type.ID,
    )
    return lambda: verify_secret(hashed, _SECRET, Type.ID)
