"""The pytest plug-in, in real runs of pytest: contracts by option, fixtures, and what it costs who uses neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from entractes_auth.testing.contract_items import contract_of
from tests.docs.pages import blocks

pytest_plugins = ["pytester"]

STORE_CASES = [case.name for case in contract_of("--entractes-store", "builtins:object").port.cases]
LIMITS_CASES = [case.name for case in contract_of("--entractes-limits", "builtins:object").port.cases]

PLUGIN = "entractes_auth.testing.plugin"

ADAPTERS = '''
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Granted
from entractes_auth.backends.storage.memory import MemoryStore

ENDS = Path(__file__).with_name("ends.txt")


def note_end():
    with ENDS.open("a") as file:
        file.write("end\\n")


def make_store():
    return MemoryStore()


class Forgetful(MemoryStore):
    """Erases nothing."""

    def purge(self, now):
        return super().purge(now.replace(year=1999))


class Generous:
    """Limits in async that never refuse."""

    async def hit(self, name, subject, budget, now):
        return Granted(budget.amount)

    peek = hit

    async def clear(self, name, subject, budget):
        pass


class AsyncLimits:
    """Memory limits in async."""

    def __init__(self):
        self._limits = MemoryLimits()

    async def hit(self, *told):
        return self._limits.hit(*told)

    async def peek(self, *told):
        return self._limits.peek(*told)

    async def clear(self, *told):
        self._limits.clear(*told)


def generator():
    yield MemoryLimits()
    note_end()


@contextmanager
def manager():
    yield MemoryLimits()
    note_end()


async def coroutine():
    return AsyncLimits()


async def async_generator():
    yield AsyncLimits()
    note_end()


@asynccontextmanager
async def async_manager():
    yield AsyncLimits()
    note_end()


async def sync_limits_from_async():
    return MemoryLimits()


class Factories:
    @staticmethod
    def within():
        return MemoryLimits()


def nothing():
    return None


def wanting(url):
    return MemoryLimits()


def raising():
    raise RuntimeError("the database is not there")


number = 3
'''


@pytest.fixture
def adapters(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a module of stores and limits, good and bad, and no test."""
    pytester.makepyfile(adapters=ADAPTERS)
    pytester.syspathinsert()
    return pytester


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """A run of pytest in this process, with the plug-in."""
    return pytester.runpytest_inprocess("-p", PLUGIN, "-p", "no:cacheprovider", *options)


def run_apart(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """The same in a process of its own: the flows are then imported there, and not a second time here."""
    return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", *options)


# ---------------------------------------------------------------- contracts by option


def test_a_good_store_keeps_the_whole_contract_without_a_test_file(adapters: pytest.Pytester) -> None:
    run(adapters, "--entractes-store=adapters:make_store").assert_outcomes(passed=len(STORE_CASES))


def test_a_broken_store_fails_the_case_that_names_what_it_breaks(adapters: pytest.Pytester) -> None:
    done = run(adapters, "--entractes-store=adapters:Forgetful", "-k", "purging or sendings")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    outcomes = done.parseoutcomes()
    assert outcomes["passed"] > 0
    failed = [line for line in done.outlines if line.startswith("FAILED ")]
    assert failed
    assert all(line.startswith("FAILED entractes-store=adapters:Forgetful::purging-") for line in failed)


def test_a_failure_shows_the_sentence_and_both_sides_and_none_of_the_machinery(
    adapters: pytest.Pytester,
) -> None:
    done = run(adapters, "--entractes-limits=adapters:Generous", "-k", "a_budget_grants_its_amount-3")
    done.stdout.fnmatch_lines(
        [
            "* entractes-limits=adapters:Generous: limits-a_budget_grants_its_amount-3 *",
            "E *Granted(remaining=3)*",
        ]
    )
    shown = done.stdout.str()
    assert '"""`amount` hits are granted' in shown
    assert not [
        way for way in ("contract_items.py", "cases.py", "_eventloop.py", "runners.py") if f"/{way}" in shown
    ]


@pytest.mark.parametrize(
    "factory",
    [
        *("Factories.within", "AsyncLimits", "coroutine", "sync_limits_from_async"),
        *("generator", "manager", "async_generator", "async_manager"),
    ],
)
def test_a_factory_of_either_colour_returns_its_adapter_or_gives_it_and_closes(
    adapters: pytest.Pytester, factory: str
) -> None:
    run(adapters, f"--entractes-limits=adapters:{factory}").assert_outcomes(passed=len(LIMITS_CASES))
    ends = adapters.path / "ends.txt"
    closed = ends.read_text().count("end") if ends.exists() else 0
    assert closed == (len(LIMITS_CASES) if factory.endswith(("generator", "manager")) else 0)


def test_both_options_may_be_given_and_each_again(adapters: pytest.Pytester) -> None:
    done = run(
        adapters,
        "--entractes-store=adapters:make_store",
        "--entractes-limits=adapters:generator",
        "--entractes-limits=adapters:manager",
        "-k",
        "glances or limits-short",
    )
    glances = sum(name.startswith("glances") for name in STORE_CASES)
    short = sum(name.startswith("limits-short") for name in LIMITS_CASES)
    outcomes = done.parseoutcomes()
    assert outcomes["passed"] == glances + 2 * short
    assert glances
    assert short


def test_the_marker_chooses_the_cases_among_a_host_s_own_tests(adapters: pytest.Pytester) -> None:
    adapters.makepyfile("def test_of_the_host(): pass")
    both = run(adapters, "--entractes-limits=adapters:generator")
    both.assert_outcomes(passed=len(LIMITS_CASES) + 1)
    only = run(adapters, "--entractes-limits=adapters:generator", "-m", "entractes_contract")
    only.assert_outcomes(passed=len(LIMITS_CASES), deselected=1)


def test_whatever_a_host_calls_a_test_the_cases_run(adapters: pytest.Pytester) -> None:
    adapters.makeini(
        "[pytest]\npython_functions = it_*\npython_classes = *Suite\naddopts = --strict-markers\n"
    )
    run(adapters, "--entractes-limits=adapters:coroutine").assert_outcomes(passed=len(LIMITS_CASES))


def test_what_is_no_store_is_told_by_the_methods_that_it_lacks(adapters: pytest.Pytester) -> None:
    done = run(adapters, "--entractes-store=adapters:nothing", "-x")
    done.stdout.fnmatch_lines(["*something of type NoneType, without the methods registration, account*"])


@pytest.mark.parametrize(
    ("factory", "where", "what"),
    [
        ("raising", "*def raising*", "RuntimeError: the database is not there"),
        (
            "wanting",
            "*made = self.factory()*",
            "TypeError: wanting() missing 1 required positional argument: 'url'",
        ),
    ],
)
def test_a_factory_that_raises_shows_where(
    adapters: pytest.Pytester, factory: str, where: str, what: str
) -> None:
    done = run(adapters, f"--entractes-limits=adapters:{factory}", "-x")
    done.stdout.fnmatch_lines([where, f"E *{what}"])
    assert "_pytest" not in done.stdout.str().partition("FAILURES")[2]


def test_a_module_of_the_folder_where_pytest_is_started_is_found(pytester: pytest.Pytester) -> None:
    """As for every other MODULE:FACTORY of a command line, and however pytest is started."""
    pytester.makepyfile(adapters=ADAPTERS)
    pytester.mkdir("tests")
    program = (
        "import sys; sys.path.remove(''); import pytest;"
        f"sys.exit(pytest.main(['-p', {PLUGIN!r}, '--entractes-limits=adapters:generator', 'tests']))"
    )
    done = pytester.run(sys.executable, "-c", program)
    done.assert_outcomes(passed=len(LIMITS_CASES))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("adapters", "give it as MODULE:FACTORY"),
        (":make_store", "give it as MODULE:FACTORY"),
        ("adapters:", "give it as MODULE:FACTORY"),
        ("elsewhere:make_store", "No module named 'elsewhere'"),
        ("adapters:make_stor", "has no attribute 'make_stor'"),
        ("adapters:number", "of type int, and cannot be called"),
        ("broken:make_store", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_factory_that_is_not_there_is_one_line_and_not_a_traceback(
    adapters: pytest.Pytester, given: str, said: str
) -> None:
    adapters.makepyfile(broken="1 / 0")
    done = run(adapters, f"--entractes-store={given}")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in done.errlines if line]
    assert line.startswith(f"ERROR: --entractes-store={given}: ")
    assert said in line
    assert "Traceback" not in done.stdout.str()


# ---------------------------------------------------------------- fixtures

HOST_SUITE = """
from datetime import timedelta

import pytest

from entractes_auth.records.kinds import Channel, State
from entractes_auth.testing import scenario


def test_sync(entractes_auth, entractes_messenger, entractes_store, entractes_clock):
    member = entractes_auth.run(scenario.approved(entractes_messenger, scenario.nurse()))
    assert entractes_store.account(member.account_id).created_at == entractes_clock.now()
    entractes_clock.advance(timedelta(days=300))
    entered = entractes_auth.run(scenario.signed_in(entractes_messenger, member, Channel.EMAIL))
    assert entered.identifier == member.identifier


@pytest.mark.anyio
async def test_async(entractes_async_auth, entractes_auth, entractes_messenger):
    member = entractes_auth.run(scenario.approved(entractes_messenger, scenario.nurse()))
    entered = await entractes_async_auth.run(scenario.signed_in(entractes_messenger, member))
    assert entered.account_id == member.account_id


def test_no_budget_refuses(entractes_auth, entractes_messenger, entractes_policy):
    for n in range(entractes_policy.limits.sms_per_phone.amount + 5):
        entractes_auth.run(scenario.submitted(entractes_messenger, scenario.nurse()))


def test_afresh(entractes_world):
    assert entractes_world.messenger.messages == ()
    assert entractes_world.auth is entractes_world.auth


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""

OVERRIDING = """
import pytest

from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.errors import Limited
from entractes_auth.testing import scenario


class OwnStore(MemoryStore):
    pass


@pytest.fixture
def entractes_store():
    return OwnStore()


@pytest.fixture
def entractes_limits():
    return MemoryLimits()


def test_the_runner_stands_on_the_host_s_ports(entractes_auth, entractes_world, entractes_messenger):
    assert isinstance(entractes_world.store, OwnStore)
    with pytest.raises(Limited):
        for n in range(100):
            entractes_auth.run(scenario.submitted(entractes_messenger, scenario.nurse()))
"""


def test_the_fixtures_are_a_platform_under_the_test_s_control(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HOST_SUITE)
    run_apart(pytester).assert_outcomes(passed=4)


def test_a_host_overrides_a_port_by_its_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(OVERRIDING)
    run_apart(pytester).assert_outcomes(passed=1)


def test_the_page_on_testing_is_a_suite_that_passes(pytester: pytest.Pytester) -> None:
    """All that docs/testing.md shows, its store's factory included, in one file."""
    code = "\n\n".join(block.code for block in blocks("docs/testing.md") if block.runs)
    pytester.makepyfile(test_page=code)
    done = run_apart(pytester, "--entractes-store=test_page:make_store", "-k", "test_page.py or glances")
    outcomes = done.parseoutcomes()
    glances = sum(name.startswith("glances") for name in STORE_CASES)
    assert outcomes == {"passed": glances + code.count("def test_"), "deselected": len(STORE_CASES) - glances}


# ---------------------------------------------------------------- being there in every run


def test_loaded_by_entry_point_by_option_and_by_conftest_it_is_there_once(adapters: pytest.Pytester) -> None:
    metadata = adapters.mkdir("somewhere-1.0.dist-info")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: somewhere\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("")
    (metadata / "entry_points.txt").write_text(f"[pytest11]\n{PLUGIN} = {PLUGIN}\n")
    adapters.makeconftest(f"pytest_plugins = [{PLUGIN!r}]")
    adapters.makepyfile(
        "def test_it(entractes_clock, pytestconfig):\n"
        f"    assert pytestconfig.pluginmanager.has_plugin({PLUGIN!r})"
    )
    option = "--entractes-limits=adapters:generator"
    for again in (["-p", PLUGIN], []):
        done = adapters.runpytest_subprocess(*again, option)
        done.assert_outcomes(passed=len(LIMITS_CASES) + 1)


def test_it_can_be_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(entractes_clock): pass")
    done = pytester.runpytest_subprocess("-p", f"no:{PLUGIN}")
    done.assert_outcomes(errors=1)


def test_its_entry_point_has_the_name_of_its_module() -> None:
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert f'[project.entry-points.pytest11]\n"{PLUGIN}" = "{PLUGIN}"\n' in pyproject.read_text()


def test_it_imports_nothing_beside_pytest() -> None:
    """Every run of pytest on a machine that has the package pays for what the plug-in imports."""
    program = (
        f"import sys, pytest; before = set(sys.modules); import {PLUGIN}; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    ours = {"entractes_auth", "entractes_auth.lazy", "entractes_auth.testing"}
    assert set(done.stdout.split()) == {*ours, PLUGIN}
