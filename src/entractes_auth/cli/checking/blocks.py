"""One block of whole lines, judged.

The quick way takes a block whose every line is as it should be: decoded at once, split only as far as
the last column that is needed. One line that is not (a bad byte, a missing column, a blank) sends
its block the careful way, line by line, to the same verdicts: a test holds both together.

A cell is judged once for each block that holds it: in the directory one person has several lines, and
one hospital thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from operator import methodcaller

from entractes_auth.cli.checking.kinds import BY_TYPE, refusal
from entractes_auth.cli.checking.plan import BadRow, Column, ColumnCount, Outcome, Plan
from entractes_auth.cli.checking.screen import unproven

__all__ = [
    "BAD_BYTE",
    "EMPTY",
    "TOO_LONG",
    "check_block",
    "count_too_long",
    "count_unreadable",
    "judge",
    "width_problem",
]

EMPTY = "length/empty"
"""What the parsers say of an empty cell, where one is required."""

BAD_BYTE = "encoding/bad_byte"
_TOO_FEW = "columns/too_few"
_TOO_MANY = "columns/too_many"
TOO_LONG = "line/too_long"


def check_block(plan: Plan, data: bytes, outcome: Outcome) -> None:
    """Judge the lines of `data`, which all but the last of a file end with a line feed."""
    if not _check_regular(plan, data, outcome):
        _check_line_by_line(plan, data, outcome)


def count_too_long(plan: Plan, outcome: Outcome) -> None:
    """Count a line that was too long to be kept: no row of a table of people is."""
    count_unreadable(plan, outcome, TOO_LONG, outcome.lines, b"")
    outcome.lines += 1


def count_unreadable(plan: Plan, outcome: Outcome, problem: str, line: int, raw: bytes) -> None:
    """Count a row that cannot be read: its cells are not judged."""
    outcome.rows += 1
    outcome.invalid += 1
    outcome.unreadable[problem] += 1
    if plan.keep:
        outcome.kept.append(BadRow(line, ((None, problem),), raw))


def _check_regular(plan: Plan, data: bytes, outcome: Outcome) -> bool:
    """The quick way; False, with nothing counted, when some line is out of the ordinary."""
    try:
        text = data.decode(plan.encoding)
    except UnicodeDecodeError:
        return False
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.removesuffix("\n").split("\n")
    counts = set(map(methodcaller("count", plan.delimiter), lines))
    trailing = counts == {plan.width} and all(map(methodcaller("endswith", plan.delimiter), lines))
    if "" in lines or not (trailing or counts == {plan.width - 1}):
        return False
    until = 1 + max(max(column.index, column.type_index or 0) for column in plan.columns)
    rows = [line.split(plan.delimiter, until) for line in lines]
    judge(plan, rows, lambda row: (row, lines[row].encode(plan.encoding)), outcome)
    outcome.lines += len(lines)
    return True


def _check_line_by_line(plan: Plan, data: bytes, outcome: Outcome) -> None:
    rows: list[list[str]] = []
    places: list[tuple[int, bytes]] = []
    lines = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    for at, raw in enumerate(lines):
        if not raw:
            outcome.blank += 1
            continue
        try:
            row = raw.decode(plan.encoding).split(plan.delimiter)
        except UnicodeDecodeError:
            problem: str | None = BAD_BYTE
        else:
            problem = width_problem(plan, row)
            if problem is None:
                rows.append(row)
                places.append((at, raw))
        if problem is not None:
            count_unreadable(plan, outcome, problem, outcome.lines + at, raw)
    judge(plan, rows, places.__getitem__, outcome)
    outcome.kept.sort(key=lambda bad: bad.line)
    outcome.lines += len(lines)


def width_problem(plan: Plan, row: Sequence[str]) -> str | None:
    """Whether the row has the header's columns, give or take the empty one behind a trailing delimiter.

    With another count nobody can tell which column is which, so that none is judged.
    """
    if len(row) < plan.width:
        return _TOO_FEW
    if len(row) == plan.width or (len(row) == plan.width + 1 and not row[-1]):
        return None
    return _TOO_MANY


def judge(
    plan: Plan,
    rows: Sequence[Sequence[str]],
    place: Callable[[int], tuple[int, bytes]],
    outcome: Outcome,
) -> None:
    """Judge the wanted cells of complete rows. `place`: the line of a row in its block, and its bytes."""
    problems: dict[int, list[tuple[int | None, str]]] = {}
    for at, column in enumerate(plan.columns):
        for row, code in _refused_cells(plan, column, rows, outcome.columns[at]):
            problems.setdefault(row, []).append((at, code))
    outcome.rows += len(rows)
    outcome.invalid += len(problems)
    if plan.keep:
        for row in sorted(problems):
            line, raw = place(row)
            outcome.kept.append(BadRow(outcome.lines + line, tuple(problems[row]), raw))


def _refused_cells(
    plan: Plan, column: Column, rows: Sequence[Sequence[str]], count: ColumnCount
) -> list[tuple[int, str]]:
    """(row, "code/detail") of each refused cell; the others are counted."""
    if column.type_index is None:
        return _judge_cells(plan, column.kind, [row[column.index] for row in rows], count)
    kinds = [BY_TYPE.get(row[column.type_index], column.kind) for row in rows]
    refused: list[tuple[int, str]] = []
    for kind in set(kinds):
        places = [at for at, each in enumerate(kinds) if each == kind]
        cells = [rows[at][column.index] for at in places]
        refused += [(places[at], code) for at, code in _judge_cells(plan, kind, cells, count)]
    return refused


def _judge_cells(plan: Plan, kind: str, cells: Sequence[str], count: ColumnCount) -> list[tuple[int, str]]:
    """The same for cells of one kind: (place among them, "code/detail")."""
    distinct = set(cells)
    codes: dict[str, str] = {}  # of the cells that are not valid
    if "" in distinct:
        codes[""] = EMPTY
        distinct.discard("")
    for cell in unproven(kind, distinct):
        # Spaces alone are what some programs export for an empty cell.
        code = refusal(kind, cell) if cell.strip(" ") else EMPTY
        if code is not None:
            codes[cell] = code
    wrong = compress(enumerate(cells), map(codes.__contains__, cells)) if codes else ()
    found = [(at, codes[cell]) for at, cell in wrong]
    count.valid += len(cells) - len(found)
    if not plan.required and EMPTY in codes.values():
        present = [(at, code) for at, code in found if cells[at].strip(" ")]
        count.empty += len(found) - len(present)
        found = present
    count.refused.update(code for _, code in found)
    return found
