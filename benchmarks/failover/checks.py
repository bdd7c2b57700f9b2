"""The ledger against the rows of the new primary: nothing lost, nothing given back, nothing doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from benchmarks.crash import laws
from benchmarks.crash.rows import Row, Rows
from benchmarks.failover.ledger import Ledger
from entractes_auth.backends.batch import Batch
from entractes_auth.records.account import Account
from entractes_auth.records.registration import Registration

__all__ = ["deviations"]

_Table = Mapping[str, Row]
_Keys = set[tuple[str, str]]


def deviations(ledger: Ledger, rows: Rows, carried: Iterable[str]) -> list[str]:
    """What the new primary lost, gave back or doubled. `carried` are the ids of the messages, as they went out."""
    tables = {
        name: {row["id"]: row for row in of_table} for name, of_table in rows.items() if name != "budgets"
    }
    found: list[str] = []
    for batch in ledger.commits:
        found += _missing(batch, tables)
    for batch in ledger.unknown_commits:
        found += _halves(batch, tables)
    found += _attempts(ledger, tables["challenges"])
    found += _hits(ledger, rows["budgets"])
    found += _strangers(ledger, tables)
    found += _doubles(rows)
    found += _messages(ledger, tables["messages"], Counter(carried))
    found += laws.always(rows)
    found += ledger.refused
    return found


def _missing(batch: Batch, tables: Mapping[str, _Table]) -> Iterator[str]:
    """An acknowledged commit is there, or what a later commit made of it."""
    for table, id_ in _added(batch):
        if id_ not in tables[table]:
            yield f"an acknowledged row of {table} is lost"
    records: tuple[Registration | Account, ...] = (*batch.registrations, *batch.accounts)
    for record in records:
        yield from _older(record, tables)
    challenges = tables["challenges"]
    over = (*batch.close, *(() if batch.redeem is None else (batch.redeem.challenge_id,)))
    if any(challenges[id_]["ended_at"] is None for id_ in over if id_ in challenges):
        yield "a challenge that was used up is open again"
    for sending in batch.sendings:
        row = challenges.get(sending.challenge_id)
        if row is None or row["counter"] < sending.counter:
            yield "an acknowledged sending is lost"


def _older(record: Registration | Account, tables: Mapping[str, _Table]) -> Iterator[str]:
    name = "registrations" if isinstance(record, Registration) else "accounts"
    row, version = tables[name].get(record.id), record.version + 1
    if row is None or row["version"] < version:
        yield f"an acknowledged change of a row of {name} is lost"
    elif row["version"] == version and row["state"] != record.state.value:
        yield f"a row of {name} is {row['state']}, and was acknowledged as {record.state.value}"


def _halves(batch: Batch, tables: Mapping[str, _Table]) -> Iterator[str]:
    """A commit of unknown outcome was written whole or not at all."""
    there = {id_ in tables[table] for table, id_ in _added(batch)}
    if len(there) == 2:
        yield "a half of a commit is there"
    elif there == {True}:
        yield from _missing(batch, tables)


def _added(batch: Batch) -> _Keys:
    """The rows that a commit adds, by table and id."""
    records = {("registrations", each.id) for each in batch.registrations if not each.version}
    records |= {("accounts", each.id) for each in batch.accounts if not each.version}
    records |= {("challenges", each.id) for each in batch.challenges}
    records |= {("messages", each.id) for each in batch.messages}
    return records | {("events", each.id) for each in batch.events}


def _attempts(ledger: Ledger, challenges: _Table) -> Iterator[str]:
    """An attempt that was given out is gone for good, and none is gone that nobody asked for."""
    given = {
        c.id: c.attempts for batch in (*ledger.commits, *ledger.unknown_commits) for c in batch.challenges
    }
    for id_, attempts in given.items():
        if id_ not in challenges:
            continue
        gone = attempts - challenges[id_]["attempts_left"]
        if gone < ledger.spent[id_]:
            yield "an attempt came back"
        if gone > ledger.spent[id_] + ledger.unknown_spent[id_]:
            yield "an attempt is gone that nobody asked for"


def _hits(ledger: Ledger, budgets: Iterable[Row]) -> Iterator[str]:
    """A hit that was granted is kept. What a success cleared begins anew, and is not looked at."""
    kept = {(row["name"], bytes(row["subject"])): row["hits"] for row in budgets}
    for key, granted in ledger.hits.items():
        if key in ledger.cleared:
            continue
        if kept.get(key, 0) < granted:
            yield f"a hit on {key[0]} came back"
        if kept.get(key, 0) > granted + ledger.unknown_hits[key]:
            yield f"a hit on {key[0]} was counted that nobody asked for"


def _strangers(ledger: Ledger, tables: Mapping[str, _Table]) -> Iterator[str]:
    """What is there was written by one of the commits."""
    known: _Keys = set()
    for batch in (*ledger.commits, *ledger.unknown_commits):
        known |= _added(batch)
    for table, of_table in tables.items():
        strange = sum((table, id_) not in known for id_ in of_table)
        if strange:
            yield f"{strange} rows of {table} come from no commit"


def _doubles(rows: Rows) -> Iterator[str]:
    for table, key in (("accounts", "registration_id"), ("accounts", "identifier"), ("messages", "id")):
        most = Counter(row[key] for row in rows[table]).most_common(1)
        if most and most[0][1] > 1:
            yield f"two rows of {table} have the same {key}"


def _messages(ledger: Ledger, messages: _Table, carried: Counter[str]) -> Iterator[str]:
    """Carried is what is in the outbox; twice only what could not be settled the first time."""
    for id_ in carried.keys() - messages.keys():
        yield f"the message {id_} was carried, and its commit is not there"
    for id_, row in messages.items():
        if row["state"] == "queued":
            yield "a message is left in the queue"
        if row["state"] == "sent" and not carried[id_]:
            yield "a message is marked as sent and was not carried"
        if carried[id_] > 1 + ledger.unsettled[id_]:
            yield "a message was carried twice that had been settled"
