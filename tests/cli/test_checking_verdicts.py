"""Quick and careful reading, blocks of any size, and the parsers one by one: one verdict for each row."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entractes_auth.cli.checking.kinds import KINDS, refusal
from entractes_auth.cli.checking.pieces import check_piece, spans
from entractes_auth.cli.checking.plan import Outcome
from entractes_auth.cli.checking.screen import unproven
from entractes_auth.cli.console import CannotRun
from tests.cli.files import Row, by_package, cells, kinds, plan_of, second_opinion
from tests.numbers.samples import vectors

_rows_of_cells = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=12)
_kinds = st.lists(kinds, min_size=1, max_size=4)
_chops = st.sampled_from([1, 7, 64, 10_000])


@given(kinds, st.lists(cells, max_size=40))
@example("siret", ["35600000000048", "35600000000000", "35600049837336", "35600000009075"])
@example("siret", ["00000000000000", "26750045200524", "٢٦٧٥٠٠٤٥٢٠٠٥٢٤"])
def test_what_is_shown_valid_in_bulk_is_valid(kind: str, texts: list[str]) -> None:
    """A cell that the sums of a whole block prove is one that the parser accepts, and none gets lost."""
    left = unproven(kind, [text.encode() for text in texts])
    assert len(set(left)) == len(left)
    for at in set(range(len(texts))) - set(left):
        assert refusal(kind, texts[at]) is None


def test_bulk_sums_prove_the_published_numbers() -> None:
    """The quick way is really taken: bare valid digits are never left to the parsers, La Poste apart."""
    proven = 0
    for kind in ("RPPS", "ADELI", "FINESS", "SIREN", "SIRET"):
        bare = [value for each, value, valid in vectors() if each == kind and valid and value.isdigit()]
        keyed = [value for value in bare if not value.startswith("356000000") or kind != "SIRET"]
        assert unproven(kind.lower(), [each.encode() for each in keyed]) == []
        proven += len(keyed)
    assert proven > 40


@given(_kinds, _rows_of_cells, _chops, st.booleans(), st.data())
def test_every_file_without_quotes_gets_the_verdicts_of_its_cells(
    kind_of_each: list[str], rows: list[list[str]], chop: int, required: bool, data: st.DataObject
) -> None:
    """Rows too short and too long, blank lines, bad bytes, both line ends, however the bytes arrive."""
    names = [f"c{at}" for at in range(len(kind_of_each))]
    plan = plan_of(names, kind_of_each, required=required)
    content, lines, blank = b"|".join(name.encode() for name in names) + b"\n", list[Row](), 0
    for number, row in enumerate(rows, 2):
        padded = data.draw(st.sampled_from([row, (row * 4)[: len(names)], [*(row * 4)[: len(names)], ""]]))
        raw = "|".join(padded).encode() + data.draw(st.sampled_from([b"", b"", b"", b"\xff"]))
        content += raw + data.draw(st.sampled_from([b"\n", b"\r\n"]))
        if raw:
            lines.append((number, raw, None if b"\xff" in raw else padded))
        else:
            blank += 1
    if lines and lines[-1][0] == len(rows) + 1 and data.draw(st.booleans()):
        content = content.removesuffix(b"\n").removesuffix(b"\r")
    assert by_package(plan, content, chop) == second_opinion(plan, lines, blank)


@given(
    kinds,
    st.lists(st.tuples(cells, st.text('ab";,\n ', max_size=6)), max_size=12),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    _chops,
)
def test_every_csv_file_gets_the_verdicts_of_its_cells(
    kind: str, rows: list[tuple[str, str]], quoting: Literal[0, 1], chop: int
) -> None:
    """With quotes anywhere, and with line ends inside them, as the csv module writes and reads them."""
    plan = plan_of(["number", "note"], [kind, kind], delimiter=";", quoting=True)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=quoting, lineterminator="\n")
    lines: list[Row] = []
    number = 2
    for row in rows:
        begin = written.tell()
        writer.writerow(row)
        raw = written.getvalue()[begin:].removesuffix("\n")
        lines.append((number, raw.encode(), list(row)))
        number += raw.count("\n") + 1
    content = b"number;note\n" + written.getvalue().encode()
    assert by_package(plan, content, chop) == second_opinion(plan, lines, 0)


@given(st.lists(st.binary(max_size=40)), st.integers(1, 60), st.booleans())
def test_a_plain_file_cut_into_parts_is_the_same_file(parts: list[bytes], step: int, ended: bool) -> None:
    """Wherever the cuts fall, the parts are whole lines that follow one another to the end."""
    content = b"\n".join(parts) + b"\n" * ended
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "f.txt")
        path.write_bytes(content)
        cut = list(spans(path, 0, len(content), step))
        read = [b"".join(block or b"" for block in span.blocks()) for span in cut]
    assert b"".join(read) == content
    assert [len(part) for part in read] == [span.size for span in cut]
    assert all(part.endswith(b"\n") for part in read[:-1])


def test_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    """Lines, rows and counts of the parts are those of the file, and so are the line numbers of invalid rows."""
    lines = [f"9970021889{at % 10}|x" for at in range(500)]
    path = tmp_path / "f.txt"
    path.write_text("\n".join(lines))
    plan = plan_of(["rpps", "x"], ["rpps", "structure"])
    total = Outcome.empty(plan)
    bad: list[int] = []
    for span in spans(path, 0, path.stat().st_size, 100):
        _, outcome = check_piece(plan, span)
        bad += [total.lines + row.line for row in outcome.kept if row.problems[0][0] == 0]
        total.add(outcome)
    assert total.lines == total.rows == 500
    assert total.columns[0].valid == 50
    assert bad == [at for at in range(500) if at % 10 != 6]


def test_a_file_that_becomes_shorter_is_not_taken_for_checked(tmp_path: Path) -> None:
    """Rows that went before anybody judged them would count as neither valid nor invalid."""
    path = tmp_path / "f.txt"
    path.write_text("1|x\n" * 9)
    *_, last = spans(path, 0, path.stat().st_size, 10)
    os.truncate(path, last.start + 2)
    with pytest.raises(CannotRun, match="became shorter"):
        check_piece(plan_of(["rpps", "x"], ["rpps", "rpps"]), last)


def test_each_kind_is_judged_by_its_parser() -> None:
    """The kinds of the command line are those of the package, each with its own parser."""
    assert set(KINDS) == {"rpps", "adeli", "finess", "siren", "siret", "professional", "structure"}
    for kind, value, valid in vectors():
        if kind.lower() in KINDS:
            assert (refusal(kind.lower(), value) is None) is valid
