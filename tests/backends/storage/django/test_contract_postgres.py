"""The Django store keeps the public contract on PostgreSQL, with threads and with processes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager

import pytest
from django.db import transaction
from sqlalchemy import URL
from typing_extensions import override

from entractes_auth.backends.store import Store
from entractes_auth.testing.store_contract import ProcessContract, Reachable, StoreContract
from tests.backends.storage.django import databases
from tests.servers.postgres import Server


@pytest.fixture(scope="module")
def one_database(postgres: Server) -> URL:
    return databases.migrated_postgres(postgres, "django_contract")


@pytest.fixture(scope="module")
def one_alias(one_database: URL) -> Generator[str]:
    with databases.at_postgres(one_database) as alias:
        yield alias


class TestPostgres(StoreContract):
    """PostgreSQL 18 by psycopg 3."""

    @pytest.fixture
    def store(self, one_alias: str) -> Store:
        return databases.of_a_server(databases.emptied(one_alias))

    @override
    def host_transaction(self, store: Store) -> AbstractContextManager[None]:
        return transaction.atomic(using=databases.ALIAS)


class TestPostgresInProcesses(ProcessContract):
    """One PostgreSQL, reached by four processes at once."""

    @pytest.fixture
    def reachable(self, one_alias: str, one_database: URL) -> Reachable:
        databases.emptied(one_alias)
        where = f"{one_database.database} {one_database.query['host']}"
        return Reachable(f"{databases.__name__}:open_postgres_store", where)
