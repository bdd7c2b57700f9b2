"""The parameters of statements: named here, given their values when a statement runs."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    String,
    bindparam,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

__all__ = ["any_of", "each_of", "given", "instant", "unsought"]


def given(name: str) -> BindParameter[Any]:
    """One value."""
    return bindparam(name)


def any_of(name: str) -> BindParameter[Any]:
    """A few values, a tuple, for `IN`: each is a parameter of its own."""
    return bindparam(name, expanding=True)


def each_of(name: str) -> tuple[FromClause, ColumnElement[str]]:
    """Many values, a list, as rows to select from, and the value of a row: a single parameter, in its order."""
    return _Each(bindparam(name, type_=_Texts())), literal_column("each_one.value", String())


def instant(name: str) -> BindParameter[Any]:
    """A time."""
    return bindparam(name, type_=Instant())


def unsought(column: Column[str]) -> ColumnElement[str]:
    """The column's value, in a form that no index serves: another condition leads, and this one only sifts.

    SQLite keeps no statistics that nobody asked it for, and would take the longest index: of `state`, which
    as good as every row of the table may share.
    """
    return column.concat("")


class _Texts(TypeDecorator[list[str]]):
    """A list as one value: an array on PostgreSQL, else an array of JSON in a text."""

    impl = String
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(String()) if native else String())

    @override
    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> list[str] | str | None:
        return value if value is None or dialect.name == "postgresql" else json.dumps(value)


class _Each(FunctionElement[str]):
    """Each engine has its own words for it."""

    inherit_cache = True


@compiles(_Each, "postgresql")
def _each_of_array(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    (values,) = (compiler.process(each, **options) for each in element.clauses)
    return f"unnest({values}) AS each_one(value)"


@compiles(_Each, "sqlite")
def _each_of_json(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    (values,) = (compiler.process(each, **options) for each in element.clauses)
    return f"json_each({values}) AS each_one"
