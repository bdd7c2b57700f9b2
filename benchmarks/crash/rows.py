"""All that a database holds, read past the store; and three views of it, for three kinds of comparison."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import NullPool, RowMapping, Table, create_engine

from entractes_auth.backends.storage.sqlalchemy.tables import metadata

__all__ = ["Row", "Rows", "essence", "exact", "read", "tally"]

Row = Mapping[str, Any]
Rows = Mapping[str, tuple[Row, ...]]
"""The rows of each table, in the order of their keys."""

_LISTS: Final = frozenset({"documents", "notes"})
# What is no part of a flow's commit: attempts are counted before it, and delivery is the relay's business.
_BESIDE: Final = {
    "challenges": {"attempts_left"},
    "messages": {"tries", "reason", "next_try_at", "lease_token", "leased_until"},
}


def read(url: str) -> Rows:
    """Read every table, by a connection of its own, as the driver gives it."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return {
            table.name: tuple(
                _decoded(row) for row in connection.exec_driver_sql(_everything(table)).mappings()
            )
            for table in metadata.sorted_tables
        }


@cache
def _everything(table: Table) -> str:
    """As text: to have SQLAlchemy compile it would cost each process more than all else that it does."""
    keys = ", ".join(column.name for column in table.primary_key.columns)
    return f"SELECT * FROM {table.name} ORDER BY {keys}"  # noqa: S608 - the schema's own names


def _decoded(row: RowMapping) -> Row:
    """SQLite gives JSON as text."""
    told = dict(row)
    for name in _LISTS & told.keys():
        told[name] = json.loads(told[name]) if isinstance(told[name], str) else told[name]
    return told


def exact(rows: Rows) -> Rows:
    """Everything but what two runs draw differently from the machine: salts, lease tokens, names of files."""
    return {name: tuple(_replayable(name, row) for row in of_table) for name, of_table in rows.items()}


def essence(rows: Rows) -> Rows:
    """What a flow's one commit writes: records, audit lines, messages. Either all of it is there or nothing."""
    return {
        name: tuple(_committed(name, row) for row in of_table)
        for name, of_table in exact(rows).items()
        if name != "budgets"
    }


def tally(rows: Rows) -> Counter[str]:
    """How many there are of each kind, whatever their ids: what was done twice shows."""
    counted = Counter[str]()
    for row in rows["registrations"]:
        counted[f"registration {row['state']}"] += 1
        counted["document"] += len(row["documents"])
        counted["note"] += len(row["notes"])
    for row in rows["challenges"]:
        counted[f"challenge {row['purpose']} {'open' if row['ended_at'] is None else 'ended'}"] += 1
        counted["sending"] += row["counter"]
    counted["account"] = len(rows["accounts"])
    counted.update(f"message {row['template']} {row['state']}" for row in rows["messages"])
    counted.update(f"event {row['what']}" for row in rows["events"])
    return counted


def _replayable(table: str, row: Row) -> Row:
    match table:
        case "accounts":
            return {**row, "credential_hash": ""}
        case "messages":
            return {**row, "lease_token": row["lease_token"] is not None}
        case "registrations":
            return {**row, "documents": [rest for _, *rest in row["documents"]]}
        case _:
            return row


def _committed(table: str, row: Row) -> Row:
    kept = {name: value for name, value in row.items() if name not in _BESIDE.get(table, ())}
    if table == "messages":
        # The seed goes with the delivery; that a message was withdrawn is part of a commit.
        kept = {name: value for name, value in kept.items() if not name.startswith("seed_")}
        kept["state"] = row["state"] == "withdrawn"
    return kept
