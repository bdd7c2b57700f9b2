"""Statements made ready once: their text for one dialect, how values are bound, and how rows are read.

SQLAlchemy writes each statement and knows its types. What it would do again at every execution (find
the compiled statement, gather its parameters, describe the result) takes longer than the database's
own work for one row; so it is asked once for each statement, and the answer is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Executable
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from entractes_auth.backends.storage.rows import Row
from entractes_auth.backends.storage.sqlalchemy.plan import Values

__all__ = ["Prepared", "Preparer"]

_Convert: TypeAlias = Callable[[Any], Any]
_Types: TypeAlias = Mapping[str, TypeEngine[Any]]
_Parameters: TypeAlias = Any  # a tuple or a dict, as the driver wants


class Prepared:
    """One statement, for one dialect and for values of one shape: see `Preparer.prepared`."""

    __slots__ = ("_bound", "_columns", "_constants", "_expanded", "_in_order", "_named", "_read", "text")

    def __init__(self, statement: Any, dialect: Dialect, values: Mapping[str, Any]) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(values))
        state = compiled.construct_expanded_state(values)
        self.text = state.statement
        self._named = state.positiontup is None
        order = tuple(state.parameters if state.positiontup is None else state.positiontup)
        self._in_order = _getter(order)
        self._expanded = tuple((name, tuple(each)) for name, each in state.parameter_expansion.items())
        origins = {element: name for name, elements in self._expanded for element in elements}
        # What the statement itself says, a limit or a state: it is no part of the values.
        self._constants = {
            name: state.parameters[name] for name in order if origins.get(name, name) not in values
        }
        types: _Types = {name: compiled.binds[origins.get(name, name)].type for name in order}
        self._bound = _converting(types, dialect, lambda kind: kind.bind_processor(dialect))
        columns = {column.name: column.type for column in getattr(statement, "exported_columns", ())}
        self._columns = tuple(columns)
        self._read = _converting(columns, dialect, lambda kind: kind.result_processor(dialect, None))

    def run(self, cursor: DBAPICursor, values: Values) -> Sequence[Row]:
        """Execute it with one row's values, or with those of each of several; give the rows that came back.

        They are told apart by the columns' names; a statement that names no columns gives none.
        """
        if isinstance(values, Mapping):
            cursor.execute(self.text, self.bind(values))
        else:
            cursor.executemany(self.text, [self.bind(row) for row in values])
        return self._rows(cursor.fetchall()) if self._columns else ()

    def bind(self, values: Mapping[str, Any]) -> _Parameters:
        """The values of one row as the driver takes them."""
        bound = {**self._constants, **values}
        for name, elements in self._expanded:
            if name in values:
                bound.update(zip(elements, values[name], strict=True))
        for name, convert in self._bound:
            bound[name] = convert(bound[name])
        # A driver that takes them by name takes what it finds there, whatever else is.
        return bound if self._named else self._in_order(bound)

    def _rows(self, fetched: Sequence[Sequence[Any]]) -> Sequence[Row]:
        rows = [dict(zip(self._columns, each, strict=True)) for each in fetched]
        for row in rows:
            for name, convert in self._read:
                row[name] = convert(row[name])
        return rows


class Preparer:
    """Prepares statements for one dialect, and forgets each with its statement.

    Thread-safe: two threads may prepare the same one at once, and either is kept.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[Executable, dict[tuple[object, ...], Prepared]] = WeakKeyDictionary()

    def prepared(self, statement: Executable, values: Values) -> Prepared:
        """The statement for values of this shape: their names, and of each tuple (for `IN`) how many it has."""
        first = values if isinstance(values, Mapping) else values[0]
        shape = tuple(
            [(name, len(first[name])) if type(value) is tuple else name for name, value in first.items()]
        )
        shapes = self._known.get(statement)
        if shapes is None:
            shapes = self._known[statement] = {}
        known = shapes.get(shape)
        if known is None:
            known = shapes[shape] = Prepared(statement, self._dialect, first)
        return known


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What gives the values of these names, in this order."""
    if len(names) < 2:  # `itemgetter` gives a tuple only of several
        return lambda values: tuple([values[name] for name in names])
    return itemgetter(*names)


def _converting(
    types: _Types, dialect: Dialect, processor: Callable[[TypeEngine[Any]], _Convert | None]
) -> tuple[tuple[str, _Convert], ...]:
    """What the values of each name are converted by, of the names whose type converts."""
    found = ((name, processor(kind.dialect_impl(dialect))) for name, kind in types.items())
    return tuple((name, convert) for name, convert in found if convert is not None)
