"""The parameters of statements: named here, given their values when a statement runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

__all__ = ["any_of", "given", "instant"]


def given(name: str) -> BindParameter[Any]:
    """One value."""
    return bindparam(name)


def any_of(name: str) -> BindParameter[Any]:
    """Several values, for `IN`."""
    return bindparam(name, expanding=True)


def instant(name: str) -> BindParameter[Any]:
    """A time."""
    return bindparam(name, type_=Instant())
