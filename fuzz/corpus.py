"""The kept inputs of the fuzzer: one file with an input per line, written as in a Python bytes literal.

python -m fuzz.corpus unpack FOLDER    # a file per input, as libFuzzer reads them
python -m fuzz.corpus pack FOLDER      # replaces the kept inputs by those of the folder
"""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path

__all__ = ["CORPUS", "inputs", "pack", "unpack"]

CORPUS = Path(__file__).with_name("corpus.txt")


def inputs() -> list[bytes]:
    """The kept inputs."""
    lines = CORPUS.read_text(encoding="ascii").splitlines()
    found: list[bytes] = [ast.literal_eval(line) for line in lines]
    return found


def unpack(folder: Path) -> None:
    """Writes each kept input into a file of that folder, under the name that libFuzzer would give it."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs():
        folder.joinpath(hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)


def pack(folder: Path) -> None:
    """Keeps the inputs of that folder, and no others."""
    found = sorted({file.read_bytes() for file in folder.iterdir()})
    CORPUS.write_text("".join(f"{data!r}\n" for data in found), encoding="ascii")


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](Path(sys.argv[2]))
