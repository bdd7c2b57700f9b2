"""How an engine would find the rows of a read: the statement as the store runs it, explained; and a long table."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, text

from entractes_auth.backends.storage.sqlalchemy import tables
from entractes_auth.backends.storage.sqlalchemy.plan import Read
from entractes_auth.backends.storage.sqlalchemy.prepared import Preparer
from entractes_auth.testing import builders as b

__all__ = ["explained", "fill"]

_SERIES: Final = {
    "sqlite": "WITH RECURSIVE s(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM s WHERE g < :rows)",
    "postgresql": "WITH s(g) AS (SELECT generate_series(1, :rows))",
}
_SECOND: Final = {"sqlite": "1000000", "postgresql": "interval '1 second'"}
# Most of the table waits for a reviewer, behind the members who came before; five reviewers work; drafts
# run out one after the other, and a few of them have.
_WAVES: Final = (
    ("approved", 4_000, "NULL", "NULL"),
    ("in_review", 12_000, "CASE WHEN g % 100 = 0 THEN 'reviewer-' || (g / 100 % 5) END", "NULL"),
    ("draft", 1_000, "NULL", "position + (g - 5000) * {second}"),
)


def explained(connection: Connection, read: Read[Any]) -> list[str]:
    """The steps of the engine's plan, one a line."""
    prepared = Preparer(connection.dialect).prepared(read.statement, read.values)
    values = prepared.bind(read.values)
    assert not isinstance(values, list)
    on_sqlite = connection.dialect.name == "sqlite"
    word = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{word} {prepared.text}", values)
    return [row[3] if on_sqlite else row[0].strip() for row in rows]


def fill(connection: Connection) -> None:
    """Have 17,000 registrations made of the first one, which is there; and tell the engine how many it has."""
    series, second = _SERIES[connection.dialect.name], _SECOND[connection.dialect.name]
    before = 0
    for state, rows, reviewer, expires in _WAVES:
        said = {
            "id": f"'{state}-' || g",
            "state": f"'{state}'",
            "position": f"position + ({before} + g) * {second}",
            "reviewer_id": reviewer,
            "expires_at": expires.format(second=second),
        }
        names = [column.name for column in tables.registrations.columns]
        values = ", ".join(said.get(name, name) for name in names)
        fill = (
            f"INSERT INTO registrations ({', '.join(names)}) {series} SELECT {values} FROM registrations, s"  # noqa: S608 - made above
        )
        connection.execute(text(f"{fill} WHERE id = :id"), {"rows": rows, "id": b.an_id("registration", 1)})
        before += rows
    connection.execute(text("ANALYZE"))
    connection.commit()
