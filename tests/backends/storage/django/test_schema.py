"""The tables: the migrations make what the models say, and the same columns as the SQL store has."""

from __future__ import annotations

from io import StringIO
from typing import Final

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from entractes_auth.backends.storage.django import models
from entractes_auth.backends.storage.sqlalchemy import tables
from tests.backends.storage.django import databases
from tests.servers.postgres import Server

PAIRS: Final = {
    models.Registration: tables.registrations,
    models.Account: tables.accounts,
    models.Challenge: tables.challenges,
    models.Message: tables.messages,
    models.Event: tables.events,
    models.Budget: tables.budgets,
}


def test_the_migrations_are_complete() -> None:
    """`makemigrations --check` finds nothing to write; it would exit otherwise."""
    told = StringIO()
    call_command("makemigrations", "entractes_auth", check=True, dry_run=True, stdout=told)
    assert told.getvalue() == "No changes detected in app 'entractes_auth'\n"


def test_every_model_is_compared() -> None:
    """A new model needs its line above."""
    assert set(apps.get_app_config("entractes_auth").get_models()) == set(PAIRS)


@pytest.mark.parametrize("model", PAIRS, ids=lambda model: str(model.__name__))
def test_both_stores_have_the_same_columns(model: type[models.Registration]) -> None:
    """One set of rows serves both: what one store keeps, and whether it may be empty, the other keeps too."""
    ours = {field.column: field.null for field in model._meta.concrete_fields}
    assert ours == {column.name: column.nullable for column in PAIRS[model].columns}


def test_postgresql_has_one_index_for_each_question(postgres: Server) -> None:
    """No second index of a key for LIKE, which nobody asks; keys are compared by their bytes."""
    with (
        databases.at_postgres(databases.migrated_postgres(postgres, "django_schema")) as alias,
        connections[alias].cursor() as cursor,
    ):
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'entractes_auth_%' AND schemaname = 'public'"
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns "
            "WHERE table_name LIKE 'entractes_auth_%' AND column_name = 'id' AND collation_name = 'C'"
        )
        by_bytes = cursor.fetchone()
    assert not [index for index in indexes if "_pattern_ops" in index]
    assert [index for index in indexes if "WHERE (nonce IS NOT NULL)" in index]
    assert by_bytes == (5,)
    # A primary key each, three unique keys, and what `Meta.indexes` names.
    assert len(indexes) == len(PAIRS) + 3 + sum(len(model._meta.indexes) for model in PAIRS)
