"""What `import entractes_auth` costs beside `import pydantic`, each in a fresh interpreter, in turn.

`import entractes_auth` loads names when they are first used, so a second figure says what a program
pays until it holds an `Auth`. The interpreter's own start is not counted: the clock runs inside it.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from benchmarks.spread import Spread, verdict

__all__ = ["main"]

ROUNDS: Final = 25
AIM: Final = 1.3
_PACKAGE: Final = "import entractes_auth"
_PYDANTIC: Final = "import pydantic"
_MODEL: Final = "from pydantic import BaseModel"  # `import pydantic` is lazy too: this loads its core
_AUTH: Final = "from entractes_auth import Auth"
_FLOWS: Final = (
    "from entractes_auth import Auth; from entractes_auth.flows import login, registration, review"
)
_NOT_YET: Final = ("phonenumbers", "sqlalchemy", "alembic", "email_validator", "limits")
_CLOCK: Final = (
    "import sys, time\nbegan = time.perf_counter()\n{statement}\n"
    "print(time.perf_counter() - began)\n"
    "print(' '.join(name for name in {names!r} if name in sys.modules))\n"
)


def main() -> None:
    """Measure, and print."""
    print("Imports in fresh interpreters, alternated")
    statements = (_PACKAGE, _PYDANTIC, _MODEL, _AUTH, _FLOWS)
    for statement in statements:  # the byte code is written by the first one
        _import(statement)
    rounds: dict[str, list[float]] = {statement: [] for statement in statements}
    loaded: dict[str, str] = {}
    for _ in range(ROUNDS):
        for statement in statements:
            seconds, loaded[statement] = _import(statement)
            rounds[statement].append(seconds * 1000)
    for statement in statements:
        print(f"  {statement:94} {Spread.of(rounds[statement]).text('.1f', ' ms')}")
    ratio = _ratio(rounds[_PACKAGE], rounds[_PYDANTIC])
    print(f"  {_PACKAGE} / {_PYDANTIC}: {ratio.text()}: aim at most {AIM}: {verdict(ratio.median, AIM)}")
    for statement in (_AUTH, _FLOWS):
        print(f"  {statement} / {_MODEL}: {_ratio(rounds[statement], rounds[_MODEL]).text()}")
    for statement in (_PACKAGE, _AUTH, _FLOWS):
        found = loaded[statement] or "none"
        print(f"  loaded after {statement!r}, of {', '.join(_NOT_YET)}: {found}")


def _ratio(ours: list[float], theirs: list[float]) -> Spread:
    return Spread.of([one / other for one, other in zip(ours, theirs, strict=True)])


def _import(statement: str) -> tuple[float, str]:
    """Seconds, and which of the heavy modules were loaded by it."""
    program = _CLOCK.format(statement=statement, names=_NOT_YET)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, _, names = done.stdout.partition("\n")
    return float(seconds), names.strip()


if __name__ == "__main__":
    main()
