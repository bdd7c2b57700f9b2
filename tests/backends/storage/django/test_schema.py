"""The tables: the migrations make what the models say, and the same columns as the SQL store has."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from entractes_auth.backends.limits.django import DjangoLimits
from entractes_auth.backends.storage.django import DjangoStore, models
from entractes_auth.backends.storage.sqlalchemy import tables
from entractes_auth.keys import Keyring
from entractes_auth.policy import Budget
from entractes_auth.testing import builders as b
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


def test_every_table_can_be_dumped_and_loaded(alias: str, tmp_path: Path) -> None:
    """Django's own tests do so (`serialized_rollback`). Times lose their microseconds: it is no backup."""
    store = DjangoStore(alias)
    store.commit(b.batch(b.account(1), b.challenge(1), b.registration(1), b.code_message(1), b.event(1)))
    DjangoLimits(store, Keyring.generate()).hit("sms", "x", Budget(amount=1, per=timedelta(hours=1)), b.NOW)
    dump = str(tmp_path / "dump.json")
    call_command("dumpdata", "entractes_auth", database=alias, output=dump, verbosity=0)
    before = {model: list(model._default_manager.using(alias).values()) for model in PAIRS}
    databases.emptied(alias)
    call_command("loaddata", dump, database=alias, verbosity=0)
    for model, rows in before.items():
        assert list(model._default_manager.using(alias).values()) == [cut(row) for row in rows], model


def cut(row: dict[str, Any]) -> dict[str, Any]:
    """The row as a dump holds it."""
    times = {name: value for name, value in row.items() if isinstance(value, datetime)}
    return {
        **row,
        **{name: at.replace(microsecond=at.microsecond // 1000 * 1000) for name, at in times.items()},
    }
