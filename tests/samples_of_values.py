"""One value of every dataclass of the package, made from its types, with a mark in every text that it holds."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import pkgutil
import types
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from entractes_auth import flows, records
from entractes_auth.redact import Secret
from entractes_auth.steps import Care, Contacts, Identity, Practice
from entractes_auth.testing import builders

__all__ = ["MARK", "a_value", "values"]

MARK = "MARK-"
_PAGES: Mapping[type, Any] = {
    Identity: builders.identity(1),
    Practice: builders.practice(1),
    Care: builders.care(),
    Contacts: builders.contacts(1),
}


def modules() -> Iterator[str]:
    """The modules whose values travel: records, what flows give, what ports take and give, errors, findings."""
    for package in (records, flows):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield found.name
    yield from (
        f"entractes_auth.{name}"
        for name in ("backends.batch", "backends.ports", "errors", "numbers.findings")
    )


def values() -> Iterator[type]:
    """Every dataclass that one of these modules defines."""
    for name in modules():
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == name:
                yield value


def a_value(kind: type) -> Any:
    """A value of the dataclass; the text of its field `x` is "MARK-x"."""
    hints = get_type_hints(kind)
    return kind(**{each.name: _of(hints[each.name], each.name) for each in dataclasses.fields(kind)})


def _of(hint: Any, name: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return builders.registration()
    if origin in (Union, types.UnionType):
        return _of(next(each for each in arguments if each is not type(None)), name)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (_of(arguments[0], name),)
    if origin is frozenset:
        return frozenset({_of(arguments[0], name)})
    if origin is not None and issubclass(origin, Mapping):
        return {"key": _of(arguments[1], name)}
    return _plain(origin or hint, name)


def _plain(kind: Any, name: str) -> Any:
    simple = {
        str: f"{MARK}{name}",
        bytes: f"{MARK}{name}".encode(),
        Secret: Secret(f"{MARK}{name}"),
        int: 7,
        bool: True,
        datetime: builders.NOW,
        timedelta: timedelta(hours=1),
        **_PAGES,
    }
    if kind in simple:
        return simple[kind]
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    return a_value(kind)
