"""Mistaken settings are found before a request meets them: each has its number, and says how to mend it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections
from django.test import override_settings

from entractes_auth.backends.storage.django import DjangoStore
from entractes_auth.backends.storage.django import checks as checks_module
from entractes_auth.backends.storage.django.checks import mistakes
from entractes_auth.errors import ConfigurationError
from tests.backends.storage.django import databases
from tests.docs import pages

GOOD: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode = WAL",
}


class KeepsOut:
    """A router that would leave one table out of the database."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if hints.get("model_name") == "event" else None


class SendsElsewhere:
    """A router that reads from a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return databases.ALIAS


class SendsHere:
    """A router that has the admin show what the store writes."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return databases.ALIAS

    db_for_write = db_for_read


@pytest.fixture(autouse=True)
def routed() -> Generator[None]:
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.SendsHere"]):
        yield


def found(engine: str = "sqlite3", name: str = "auth.db", **settings: Any) -> list[CheckMessage]:
    """What is wrong with these settings."""
    given: dict[str, Any] = {"OPTIONS": GOOD, **settings}
    with databases.database(engine, name, **given) as alias:
        return list(mistakes(alias))


def test_the_documented_settings_are_found_good() -> None:
    """What the documentation shows has no finding, on SQLite and on PostgreSQL."""
    assert found() == []
    assert found("postgresql", "auth", OPTIONS={"pool": True}) == []


def test_the_settings_of_the_page_are_found_good() -> None:
    """The page's two examples of DATABASES, as a reader copies them, have no finding."""
    for block in list(pages.blocks("docs/django.md"))[:2]:
        given: dict[str, Any] = {"Path": Path, "BASE_DIR": Path("/srv/app")}
        exec(block.code, given)  # noqa: S102 - the page is ours
        settings = dict(given["DATABASES"]["default"])
        engine = settings.pop("ENGINE").rpartition(".")[2]
        assert found(engine, str(settings.pop("NAME")), **settings) == []


def test_every_finding_is_on_the_page() -> None:
    """The page lists each id of the checks, in order, and none that is gone."""
    listed = [row[0].strip("`") for row in pages.rows("docs/django.md", 2)[1:]]
    source = Path(str(checks_module.__file__)).read_text(encoding="utf-8")
    assert listed == sorted(set(re.findall(r'id="(entractes_auth\.[EW]\d+)"', source)))


MISTAKES: dict[str, dict[str, Any]] = {
    "E005": {"AUTOCOMMIT": False},
    "E006": {"OPTIONS": {**GOOD, "transaction_mode": None}},
    "E007": {"TIME_ZONE": "Europe/Paris"},
    "W002": {"OPTIONS": {**GOOD, "init_command": "PRAGMA synchronous = FULL"}},
    "W003": {"ATOMIC_REQUESTS": True},
    "W005": {"OPTIONS": {**GOOD, "timeout": 1}},
}


@pytest.mark.parametrize("number", MISTAKES)
def test_each_mistake_in_a_database_s_settings_is_found(number: str) -> None:
    """One mistake, one finding, with its hint."""
    [mistake] = found(**MISTAKES[number])
    assert mistake.id == f"entractes_auth.{number}"
    assert mistake.hint


def test_the_finding_about_atomic_requests_names_the_way_out() -> None:
    """Both the text and the hint name `non_atomic_requests`."""
    [mistake] = found(ATOMIC_REQUESTS=True)
    assert "non_atomic_requests" in mistake.msg
    assert mistake.hint == "decorate these views: @transaction.non_atomic_requests(using='auth')"


@pytest.mark.parametrize(
    ("number", "settings"),
    [
        ("E003", {"DATABASE_ROUTERS": [f"{__name__}.KeepsOut", f"{__name__}.SendsHere"]}),
        ("W001", {"DATABASE_ROUTERS": [f"{__name__}.SendsElsewhere"]}),
        ("E004", {"USE_TZ": False}),
    ],
)
def test_each_mistake_in_the_site_s_settings_is_found(number: str, settings: dict[str, Any]) -> None:
    """What is wrong beside DATABASES is found as well."""
    with override_settings(**settings):
        [mistake] = found()
    assert mistake.id == f"entractes_auth.{number}"


def test_persistent_connections_are_no_good_under_asgi() -> None:
    """CONN_MAX_AGE alone is fine; beside an ASGI application it leaves connections behind."""
    assert found("postgresql", CONN_MAX_AGE=60, OPTIONS={}) == []
    with override_settings(ASGI_APPLICATION="site.asgi.application"):
        [mistake] = found("postgresql", CONN_MAX_AGE=60, OPTIONS={})
    assert mistake.id == "entractes_auth.W004"


def test_another_engine_is_refused() -> None:
    """What the contract was not run on is not taken."""
    [mistake] = found("dummy", OPTIONS={})
    assert mistake.id == "entractes_auth.E002"


def test_a_database_in_memory_needs_no_journal() -> None:
    """A host's tests run in memory, where there is no WAL."""
    assert found(name=":memory:", OPTIONS={"transaction_mode": "EXCLUSIVE"}) == []


@pytest.mark.parametrize("number", [number for number in MISTAKES if number.startswith("E")])
def test_no_store_is_built_on_an_error(number: str) -> None:
    """A server that skips the system checks does not serve on what they refuse."""
    given: dict[str, Any] = {"OPTIONS": GOOD, **MISTAKES[number]}
    with databases.database("sqlite3", "auth.db", **given) as alias:
        wrong = next(iter(mistakes(alias)))
        with pytest.raises(ConfigurationError) as refused:
            DjangoStore(alias)
    assert wrong.msg in str(refused.value)
    assert str(wrong.hint) in str(refused.value)


def test_a_warning_does_not_stop_the_store(tmp_path: Path) -> None:
    """ATOMIC_REQUESTS is a warning: the views may be marked."""
    with databases.at_sqlite(tmp_path / "auth.db", ATOMIC_REQUESTS=True) as alias:
        assert DjangoStore(alias).using == alias


PROGRAM = """
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DATABASES={{"default": {{}}, "auth": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "auth.db"}}}},
    INSTALLED_APPS={apps},
    USE_TZ=True,
)
django.setup()
{action}
"""


def told(apps: list[str], action: str, folder: Path) -> str:
    """What a host with these apps, in a process of its own, is told."""
    program = PROGRAM.format(apps=apps, action=action)
    folder.joinpath("clinic.py").write_text(
        "from entractes_auth.backends.storage.django.apps import EntractesAuthConfig\n\n"
        "class AuthConfig(EntractesAuthConfig):\n    database = 'auth'\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize(
    "adapter",
    [
        "storage.django import DjangoStore",
        "storage.django import AsyncDjangoStore",
        "limits.django import DjangoLimits",
        "limits.async_django import AsyncDjangoLimits",
    ],
)
def test_without_the_app_an_adapter_says_what_to_add(adapter: str, tmp_path: Path) -> None:
    """Not Django's error about a model, but the line that is missing."""
    said = told([], f"from entractes_auth.backends.{adapter}", tmp_path)
    assert 'ConfigurationError: add "entractes_auth.backends.storage.django" to INSTALLED_APPS' in said


def test_a_host_s_own_configuration_names_another_alias(tmp_path: Path) -> None:
    """The check reads the alias that the app's configuration gives, here a mistaken one."""
    said = told(["clinic.AuthConfig"], 'call_command("check")', tmp_path)
    assert "(entractes_auth.E006)" in said
    assert "(entractes_auth.W002)" in said


def test_an_alias_that_is_not_there_is_named() -> None:
    """The text says which aliases there are."""
    with pytest.raises(ConfigurationError, match=r"no database 'nowhere' .*\['default'\]"):
        DjangoStore("nowhere")


def test_django_s_own_check_command_tells_them() -> None:
    """`manage.py check` runs the check on the alias that the app's configuration names."""
    database = connections.settings["default"]
    database["ATOMIC_REQUESTS"] = True
    try:
        with override_settings(DATABASE_ROUTERS=[]):
            ids = [each.id for each in checks.run_checks() if str(each.id).startswith("entractes_auth.")]
    finally:
        database["ATOMIC_REQUESTS"] = False
    assert ids == ["entractes_auth.W003"]
