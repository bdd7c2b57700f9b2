"""How a part of the policy refuses a value."""

from __future__ import annotations

from entractes_auth.errors import PolicyError

__all__ = ["require"]


def require(holds: bool, name: str, what: str) -> None:
    """Raise `PolicyError` with the dotted name of the value, unless the rule holds."""
    if not holds:
        raise PolicyError(name, what)
