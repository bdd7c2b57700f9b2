"""`make bench`: every measure, each in an interpreter of its own, so that none inherits another's heap.

An aim that is not met is printed and changes nothing else: it depends on the machine. The exit status
is 1 when a measure could not be made, or when a flow calls its ports more often than it may, which
does not depend on any machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Final

__all__ = ["main"]

MEASURES: Final = (
    "port_calls",
    "import_time",
    "event_loop",
    "numbers_speed",
    "columns",
    "checker --short",
    "sign_in",
    "own_cost",
    "sign_ins_a_second",
    "purge",
    "scale --short",
    "scale.throughput --seconds 1 --rounds 3",
)
_ROOT: Final = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run them one after the other, and give the exit status."""
    print(
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    )
    failed: list[str] = []
    for name in MEASURES:
        print(f"\n{name}", flush=True)
        done = subprocess.run([sys.executable, "-m", *f"benchmarks.{name}".split()], cwd=_ROOT, check=False)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
