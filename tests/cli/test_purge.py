"""`purge`: counts first, erases when it is told to, says how far it has come, and never stands in the way."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Generator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from entractes_auth.backends.batch import Expendable
from entractes_auth.cli.purge_report import LABELS
from entractes_auth.policy import RetentionPolicy
from entractes_auth.records.event import What
from entractes_auth.records.kinds import State
from entractes_auth.testing import builders, scenario
from tests.cli.conftest import Answer, Run
from tests.cli.stores import Place, place


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Place]:
    """A site that was last used four hundred days ago: a member, somebody who was rejected, and a lost file."""
    with place(tmp_path, ago=timedelta(days=400)) as here:
        monkeypatch.setenv("ENTRACTES_AUTH_DATABASE", here.url)
        here.member(1)
        here.run(scenario.rejected(here.inbox, scenario.applicant(2)))
        (here.documents / ("a" * 32)).write_bytes(scenario.PDF)
        for file in here.documents.iterdir():
            os.utime(file, (0, 0))
        yield here


def _counts(answer: Answer) -> dict[str, int]:
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    del told["erased"]
    return {name: count for name, count in told.items() if count}


def test_without_yes_nothing_is_erased(run: Run, site: Place) -> None:
    """It counts, again and again; `--dry-run` says the same, and cannot be meant together with --yes."""
    words = ("purge", "--documents", site.documents, "--json")
    first = _counts(run(*words))
    assert first.keys() == {"documents", "sent_messages", "challenges", "events", "unnamed_documents"}
    assert (first["documents"], first["unnamed_documents"]) == (2, 1)
    assert _counts(run(*words, "--dry-run")) == first
    assert run(*words, "--dry-run", "--yes", "--policy", "tutorial", "--operator", "cron").code == 2
    assert len(list(site.documents.iterdir())) == 3
    assert site.events(What.PURGED) == ()


@pytest.mark.parametrize("batch", [1, 3, 500])
def test_what_was_counted_is_erased(run: Run, site: Place, batch: int) -> None:
    """And the rejected registration, once its documents are gone; the member's account stays."""
    words = ("purge", "--documents", site.documents, "--json")
    counted = _counts(run(*words))
    erased = _counts(run(*words, "--yes", "--policy", "tutorial", "--operator", "cron", "--batch", batch))
    assert erased == {**counted, "rejected_registrations": 1}
    assert list(site.documents.iterdir()) == []
    assert _counts(run(*words)) == {}
    assert {line.actor_id for line in site.events(What.PURGED)} == {"cron"}
    assert (
        json.loads(run(*words, "--yes", "--policy", "tutorial", "--operator", "cron").out)["erased"] is True
    )


def test_yes_needs_somebody_who_answers_for_it(run: Run, site: Place) -> None:
    """Before anything is erased."""
    answer = run("purge", "--documents", site.documents, "--yes")
    assert answer.code == 2
    assert "--operator" in answer.err
    assert len(list(site.documents.iterdir())) == 3


def test_yes_needs_the_site_s_own_periods(run: Run, site: Place) -> None:
    """A preset's may be shorter than the site's, and what they erase does not come back."""
    answer = run("purge", "--documents", site.documents, "--yes", "--operator", "cron")
    assert answer.code == 2
    assert "--policy" in answer.err
    assert len(list(site.documents.iterdir())) == 3


def test_documents_whose_folder_is_not_named_keep_their_names(run: Run, site: Place) -> None:
    """A name that is forgotten would leave its file behind for ever; a folder that is away is not an empty one."""
    answer = run("purge", "--yes", "--policy", "tutorial", "--operator", "cron")
    assert answer.code == 2
    assert "--documents" in answer.err
    assert _counts(run("purge", "--documents", site.documents, "--json"))["documents"] == 2
    away = run(
        "purge",
        "--documents",
        site.documents / "absent",
        "--yes",
        "--policy",
        "tutorial",
        "--operator",
        "cron",
    )
    assert away.code == 2
    assert site.events(What.PURGED) == ()


def test_the_files_of_another_database_stay(run: Run, site: Place, tmp_path: Path) -> None:
    """A mistyped URL, or a database begun anew: it names no file, and all of them would go."""
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert run("db", "upgrade", "--database", other).code == 0
    words = ("purge", "--database", other, "--documents", site.documents)
    assert _counts(run(*words, "--json")) == {"unnamed_documents": 3}
    answer = run(*words, "--yes", "--policy", "tutorial", "--operator", "cron")
    assert (answer.code, answer.out) == (2, "")
    assert "holds no registration, and the folder of documents 3 files" in answer.err
    assert len(list(site.documents.iterdir())) == 3


def test_the_periods_are_the_policy_s(
    run: Run, site: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the site's own, which are shown beside the counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "myperiods.py").write_text(
        "from dataclasses import replace\n"
        "from datetime import timedelta\n"
        "from entractes_auth.policy import Policy, RetentionPolicy\n"
        "OURS = replace(Policy(), retention=RetentionPolicy(events=timedelta(days=500)))\n"
    )
    words = ("purge", "--documents", site.documents)
    assert "events" not in _counts(run(*words, "--json", "--policy", "myperiods:OURS"))
    (line,) = [line for line in run(*words, "--policy", "myperiods:OURS").out.splitlines() if "audit" in line]
    assert line.split() == ["lines", "of", "the", "audit", "trail", "500", "d", "0"]


def test_people_read_a_table_and_are_told_that_nothing_was_done(run: Run, site: Place) -> None:
    """Each rule of the policy has its line, and all of them their sum."""
    answer = run("purge", "--documents", site.documents)
    lines = answer.out.splitlines()
    assert "nothing was: add --yes" in lines[0]
    assert len(lines) == 2 + len(fields(RetentionPolicy))
    counts = [int(line.split()[-1].replace(",", "")) for line in lines[1:]]
    assert counts[-1] == sum(counts[:-1]) > 0
    assert set(LABELS) == {each.name for each in fields(RetentionPolicy)}
    assert set(LABELS) >= {what.value for what in Expendable}


@pytest.mark.parametrize("batch", ["0", "10001", "-1", "x", "٣"])
def test_a_batch_has_a_size(run: Run, site: Place, batch: str) -> None:
    """Refused before the database is opened."""
    assert run("purge", "--batch", batch).code == 2


def test_a_terminal_sees_how_far_it_has_come(site: Place) -> None:
    """On a terminal the rows are counted up, and the line is wiped at the end."""
    old = builders.NOW - timedelta(days=800)
    ended = (builders.registration(n, State.WITHDRAWN, created_at=old) for n in range(100, 400))
    site.store.commit(builders.batch(*(replace(each, updated_at=old) for each in ended)))
    leader, follower = pty.openpty()
    words = [
        "purge",
        "--documents",
        str(site.documents),
        "--yes",
        "--policy",
        "tutorial",
        "--operator",
        "cron",
        "--batch",
        "1",
    ]
    running = subprocess.Popen(
        [sys.executable, "-m", "entractes_auth", *words],
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "120"},
    )
    os.close(follower)
    seen = b""
    try:
        while part := os.read(leader, 4096):
            seen += part
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(leader)
    out, _ = running.communicate()
    assert running.returncode == 0
    assert "rows/s" in seen.decode()
    assert seen.decode().endswith("\r\x1b[K")
    assert "erased:" in out.decode()
