"""One block of whole lines, judged.

The quick way takes a block whose every line is as it should be: looked at as a whole, split only as far as
the last column that is needed. One line that is not (a bad byte, a missing column, a blank) sends
its block the careful way, line by line, to the same verdicts: a test holds both together.

Cells stay bytes, which are cut and joined more quickly than texts. That is right for the encodings that
`--encoding` offers: all have ASCII's characters in ASCII's bytes, and these bytes for nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import compress
from operator import itemgetter, not_
from typing import TypeAlias

from entractes_auth.cli.checking.kinds import BY_TYPE, refusal
from entractes_auth.cli.checking.plan import BadRow, Column, ColumnCount, Outcome, Plan, Problem
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

Columns: TypeAlias = Callable[[int], Sequence[bytes]]
"""The cells of one column of the rows at hand, by its index."""

EMPTY = "length/empty"
"""What the parsers say of an empty cell, where one is required."""

BAD_BYTE = "encoding/bad_byte"
_TOO_FEW = "columns/too_few"
_TOO_MANY = "columns/too_many"
TOO_LONG = "line/too_long"
_LONGEST_KEPT = 64
_ALL_BYTES = bytes(range(256))


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
    if not _decodes(plan, data):
        return False
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    data = data.removesuffix(b"\n")
    lines = data.split(b"\n")
    if not _have_the_width(plan, data, lines):
        return False
    delimiter = plan.delimiter.encode()
    each = ((column.index, column.type_index) for column in plan.columns)
    wanted = sorted({at for both in each for at in both if at is not None})
    until = wanted[-1] + 1
    pick = itemgetter(*wanted, until - 1)  # two at least, or it would give the bare cell
    cells = zip(*(pick(line.split(delimiter, until)) for line in lines), strict=True)
    judge(
        plan,
        len(lines),
        dict(zip(wanted, cells, strict=False)).__getitem__,
        lambda row: (row, lines[row]),
        outcome,
    )
    outcome.lines += len(lines)
    return True


def _decodes(plan: Plan, data: bytes) -> bool:
    try:
        data.decode(plan.encoding)
    except UnicodeDecodeError:
        return False
    return True


def _have_the_width(plan: Plan, data: bytes, lines: Sequence[bytes]) -> bool:
    """Whether all lines have the header's columns, and all or none a trailing delimiter."""
    delimiter = plan.delimiter.encode()
    others = _ALL_BYTES.translate(None, delimiter + b"\n")
    bare = data.translate(None, others)  # delimiters and line ends
    for count in (plan.width - 1, plan.width):
        if bare == b"\n".join([delimiter * count] * len(lines)):
            if count == plan.width:
                return set(map(itemgetter(-1), lines)) == set(delimiter)
            return count > 0 or b"" not in lines
    return False


def _check_line_by_line(plan: Plan, data: bytes, outcome: Outcome) -> None:
    rows: list[list[bytes]] = []
    places: list[tuple[int, bytes]] = []
    lines = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    for at, raw in enumerate(lines):
        if not raw:
            outcome.blank += 1
            continue
        row = raw.split(plan.delimiter.encode())
        problem = width_problem(plan, row) if _decodes(plan, raw) else BAD_BYTE
        if problem is None:
            rows.append(row)
            places.append((at, raw))
        else:
            count_unreadable(plan, outcome, problem, outcome.lines + at, raw)
    judge(plan, len(rows), list(zip(*rows, strict=False)).__getitem__, places.__getitem__, outcome)
    outcome.kept.sort(key=lambda bad: bad.line)
    outcome.lines += len(lines)


def width_problem(plan: Plan, row: Sequence[str] | Sequence[bytes]) -> str | None:
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
    rows: int,
    cells: Columns,
    place: Callable[[int], tuple[int, bytes]],
    outcome: Outcome,
) -> None:
    """Judge the wanted cells of complete rows. `place`: the line of a row in its block, and its bytes."""
    if not rows:
        return
    problems: dict[int, list[Problem]] = {}
    for at, column in enumerate(plan.columns):
        for row, code in _refused_cells(plan, column, cells, outcome.columns[at]):
            problems.setdefault(row, []).append((at, code))
    outcome.rows += rows
    outcome.invalid += len(problems)
    if plan.keep:
        for row in sorted(problems):
            line, raw = place(row)
            outcome.kept.append(BadRow(outcome.lines + line, tuple(problems[row]), raw))


def _refused_cells(plan: Plan, column: Column, cells: Columns, count: ColumnCount) -> list[tuple[int, str]]:
    """(row, "code/detail") of each refused cell; the others are counted."""
    found = cells(column.index)
    if column.type_index is None:
        return _judge_cells(plan, column.kind, found, count)
    types = cells(column.type_index)
    places_of: defaultdict[bytes, list[int]] = defaultdict(list)
    for at, each in enumerate(types):
        places_of[each].append(at)
    refused: list[tuple[int, str]] = []
    for each, places in places_of.items():
        kind, of_type = BY_TYPE.get(each, column.kind), [found[at] for at in places]
        refused += [(places[at], code) for at, code in _judge_cells(plan, kind, of_type, count)]
    return refused


def _judge_cells(plan: Plan, kind: str, cells: Sequence[bytes], count: ColumnCount) -> list[tuple[int, str]]:
    """The same for cells of one kind: (place among them, "code/detail")."""
    present = list(filter(None, cells))
    places: Sequence[int] = range(len(cells))
    empty: list[int] = []
    if len(present) < len(cells):
        empty = list(compress(places, map(not_, cells)))
        places = list(compress(places, cells))
    refused: list[tuple[int, str]] = []
    for at in unproven(kind, present):
        # Spaces alone are what some programs export for an empty cell.
        if not present[at].strip(b" "):
            empty.append(places[at])
        elif code := _refusal(plan, kind, present[at]):
            refused.append((places[at], code))
            count.refused[code] += 1
    count.valid += len(cells) - len(refused) - len(empty)
    if not plan.required:
        count.empty += len(empty)
    elif empty:
        count.refused[EMPTY] += len(empty)
        refused += [(at, EMPTY) for at in empty]
    return refused


def _refusal(plan: Plan, kind: str, cell: bytes) -> str | None:
    text = cell.decode(plan.encoding)
    return _kept_refusal(kind, text) if len(text) <= _LONGEST_KEPT else refusal(kind, text)


# In the directory one hospital has thousands of lines: what is odd about its number is found out once. Longer
# texts than any number are not kept: they would fill the memory.
_kept_refusal = lru_cache(maxsize=16_384)(refusal)
