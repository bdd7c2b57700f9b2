"""A PostgreSQL that takes no writes for a while, as a primary does that was demoted (SQLSTATE 25006)."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL

from tests.backends.storage.postgres_databases import session

__all__ = ["read_only", "refusing_commits"]

# Answers COMMIT itself, and only the first ones: a sequence keeps its value when the transaction is undone.
_REFUSE: Final = """
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('refusals') <= 2 THEN RAISE EXCEPTION 'read-only' USING ERRCODE = '25006'; END IF;
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse();
"""
_FORGIVE: Final = "DROP TRIGGER refusing ON {table}; DROP FUNCTION refuse; DROP SEQUENCE refusals"


@contextmanager
def read_only(url: URL) -> Generator[None]:
    """Sessions that begin in this block take no writes for as long as they live.

    PostgreSQL asks each session once, when it begins: it is as one that has stayed with a server that is a
    standby now.
    """
    with session(url) as beside:
        beside.execute(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on".encode())
        try:
            yield
        finally:
            beside.execute(f"ALTER DATABASE {url.database} RESET default_transaction_read_only".encode())


@contextmanager
def refusing_commits(url: URL, table: str) -> Generator[None]:
    """The first two transactions that insert into the table are refused when they commit."""
    with session(url) as beside:
        beside.execute(_REFUSE.format(table=table).encode())
        try:
            yield
        finally:
            beside.execute(_FORGIVE.format(table=table).encode())
