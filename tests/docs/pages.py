"""Reading the documentation: its pages, their Python blocks, their links, their tables.

A block that begins with ```` ```python ```` is one step of its page's program: the blocks of a page
run in their order, in one namespace. After the line `<!-- compiled only -->` a block is compiled and
not run, since it needs a framework or a service that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["DOCS", "ROOT", "Block", "all_pages", "anchors", "blocks", "links", "rows"]

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"

_BLOCK: Final = re.compile(r"^(<!-- compiled only -->\n)?```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One Python block: where it begins (line 1 of its code), its code, and whether it runs."""

    line: int
    code: str
    runs: bool


def all_pages() -> list[str]:
    """README and every page of docs/, as paths from the root."""
    return ["README.md", *sorted(page.relative_to(ROOT).as_posix() for page in DOCS.rglob("*.md"))]


def blocks(page: str) -> Iterator[Block]:
    """The page's Python blocks, in order, but for those that only include a file."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        if "--8<--" not in found[2]:
            yield Block(text.count("\n", 0, found.start(2)) + 1, found[2], runs=found[1] is None)


def links(page: str) -> list[str]:
    """Targets of the page's links that lead to other files of the project, or within the page."""
    prose = _FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    return [target for target in _LINK.findall(prose) if "://" not in target and "mailto:" not in target]


def anchors(page: Path) -> set[str]:
    """The anchors that the page's headings get."""
    prose = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
        for heading in _HEADING.findall(prose)
    }


def rows(page: str, columns: int) -> list[list[str]]:
    """The cells of the page's table rows that have so many columns, without the headings' lines."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    tables = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in tables if len(row) == columns and set(row[0]) != {"-"}]
