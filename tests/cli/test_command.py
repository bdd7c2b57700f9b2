"""The command as a process: how it starts, what it costs, how signals and pipes end it, several cores."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import entractes_auth.cli
from entractes_auth.cli.checking.workers import in_order, interrupts_deferred
from entractes_auth.cli.commands import COMMANDS, GROUPS, Command
from entractes_auth.cli.console import CannotRun
from tests.cli.conftest import Run
from tests.numbers.samples import with_key

COMMAND = [sys.executable, "-m", "entractes_auth"]
ROWS = 20_000
WRONG_EVERY = 1_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten megabytes, so that other processes are started: two pieces are done without them."""
    path = tmp_path_factory.mktemp("large") / "large.txt"
    filler = "x" * 550
    with path.open("w") as file:
        file.write("RPPS|note|\n")
        for at in range(ROWS):
            number = with_key(f"10{at:08}")
            file.write(f"{number if at % WRONG_EVERY else number[:-1]}|{filler}|\n")
    return path


def call(*words: str | Path, module: str = "entractes_auth") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", module, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


# ---------------------------------------------------------------- starting


def test_the_entry_point_is_declared() -> None:
    """What an installer makes a script of is a function that exists."""
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    scripts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"entractes-auth": "entractes_auth.cli:main"}
    assert callable(entractes_auth.cli.main)


@pytest.mark.parametrize("module", ["entractes_auth", "entractes_auth.cli"])
def test_the_modules_run_as_the_command(module: str, tmp_path: Path) -> None:
    """Both ways of `python -m` end with the command's own code."""
    path = tmp_path / "a.csv"
    path.write_text("RPPS\n1\n")
    done = call("numbers", "check", path, "--json", module=module)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["invalid"] == 1


def test_help_loads_nothing_that_it_does_not_need() -> None:
    """Neither pydantic nor the numbers for the list of commands; no process pool for a command's own help."""
    program = (
        "import sys; from entractes_auth.cli import main; code = main(sys.argv[1:]); "
        "print(code, *sys.modules, file=sys.stderr)"
    )
    for words, absent in [
        (["--help"], {"entractes_auth.numbers", "multiprocessing", "importlib.metadata"}),
        (["numbers", "check", "--help"], {"multiprocessing", "zipfile", "gzip", "polars"}),
    ]:
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
        )
        code, *loaded = done.stderr.split()
        assert code == "0"
        assert not ({"pydantic", "sqlalchemy"} | absent) & set(loaded)
        assert "examples:" in done.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=["-".join(each.words) for each in COMMANDS])
def test_each_command_has_help_with_examples_and_exit_codes(command: Command, run: Run) -> None:
    """No command is added without telling how it is used and how it ends."""
    said = run(*command.words, "--help").out
    assert "examples:" in said
    assert f"entractes-auth {' '.join(command.words)} " in said
    assert "exit codes:" in said
    assert len(command.words) == 1 or command.words[0] in GROUPS


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        ([], 2, "", "no command given; see --help"),
        (["nonsense"], 2, "", "invalid choice: 'nonsense'"),
        (["numbers"], 2, "", "required: COMMAND"),
        (["--help"], 0, "commands:", ""),
        (["--version"], 0, "entractes-auth ", ""),
        (["numbers", "--help"], 0, "check the RPPS", ""),
    ],
)
def test_words_that_are_no_command_end_in_one_line(
    run: Run, words: list[str], code: int, out: str, err: str
) -> None:
    """Exit code 2 and what was expected; help and version are no errors."""
    answer = run(*words)
    assert answer.code == code
    assert out in answer.out
    assert err in answer.err
    assert bool(answer.err) is bool(err)


# ---------------------------------------------------------------- several cores


def test_several_processes_find_what_one_finds(large: Path) -> None:
    """The same counts and the same invalid rows in the same order, byte for byte."""
    kept = [large.with_name(name) for name in ("one", "two")]
    said = [
        call("numbers", "check", large, "--json", "--jobs", jobs, "--invalid", path)
        for jobs, path in zip("12", kept, strict=True)
    ]
    assert [done.returncode for done in said] == [1, 1]
    assert said[0].stdout == said[1].stdout
    assert json.loads(said[0].stdout)["invalid"] == ROWS // WRONG_EVERY
    assert kept[0].read_bytes() == kept[1].read_bytes()
    assert kept[0].read_bytes().count(b"\n") == 1 + ROWS // WRONG_EVERY


def _die(number: int) -> int:
    if number == 3:
        os._exit(1)
    return number


def _negative(number: int) -> int:
    return -number


def test_a_worker_that_is_killed_is_an_error_and_not_a_hang() -> None:
    """As the system does when memory runs out."""
    with pytest.raises(CannotRun, match="a worker process was killed"):
        list(in_order(_die, range(9), 2))


def test_pieces_are_taken_only_as_fast_as_results_are_used() -> None:
    """A file of any size stands in a few pieces of memory, and the results keep its order."""
    taken = 0

    def pieces() -> Iterator[int]:
        nonlocal taken
        while taken < 100:
            taken += 1
            yield taken

    results = in_order(_negative, pieces(), 2)
    assert [next(results) for _ in range(10)] == [-number for number in range(1, 11)]
    assert taken <= 10 + 2 * 2
    assert list(results) == [-number for number in range(11, 101)]


# ---------------------------------------------------------------- signals, pipes, terminals


def _gone_within(seconds: float, group: int) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_an_interrupt_ends_all_processes_in_one_line(large: Path) -> None:
    """Ctrl-C reaches the whole group of processes: one line, exit code 130, and nobody left behind."""
    kept = large.with_name("interrupted")
    # From a pipe that never ends, so that it is under way when the signal comes.
    running = subprocess.Popen(
        [*COMMAND, "numbers", "check", "-", "--column", "RPPS", "--jobs", "2", "--invalid", str(kept)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        # Where the tests run in the background, a shell had them ignore Ctrl-C, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert running.stdin is not None
    running.stdin.write(large.read_bytes())
    running.stdin.flush()
    while not list(large.parent.glob(".interrupted.*.part")):
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate()
    assert (running.returncode, out, err) == (130, b"", b"entractes-auth: error: interrupted\n")
    assert list(large.parent.glob("*interrupted*")) == []
    assert _gone_within(10.0, running.pid)


def test_an_interrupt_that_comes_while_a_process_starts_is_not_lost() -> None:
    """It is answered as soon as the process has started, and not before."""
    events: list[str] = []

    def start() -> None:
        with interrupts_deferred():
            signal.raise_signal(signal.SIGINT)
            events.append("started")
        events.append("went on")

    # Where the tests run in the background, a shell had them ignore Ctrl-C.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
    finally:
        signal.signal(signal.SIGINT, inherited)
    assert events == ["started"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_one_that_nobody_reads(closed: str, tmp_path: Path) -> None:
    """As a job without terminal may have it: the code is that of the file, and never of a traceback."""
    path = tmp_path / "a.csv"
    path.write_text("RPPS\n99700218896\n")
    command = shlex.join([*COMMAND, "numbers", "check", str(path)])
    done = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (done.stdout == "") == (closed == ">&-")


def test_the_file_that_comes_from_the_standard_input_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("RPPS\n1\n")
    with path.open() as file:
        done = subprocess.run(
            [*COMMAND, "numbers", "check", "-", "--invalid", str(path)],
            stdin=file,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, path.read_text()) == (2, "RPPS\n1\n")
    assert "would be replaced" in done.stderr


def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path) -> None:
    """`entractes-auth ... --invalid - | head -1`: exit code 141 and not a word."""
    path = tmp_path / "a.csv"
    path.write_text("RPPS\n" + "1\n" * 200_000)
    running = subprocess.Popen(
        [*COMMAND, "numbers", "check", str(path), "--invalid", "-", "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline() == b"line,reason,RPPS\n"
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 141


def test_a_terminal_sees_progress_and_colours(large: Path) -> None:
    """On a terminal the bar is drawn and wiped, and the summary is coloured."""
    leader, follower = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    running = subprocess.Popen(
        [*COMMAND, "numbers", "check", str(large), "--jobs", "1"],
        stdout=follower,
        stderr=follower,
        env={**environment, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "120"},
    )
    os.close(follower)
    seen = b""
    try:
        while part := os.read(leader, 4096):
            seen += part
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(leader)
    assert running.wait() == 1
    shown = seen.decode()
    assert "\r\x1b[K" in shown
    assert "\x1b[32m19,980 valid\x1b[0m" in shown
