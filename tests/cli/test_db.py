"""`db check` and `db upgrade`: what they say, what they change, how they end."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from entractes_auth import Keyring
from entractes_auth.backends.storage.sqlalchemy import migrating
from entractes_auth.backends.storage.sqlalchemy.schema import Standing
from entractes_auth.cli.schema_report import _SAID  # pyright: ignore[reportPrivateUsage]
from tests.backends.storage.django.databases import migrated_file
from tests.cli.conftest import Run
from tests.django_settings import configure
from tests.servers.postgres import Server


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'auth.db'}"


def test_an_upgrade_makes_what_a_check_then_finds(run: Run, url: str) -> None:
    """Unreachable, created, current, and current again."""
    assert run("db", "check", "--database", url).code == 3
    made = run("db", "upgrade", "--database", url)
    assert (made.code, made.err) == (0, "")
    assert made.out.endswith(": up to date\n")
    told = run("db", "check", "--database", url, "--json")
    assert told.code == 0
    assert json.loads(told.out)["standing"] == "current"
    assert run("db", "upgrade", "--database", url) == made


def test_the_environment_names_the_database(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process's options are seen by everybody on the machine; its environment is not."""
    monkeypatch.setenv("ENTRACTES_AUTH_DATABASE", url)
    assert run("db", "upgrade").code == 0
    monkeypatch.delenv("ENTRACTES_AUTH_DATABASE")
    answer = run("db", "check")
    assert answer.code == 2
    assert "--database URL" in answer.err


def _stand_at(folder: Path, revision: str) -> None:
    connection = sqlite3.connect(folder / "auth.db")
    with connection:
        connection.execute("UPDATE entractes_auth_version SET version_num = ?", (revision,))
    connection.close()


def test_an_empty_database_needs_an_upgrade(run: Run, url: str, tmp_path: Path) -> None:
    """A check ends with code 1 and says what to call; it changes nothing."""
    (tmp_path / "auth.db").touch()
    answer = run("db", "check", "--database", url)
    assert (answer.code, answer.err) == (1, "")
    assert "db upgrade" in answer.out
    assert json.loads(run("db", "check", "--database", url, "--json").out)["served"] is False


@pytest.mark.parametrize(
    ("revision", "checked", "upgraded"), [("9999_serves_0001", 0, 0), ("9999_serves_9998", 1, 2)]
)
def test_what_a_later_release_left(
    run: Run, url: str, tmp_path: Path, revision: str, checked: int, upgraded: int
) -> None:
    """It may be served where it says so; else this release is too old, and no upgrade of its mends that."""
    run("db", "upgrade", "--database", url)
    _stand_at(tmp_path, revision)
    assert run("db", "check", "--database", url).code == checked
    assert run("db", "upgrade", "--database", url).code == upgraded


@pytest.mark.parametrize("language", ["en", "fr_FR.UTF-8"])
def test_every_standing_is_told(run: Run, language: str, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """No schema stands in a way that has no sentence."""
    monkeypatch.setenv("LANG", language)
    assert set(_SAID) == {standing.value for standing in Standing}
    said = run("db", "upgrade", "--database", url).out
    assert ("à jour" in said) is language.startswith("fr")


@pytest.mark.parametrize("command", [("db", "check"), ("db", "upgrade"), ("purge",)])
@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("postgresql+psycopg://app:s3cr3t-word@127.0.0.1:1/auth", 3),
        ("mysql://app:s3cr3t-word@db/auth", 2),
        ("s3cr3t-word", 2),
        ("postgresql+psycopg://app@db:s3cr3t-word/auth", 2),
    ],
)
def test_no_url_is_repeated(run: Run, command: tuple[str, ...], bad: str, code: int) -> None:
    """It may hold a password; the error says what to mend without it."""
    answer = run(*command, "--database", bad)
    assert answer.code == code
    assert answer.err.startswith("entractes-auth: error: ")
    assert "s3cr3t-word" not in answer.out + answer.err


def test_a_file_that_cannot_serve_is_told_with_what_to_look_at(run: Run, tmp_path: Path) -> None:
    """A mistyped path, a folder that is not there, another file: not the name of an error alone."""
    (tmp_path / "other.db").write_bytes(b"no database" * 1000)
    for command, name, said in [
        ("check", "absent.db", "SQLITE_CANTOPEN: is there a database at this path"),
        ("upgrade", "absent/auth.db", "is the database's folder there"),
        ("check", "other.db", "no SQLite database"),
    ]:
        answer = run("db", command, "--database", f"sqlite:///{tmp_path}/{name}")
        assert (answer.code, answer.out) == (3, "")
        assert said in answer.err
        assert answer.err.count("\n") == 1


def test_a_server_that_cannot_serve_is_told_with_what_to_look_at(run: Run, postgres: Server) -> None:
    """Nobody answers, it refuses, the role may not: and neither host nor role nor database is repeated."""
    url = postgres.new_database("causes")
    with postgres.connect() as session:
        session.execute("DROP ROLE IF EXISTS nothing_granted")
        session.execute("CREATE ROLE nothing_granted LOGIN")
    try:
        for bad, code, said in [
            (url.set(database="absent_db"), 3, "the server refuses: are the role, its password"),
            (url.set(username="absent_role"), 3, "the server refuses: are the role, its password"),
            (url.set(query={"host": f"{postgres.home}-gone"}), 3, "does a server answer at this host"),
            (url.set(query={}, host="host.invalid"), 3, "does a server answer at this host"),
            (url.set(username="nothing_granted"), 3, "the role may not"),
            (url.update_query_dict({"absent_option": "1"}), 2, "has an option or a port that"),
            (url.update_query_dict({"sslmode": "absent_mode"}), 2, "has an option or a port that"),
            (url.set(port=99_999), 2, "has an option or a port that"),
        ]:
            text = bad.render_as_string(hide_password=False)
            answer = run("db", "upgrade", "--database", text)
            assert (answer.code, answer.out) == (code, ""), text
            assert said in answer.err
            assert answer.err.count("\n") == 1
            assert not any(
                word in answer.err for word in ("absent", "invalid", "nothing", str(postgres.home))
            )
    finally:
        with postgres.connect() as session:
            session.execute("DROP ROLE nothing_granted")


@pytest.mark.parametrize("upgraded", [False, True], ids=["untouched", "with tables of the SQL store too"])
def test_a_django_site_s_database_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, upgraded: bool
) -> None:
    """Beside its records empty tables would be made and believed, and a purge would erase every document."""
    monkeypatch.setenv("ENTRACTES_AUTH_KEYS", f"k1:{Keyring.new_key()}")
    file, documents = tmp_path / "site.db", tmp_path / "documents"
    documents.mkdir(mode=0o700)
    if upgraded:
        migrating.upgrade(f"sqlite:///{file}")
    configure()
    migrated_file(file)
    for words in (
        ("db", "check"),
        ("db", "upgrade"),
        ("limits", "show", "everybody"),
        ("purge", "--documents", documents, "--yes", "--policy", "tutorial", "--operator", "cron"),
    ):
        answer = run(*words, "--database", f"sqlite:///{file}")
        assert (answer.code, answer.out) == (2, "")
        assert "a Django site's database" in answer.err
        assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "missing", "extra"),
    [
        (("db", "check"), "sqlalchemy", "sqlalchemy"),
        (("db", "upgrade"), "alembic", "sqlalchemy"),
        (("purge",), "sqlalchemy", "sqlalchemy"),
    ],
)
def test_a_missing_library_is_one_line_with_its_extra(
    command: tuple[str, ...], missing: str, extra: str, url: str
) -> None:
    """In a process of its own, from which the library is hidden."""
    program = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        "from entractes_auth.cli import main\n"
        f"sys.exit(main({[*command, '--database', url]!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f'pip install "entractes_auth[{extra}]"' in done.stderr
    assert done.stderr.count("\n") == 1
