"""Files to check, the command in this process, and a slow second opinion on what is in a file."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st
from typing_extensions import override

from entractes_auth.cli.checking.kinds import KINDS
from entractes_auth.cli.checking.plan import Column, Outcome, Plan
from entractes_auth.cli.checking.reading import outcomes, read_first_line
from entractes_auth.cli.checking.sources import Source
from entractes_auth.errors import NumberRefused
from entractes_auth.testing import strategies as fr

# ---------------------------------------------------------------- cells

_OF_FILES = dict.fromkeys(map(ord, '\r\n"|;,\t'))
_cards = st.one_of(
    fr.professional_numbers(), fr.structure_numbers(), fr.idnat_ps_numbers(), fr.idnat_struct_numbers()
)
_almost = fr.almost_professional_numbers() | fr.almost_structure_numbers()
_la_poste = st.text("0123456789", min_size=5, max_size=5).map("356000000".__add__)
_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Bare numbers twice: most cells of real files are those, and the quick way takes only them.
cells = st.one_of(
    _cards.map(str),
    _cards.map(str),
    fr.as_typed(_cards).map(lambda typed: typed.typed),
    _almost,
    _la_poste,
    _any_text,
    st.sampled_from(["", " ", "0" * 9, "0" * 14]),
).map(lambda text: text.translate(_OF_FILES))
"""What a cell may hold, valid and not, without what a file has between cells."""
kinds = st.sampled_from(sorted(KINDS))


def plan_of(
    names: Sequence[str],
    kind_of_each: Sequence[str],
    *,
    delimiter: str = "|",
    quoting: bool = False,
    required: bool = False,
) -> Plan:
    """A plan that checks every column."""
    columns = tuple(
        Column(at, name, kind) for at, (name, kind) in enumerate(zip(names, kind_of_each, strict=True))
    )
    return Plan(delimiter, "utf-8", len(names), quoting, columns, required, keep=True)


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---------------------------------------------------------------- what the package finds


class Choppy(io.BytesIO):
    """A file that gives a few bytes at a time, as a pipe may, so that blocks end anywhere."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self._most = most

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))


@dataclass
class Found:
    """What was found, in a shape that two readers can be compared by."""

    rows: int = 0
    blank: int = 0
    bad: dict[int, tuple[bytes, list[str]]] = field(default_factory=dict[int, tuple[bytes, list[str]]])
    """By line number from 1: the row as it stands, and its reasons."""
    counts: list[tuple[int, int, Counter[str]]] = field(default_factory=list[tuple[int, int, Counter[str]]])
    """For each column: valid, empty, refused."""


def by_package(plan: Plan, content: bytes, most: int) -> Found:
    """What `entractes_auth.cli.checking` finds in the file, `most` bytes at a time."""
    source = Source(Choppy(content, most), None, None)
    first = read_first_line(source, plan.encoding)
    total = Outcome.empty(plan)
    total.lines = 1
    found = Found()
    for _, outcome in outcomes(plan, source, first, jobs=1):
        for row in outcome.kept:
            line = total.lines + row.line + 1
            assert line not in found.bad
            found.bad[line] = row.raw, [code for _, code in row.problems]
        total.add(outcome)
    found.rows, found.blank = total.rows, total.blank
    found.counts = [(each.valid, each.empty, each.refused) for each in total.columns]
    assert total.invalid == len(found.bad)
    return found


# ---------------------------------------------------------------- the second opinion

Row = tuple[int, bytes, list[str] | None]
"""Line number, bytes, and cells; no cells where there is a bad byte."""


def second_opinion(plan: Plan, lines: Sequence[Row], blank: int) -> Found:
    """One cell after the other."""
    found = Found(blank=blank, counts=[(0, 0, Counter()) for _ in plan.columns])
    for number, raw, row in lines:
        found.rows += 1
        reasons = _row_reason(plan, row)
        if row is not None and not reasons:
            reasons = _cell_reasons(plan, row, found)
        if reasons:
            found.bad[number] = raw, reasons
    return found


def _row_reason(plan: Plan, row: list[str] | None) -> list[str]:
    if row is None:
        return ["encoding/bad_byte"]
    if len(row) < plan.width:
        return ["columns/too_few"]
    if row[plan.width :] not in ([], [""]):
        return ["columns/too_many"]
    return []


def _cell_reasons(plan: Plan, row: list[str], found: Found) -> list[str]:
    reasons: list[str] = []
    for at, column in enumerate(plan.columns):
        valid, empty, refused = found.counts[at]
        cell = row[column.index]
        try:
            KINDS[column.kind](cell)
        except NumberRefused as why:
            code = f"{why.code}/{why.detail}"
            if cell.strip(" "):
                refused[code] += 1
            elif plan.required:
                code = "length/empty"
                refused[code] += 1
            else:
                found.counts[at] = valid, empty + 1, refused
                continue
            reasons.append(code)
        else:
            found.counts[at] = valid + 1, empty, refused
    return reasons
