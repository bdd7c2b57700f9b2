"""`limits show` and `limits reset`, on the site's own database and keys."""

from __future__ import annotations

import io
import json
from collections.abc import Generator
from pathlib import Path

import pytest

from entractes_auth import Keyring
from entractes_auth.errors import SignInRefused
from entractes_auth.flows import login
from entractes_auth.records.event import What
from entractes_auth.testing import scenario
from tests.cli.conftest import Answer, Run
from tests.cli.stores import Place, place
from tests.servers.redis import redis_server

GUESSES = "password_attempts_per_identifier"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Place]:
    """A site whose database and keys are in the environment, as they are on its servers."""
    with place(tmp_path) as here:
        monkeypatch.setenv("ENTRACTES_AUTH_DATABASE", here.url)
        monkeypatch.setenv("ENTRACTES_AUTH_KEYS", here.keys)
        monkeypatch.delenv("ENTRACTES_AUTH_REDIS", raising=False)
        yield here


def _guess(site: Place, member: scenario.Member, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            site.auth.run(login.begin(member.identifier, "000000"))


def _used(answer: Answer) -> dict[str, int]:
    return {each["budget"]: each["used"] for each in json.loads(answer.out) if each["used"]}


def test_what_was_used_is_shown_and_given_back(run: Run, site: Place) -> None:
    """By the member's identifier; the audit trail says who did it, and of whom."""
    member = site.member()
    _guess(site, member, 3)
    shown = run("limits", "show", member.identifier, "--json")
    assert (shown.code, shown.err, _used(shown)[GUESSES]) == (0, "", 3)
    back = run("limits", "reset", member.identifier, "--operator", "zoe", "--json")
    assert (back.code, _used(back)) == (0, _used(shown))
    assert _used(run("limits", "show", member.identifier, "--json")) == {}
    (line,) = site.events(What.LIMITS_RESET)
    assert (line.actor_id, line.subject_id) == ("zoe", member.account_id)


def test_a_reset_says_that_it_was_done(run: Run, site: Place) -> None:
    """It shows how the budgets stood before: one that was used up must not look as if it still were."""
    member = site.member()
    _guess(site, member, site.auth.policy.limits.password_attempts_per_identifier.amount)
    said = run("limits", "reset", member.identifier, "--operator", "zoe")
    assert said.code == 0
    assert said.out.startswith("given back; before:\n")
    assert "again at" in said.out
    assert "again at" not in run("limits", "show", member.identifier).out


def test_only_the_named_budget_is_given_back(run: Run, site: Place) -> None:
    """`--budget`, and the names that there are where it is none of them."""
    member = site.member()
    _guess(site, member, 3)
    words = ("limits", "reset", member.identifier, "--operator", "zoe", "--budget")
    refused = run(*words, "nonsense")
    assert refused.code == 2
    assert GUESSES in refused.err
    assert run(*words, "sms_per_phone").code == 0
    assert _used(run("limits", "show", member.identifier, "--json"))[GUESSES] == 3


def test_a_budget_that_is_used_up_is_code_1_with_the_time(run: Run, site: Place) -> None:
    """A script can tell, and a person reads when to come back."""
    member = site.member()
    amount = site.auth.policy.limits.password_attempts_per_identifier.amount
    _guess(site, member, amount)
    told = run("limits", "show", member.identifier)
    assert told.code == 1
    (line,) = [line for line in told.out.splitlines() if "again at" in line]
    assert line.startswith(GUESSES)
    assert f"{amount} / {amount}" in line
    (used_up,) = [
        each
        for each in json.loads(run("limits", "show", member.identifier, "--json").out)
        if each["retry_at"] is not None
    ]
    assert (used_up["remaining"], used_up["per_seconds"]) == (0, 4 * 3600)


@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_nobody_is_printed(
    run: Run, site: Place, json_too: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phone and address are read, from the standard input too, and appear nowhere in the answer."""
    member = site.member()
    contacts = member.applicant.contacts
    for typed in (contacts.mobile, contacts.email, "06 12 34 56 78", "nobody@@example.fr"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        given = run("limits", "show", typed, *json_too)
        assert run("limits", "show", "-", *json_too) == given
        assert typed not in given.out + given.err
        assert given.code == (2 if "@@" in typed else 0)


def test_the_keys_may_be_in_a_file(
    run: Run, site: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any key it says where they go; with others it sees other counters, and that is all."""
    member = site.member()
    _guess(site, member, 2)
    monkeypatch.delenv("ENTRACTES_AUTH_KEYS")
    words = ("limits", "show", member.identifier, "--json")
    assert run(*words).code == 2
    keys = tmp_path / "keys"
    for text, used in ((site.keys, 2), (f"k1:{Keyring.new_key()}", 0)):
        keys.write_text(text)
        keys.chmod(0o600)
        assert _used(run(*words, "--keys-file", keys)).get(GUESSES, 0) == used


def test_the_policy_may_be_the_site_s_own(
    run: Run, site: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preset by its name, or a value of a module in the working directory; anything else is one line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "myrules.py").write_text(
        "from dataclasses import replace\n"
        "from entractes_auth.policy import Budget, Policy\n"
        "from datetime import timedelta\n"
        "_LIMITS = replace(Policy.hardened().limits, sms_per_phone=Budget(amount=7, per=timedelta(days=1)))\n"
        "OURS = replace(Policy.hardened(), limits=_LIMITS)\n"
        "NOT = 1\n"
    )
    words = ("limits", "show", "06 12 34 56 78", "--json", "--policy")
    assert json.loads(run(*words, "myrules:OURS").out)[0]["amount"] == 7
    assert json.loads(run(*words, "hardened").out)[0]["amount"] == 10
    for wrong in ("myrules:NOT", "myrules:ABSENT", "absent:POLICY", "nonsense", "os;x:y", ""):
        answer = run(*words, wrong)
        assert (answer.code, answer.out) == (2, "")
        assert "--policy" in answer.err


@pytest.mark.parametrize(
    "line",
    [
        "import no_such_library",
        "from entractes_auth.policy import NoSuch",
        "x = (",
        "raise SystemExit(1)",
        'raise RuntimeError("postgresql://app:hunter2@db/auth")',
        'import os; os.environ["ABSENT"]',
    ],
)
def test_a_policy_s_module_that_fails_is_one_line_with_its_place(
    line: str, run: Run, site: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback would end with code 1, which says that a budget is used up; and its text may hold a password."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "failing.py").write_text(f"{line}\n")
    answer = run("limits", "show", "48213907", "--policy", "failing:POLICY")
    assert (answer.code, answer.out) == (2, "")
    assert "failing.py:1" in answer.err
    assert answer.err.count("\n") == 1
    assert "hunter2" not in answer.err


def test_a_mistaken_subject_is_answered_with_what_to_mend(
    run: Run, site: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the reader's language, as a page would say it."""
    assert "looks like first.last@example.org" in run("limits", "show", "zoe@").err
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    answer = run("limits", "show", "zoe@").err
    assert "Ce n'est pas une adresse e-mail : vérifiez-la, elle ressemble à prenom.nom@exemple.fr." in answer


@pytest.mark.parametrize("mistaken", ["48213907", "192.0.2.0/24", "Everybody", "0612345678a"])
def test_an_identifier_that_nobody_has_is_told(run: Run, site: Place, mistaken: str) -> None:
    """What is nothing else is read as one: an unused budget alone would be taken for the caller's."""
    known = site.member().identifier
    for words in (("show",), ("reset", "--operator", "zoe")):
        assert "(no member has this identifier)" in run("limits", *words, mistaken).out
        assert "(no member" not in run("limits", *words, known).out
    assert "(no member" not in run("limits", "reset", known, "--operator", "zoe", "--budget", GUESSES).out


def test_without_keys_nobody_is_told_to_make_one(
    run: Run, site: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new key finds no counter that the site has: every budget would look unused."""
    monkeypatch.delenv("ENTRACTES_AUTH_KEYS")
    answer = run("limits", "show", "everybody")
    assert (answer.code, answer.out) == (2, "")
    assert "--keys-file FILE, or ENTRACTES_AUTH_KEYS" in answer.err
    assert "new_key" not in answer.err


def test_a_terminal_is_asked_for_the_subject(run: Run, site: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone that is typed there stays in no history; and a command that only waits seems to hang."""
    typed = io.StringIO("48213907\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    answer = run("limits", "show", "-")
    assert (answer.code, answer.err) == (0, "subject: ")
    assert GUESSES in answer.out


@pytest.mark.parametrize("words", [("limits", "show", "48213907"), ("purge",)], ids=["limits", "purge"])
def test_a_database_without_tables_is_answered_with_the_command_that_makes_them(
    words: tuple[str, ...], run: Run, site: Place, tmp_path: Path
) -> None:
    """Not with a method that no operator can call."""
    (tmp_path / "empty.db").touch()
    answer = run(*words, "--database", f"sqlite:///{tmp_path}/empty.db")
    assert (answer.code, answer.out) == (2, "")
    assert "db upgrade" in answer.err


def test_a_reset_needs_somebody_who_answers_for_it(run: Run, site: Place) -> None:
    """Nothing is given back by nobody."""
    member = site.member()
    for words in ((), ("--operator", " "), ("--operator", "a\nb"), ("--operator", "x" * 101)):
        assert run("limits", "reset", member.identifier, *words).code == 2
    assert site.events(What.LIMITS_RESET) == ()


def test_redis_counts_where_it_is_named(run: Run, site: Place, tmp_path: Path) -> None:
    """The budgets of a site that counts in Redis; its address is repeated nowhere."""
    member = site.member()
    _guess(site, member, 2)
    words = ("limits", "show", member.identifier, "--json", "--redis")
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_server(folder) as server:
        assert _used(run(*words, server.uri)) == {}
    away = run(*words, "redis://:s3cr3t-word@127.0.0.1:1/0")
    assert away.code == 3
    assert "s3cr3t-word" not in away.err
