"""The parameters of statements: named here, given their values when a statement runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, bindparam

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

__all__ = ["any_of", "given", "instant", "unsought"]


def given(name: str) -> BindParameter[Any]:
    """One value."""
    return bindparam(name)


def any_of(name: str) -> BindParameter[Any]:
    """Several values, for `IN`."""
    return bindparam(name, expanding=True)


def instant(name: str) -> BindParameter[Any]:
    """A time."""
    return bindparam(name, type_=Instant())


def unsought(column: Column[str]) -> ColumnElement[str]:
    """The column's value, in a form that no index serves: another condition leads, and this one only sifts.

    SQLite keeps no statistics that nobody asked it for, and would take the longest index: of `state`, which
    as good as every row of the table may share.
    """
    return column.concat("")
