"""What `docs/policy.md` must say of each value: its dotted name, and what both presets hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

from entractes_auth.policy import Budget, Policy

__all__ = ["policy_rows"]

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def policy_rows() -> dict[str, tuple[str, str]]:
    """Dotted name to the texts of `Policy.tutorial()` and `Policy.hardened()`, in the order of the code."""
    hardened = dict(_values("", Policy.hardened()))
    return {name: (_text(value), _text(hardened[name])) for name, value in _values("", Policy.tutorial())}


def _values(prefix: str, part: Any) -> Iterator[tuple[str, Any]]:
    for each in dataclasses.fields(part):
        value = getattr(part, each.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, Budget):
            yield from _values(f"{prefix}{each.name}.", value)
        else:
            yield f"{prefix}{each.name}", value


def _text(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return _duration(value)
        case Budget():
            period = _duration(value.per).removeprefix("1 ")
            return f"{value.amount} per {period}"
        case Mapping():
            return ", ".join(f"`{key}`" for key in cast("Iterable[str]", value))
        case frozenset():
            return " ".join(sorted(cast("Iterable[str]", value)))
        case _:
            return str(value)


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    amount = int(seconds // size)
    return f"{amount} {unit}" + ("s" if amount != 1 else "")
