"""The parameters of statements: named here, given their values when a statement runs."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Column, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from entractes_auth.backends.storage.sqlalchemy.instants import Instant

__all__ = ["among", "any_of", "given", "instant", "unsought"]


def given(name: str) -> BindParameter[Any]:
    """One value."""
    return bindparam(name)


def any_of(name: str) -> BindParameter[Any]:
    """A few values, a tuple, for `IN`: each is a parameter of its own."""
    return bindparam(name, expanding=True)


def among(column: Column[str], name: str) -> ColumnElement[bool]:
    """Whether the column is one of many values, a list: a single parameter, however many they are."""
    return _Among(column, bindparam(name, type_=_Texts()))


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


class _Among(FunctionElement[bool]):
    """Each engine has its own words for it.

    Of no type: SQLAlchemy would write a boolean one as "... = 1" for SQLite, which uses no index for that.
    """

    inherit_cache = True


@compiles(_Among, "postgresql")
def _any_of_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _each_of_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - a column and a parameter
