"""Django is configured before the modules of this folder are imported: they need its models."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.backends.storage.django import databases
from tests.django_settings import configure

configure()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables and no rows, closed, so that it can be copied."""
    return databases.migrated_file(tmp_path_factory.mktemp("empty") / "auth.db")


@pytest.fixture
def file(empty_file: Path, tmp_path: Path) -> Path:
    """A SQLite file of this test's own."""
    return databases.copied(empty_file, tmp_path / "auth.db")


@pytest.fixture
def alias(file: Path) -> Generator[str]:
    """The alias of that file."""
    with databases.at_sqlite(file) as alias:
        yield alias


@pytest.fixture(scope="session")
def default_database() -> None:
    """The default database, in memory, with all tables: those of the admin, too."""
    call_command("migrate", verbosity=0)
