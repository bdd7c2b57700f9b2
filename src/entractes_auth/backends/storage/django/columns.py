"""Column types that Django does not have ready: keys compared by their bytes, instants in UTC, nonces."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from typing_extensions import override

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    # Only the stubs know Django's fields as generic classes.
    _Text = models.TextField[Any, Any]
    _DateTime = models.DateTimeField[Any, Any]
    _Binary = models.BinaryField[Any, Any]
    _Json = models.JSONField[Any, Any]
    _Lookup = models.Lookup[bool]
else:
    _Text = models.TextField
    _DateTime = models.DateTimeField
    _Binary = models.BinaryField
    _Json = models.JSONField
    _Lookup = models.Lookup

__all__ = ["DocumentsField", "InstantField", "KeyField", "NonceField"]


class KeyField(_Text):
    """Text that is looked up, ordered by or unique: compared by its bytes on PostgreSQL too.

    That is quicker, and an upgrade of the operating system, which changes how languages sort,
    cannot break an index.
    """

    @override
    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        # The long name of `varchar`: for "varchar" and "text" Django would make a second index of
        # every key, for LIKE, which nothing here asks for.
        return "character varying" if connection.vendor == "postgresql" else super().db_type(connection)

    @override
    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters: dict[str, Any] = {**super().db_parameters(connection)}
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


@KeyField.register_lookup
class _Among(_Lookup):
    """One of many values, in a single parameter, however many they are; each engine has its own words for it."""

    lookup_name = "among"
    prepare_rhs = False

    @override
    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        many = list(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY (%s)", (*values, many)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*values, json.dumps(many))  # noqa: S608 - a column and a parameter


class InstantField(_DateTime):
    """An aware datetime that comes back in UTC, whatever the host's time zones are."""

    @override
    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            # Django would take it for a local time, and end a code one or two hours late.
            raise ValueError("a time without a zone cannot be stored; give an aware datetime")
        return super().get_prep_value(value)

    def from_db_value(self, value: datetime | None, *_: object) -> datetime | None:
        """What Django calls with each value that it read."""
        return None if value is None else value.astimezone(UTC)


class NonceField(_Binary):
    """Bytes that come back as bytes: some drivers give a view of their buffer."""

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> bytes | None:
        """What Django calls with each value that it read."""
        return None if value is None else bytes(value)


class DocumentsField(_Json):
    """The documents of a registration; `documents__named=True` finds those that name any."""


@DocumentsField.register_lookup
class _Named(_Lookup):
    """In the very words of the partial index: another wording, or a parameter, would not use it."""

    lookup_name = "named"
    prepare_rhs = False

    @override
    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} {'<>' if self.rhs else '='} '[]'", tuple(values)
