"""Changes one thing at a time in `entractes_auth.numbers`, and expects a test of tests/numbers to fail.

    python scripts/mutants.py [module ...]     # all of them when none is named

The changes are cosmic-ray's. A change that no test notices (a survivor) needs a test, or an entry in
mutants.toml that says why nothing can notice it. Exits with 1 while one has neither, or an entry has no
survivor any more. Works on copies of the tree: what you edit meanwhile is neither changed nor tested.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
NUMBERS: Final = Path("src/entractes_auth/numbers")
TESTS: Final = Path("tests/numbers")
COPIED: Final = ("src", "tests", "scripts", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change; `change` holds the lines that differ, as in a patch, without indentation."""

    module: str
    source: str
    change: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What mutants.toml says."""

    operators: re.Pattern[str]
    ignored_tests: tuple[str, ...]
    first_tests: dict[str, list[str]]
    survivors: dict[tuple[str, str], str]

    @classmethod
    def read(cls) -> Plan:
        plan = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
        return cls(
            re.compile("core/(" + "|".join(plan["operators"]) + ")"),
            tuple(plan["ignored_tests"]),
            plan["tests"],
            {(one["module"], one["change"].strip()): one["why"] for one in plan.get("survivor", [])},
        )

    def every_test(self) -> list[str]:
        """pytest's arguments for all that may catch a mutant."""
        return [str(TESTS), *(f"--ignore={TESTS / name}" for name in self.ignored_tests)]


def mutants(module: str, operators: re.Pattern[str]) -> Iterator[Mutant]:
    """Each different change of that module, but those of what only type checkers read."""
    plugins: Any = importlib.import_module("cosmic_ray.plugins")
    mutating: Any = importlib.import_module("cosmic_ray.mutating")
    source = (ROOT / NUMBERS / f"{module}.py").read_text(encoding="utf-8")
    seen = {what_runs(source)}
    for name in filter(operators.fullmatch, plugins.operator_names()):
        occurrence = 0
        while (mutated := mutating.mutate_code(source, plugins.get_operator(name)(), occurrence)) is not None:
            occurrence += 1
            program = what_runs(mutated)
            if program is not None and program not in seen:
                seen.add(program)
                yield Mutant(module, mutated, change(source, mutated))


def what_runs(source: str) -> str | None:
    """The program without comments, annotations, which are never evaluated, and `override`, which does nothing.

    None if it is no program: cosmic-ray also takes the bare `*` of a function for a product.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns = None
                node.decorator_list = [one for one in node.decorator_list if ast.unparse(one) != "override"]
            case ast.arg():
                node.annotation = None
            case ast.AnnAssign():
                node.annotation = ast.Constant(None)
            case _:
                pass
    return ast.dump(tree)


def change(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(
        f"{line[0]} {line[1:].strip()}" for line in list(lines)[2:] if line[0] in "+-" and line[1:].strip()
    )


class Copy:
    """A copy of the tree, and a process that runs its tests; see mutants_worker.py."""

    def __init__(self, folder: Path) -> None:
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder)
        self._folder = folder
        self._worker = subprocess.Popen(  # noqa: S603 - of this tree
            [sys.executable, str(folder / "scripts" / "mutants_worker.py")],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}",
                "PYTHONDONTWRITEBYTECODE": "",  # off, for the first run
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def passes_unchanged(self, plan: Plan) -> bool:
        """Whether all tests pass without any change; to be asked first."""
        if not self._passes(plan.every_test()):
            say((self._folder / "tests.log").read_text(encoding="utf-8"))
            return False
        # Compiled files know their source by second and size, which two changes may share.
        shutil.rmtree(self._folder / NUMBERS / "__pycache__")
        return True

    def _passes(self, tests: list[str]) -> bool:
        """Whether all of these pass, in the tree as it is now."""
        question, answer = self._worker.stdin, self._worker.stdout
        if question is None or answer is None:
            raise RuntimeError("the worker was started without pipes")
        question.write(f"{json.dumps(tests)}\n")
        question.flush()
        return int(answer.readline()) == 0

    def survives(self, mutant: Mutant, plan: Plan) -> bool:
        """Whether all tests pass with that change."""
        file = self._folder / NUMBERS / f"{mutant.module}.py"
        original = file.read_text(encoding="utf-8")
        file.write_text(mutant.source, encoding="utf-8")
        try:
            first = [str(TESTS / name) for name in plan.first_tests.get(mutant.module, [])]
            return (not first or self._passes(first)) and self._passes(plan.every_test())
        finally:
            file.write_text(original, encoding="utf-8")

    def close(self) -> None:
        self._worker.communicate()


def survivors(found: list[Mutant], copies: SimpleQueue[Copy], plan: Plan) -> list[Mutant]:
    def judge(mutant: Mutant) -> bool:
        copy = copies.get()
        try:
            return copy.survives(mutant, plan)
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(copies.qsize()) as pool:
        verdicts = list(pool.map(judge, found))
    return [mutant for mutant, alive in zip(found, verdicts, strict=True) if alive]


def examine(module: str, copies: SimpleQueue[Copy], plan: Plan) -> tuple[int, int, int]:
    """How many mutants of the module were killed, how many live and are explained, and what is left to do."""
    found = list(mutants(module, plan.operators))
    alive = survivors(found, copies, plan)
    unexplained = [one for one in alive if (module, one.change) not in plan.survivors]
    living = {one.change for one in alive}
    outdated = [change for name, change in plan.survivors if name == module and change not in living]
    explained = len(alive) - len(unexplained)
    say(f"{module:18}{len(found):5} mutants, {len(found) - len(alive):4} killed, {explained:3} explained")
    for one in unexplained:
        say(f"\nsurvives in {module}, unexplained:\n{one.change}\n")
    for change in outdated:
        say(f"\nexplained in {module}, but it does not survive, or is no mutant:\n{change}\n")
    return len(found) - len(alive), explained, len(unexplained) + len(outdated)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="names of modules, such as siret; all when left out")
    parser.add_argument("--workers", type=int, default=2, help="tests at a time")
    options = parser.parse_args()
    plan = Plan.read()
    modules = sorted(file.stem for file in (ROOT / NUMBERS).glob("*.py"))
    if unknown := set(options.modules) - set(modules):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    chosen = options.modules or modules
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for worker in range(options.workers):
            copy = Copy(Path(folder, str(worker)))
            copies.put(copy)
            if not copy.passes_unchanged(plan):
                say("The tests fail without any change: mend them first.")
                return 2
        results = [examine(module, copies, plan) for module in chosen]
        while not copies.empty():
            copies.get().close()
    killed, explained, left = (sum(column) for column in zip(*results, strict=True))
    say(f"{killed} killed, {explained} explained, {left} left to kill, to explain or to strike out")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
