"""`entractes-auth numbers check` on files that are broken, or made to break it."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

from entractes_auth.cli.checking import quoted
from entractes_auth.cli.checking.sources import LONGEST_LINE
from tests.cli.conftest import Run
from tests.cli.files import write

RIGHT = "99700218896"


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b"RPPS,n\n\xff,1\n", ["encoding/bad_byte"]),
        (b"RPPS,n\nx\xff\0,1\n", ["encoding/bad_byte"]),
        (b"RPPS,n\n9970021\x008896,1\n", ["RPPS: format/control"]),
        (b"RPPS,n\n99700218896\n", ["columns/too_few"]),
        (b"RPPS,n\n99700218896,1,2\n", ["columns/too_many"]),
        (b"RPPS,n\n99700218896,1,\n", []),
        (b"RPPS,n,\r\n99700218896,1\r\n\r\n", []),
        (b"\xef\xbb\xbfRPPS,n\n99700218896,1", []),
        (b"RPPS,n\n" + b"9" * 10_000_000 + b",1\n99700218896,1\n", ["line/too_long"]),
        (b"RPPS,n\n" + b"9" * 1000 + b",1\n", ["RPPS: length/too_long"]),
        (b'RPPS,n\n"9970""0218896",1\n', ["RPPS: format/character"]),
        (b'RPPS,n\n"99700218896",12" pipe\n', []),
        (b'RPPS,n\n99700218896,"never\nclosed,1\n99700218896,2', ["quotes/broken", "RPPS: format/letter"]),
        (b'RPPS,n\n"99700218896","two\r\nlines"\r\n"1",2\r\n', ["RPPS: length/too_short"]),
        (b'RPPS,n\n"\xff",1\n', ["encoding/bad_byte"]),
        (b'RPPS,n\n"a",' + b"x" * LONGEST_LINE + b"\n", ["line/too_long"]),
        (b'RPPS,n\n"a",2\n' + b"x" * LONGEST_LINE + b"\n", ["RPPS: format/letter", "line/too_long"]),
        (b'RPPS,n\n"' + b"x\n" * 70_000, ["quotes/broken"] + ["columns/too_few"] * 69_999),
    ],
)
def test_a_row_that_is_not_one_is_reported_and_the_reading_goes_on(
    run: Run, tmp_path: Path, content: bytes, reasons: list[str]
) -> None:
    """Bad bytes, NUL, missing and extra columns, lines of 10 MB, quotes: a reason each, and never a traceback."""
    path, kept = write(tmp_path / "a.csv", content), tmp_path / "wrong.csv"
    answer = run("numbers", "check", path, "--column", "RPPS", "--invalid", kept)
    assert answer.code == (1 if reasons else 0)
    assert "Traceback" not in answer.err
    written = kept.read_bytes().decode(errors="replace").split("\n")[1:-1]
    assert [line.split(",")[1] for line in written if line[0].isdigit() and "," in line] == reasons


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gz", gzip.compress(b"RPPS|x|\n" * 999, mtime=0)[:-50], "damaged or cut short"),
        ("a.zip", b"PK\x03\x04nonsense", "the zip file cannot be read"),
        ("a.csv", b"", "the first line must name the columns"),
        ("a.csv", b"RPPS".decode().encode("utf-16"), "UTF-16"),
        ("a.csv", b"RPPS,x\0\n1,2\n", "UTF-16"),
        ("a.csv", b"RPPS,nom\r99700218896,MARTIN\r", "carriage return alone"),
        ("a.csv", b'RPPS,"nom\nde famille"\n1,2\n', "a quote in the first line is not closed"),
        ("a.csv", b"x" * (LONGEST_LINE + 1), "this is no table"),
        ("a.csv", b"nom\nx\n", "choose one with --column NAME --kind KIND"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(
    run: Run, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """Exit code 2, a sentence, no summary, and nothing of the file of invalid rows."""
    path, kept = write(tmp_path / name, content), tmp_path / "wrong"
    answer = run("numbers", "check", path, "--invalid", kept)
    assert answer.code == 2
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""
    assert os.listdir(tmp_path) == [name]


def test_a_file_whose_every_line_opens_a_quote_is_given_up_before_it_takes_hours(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line closes it: each row would reach to the file's end. What is read again stays in proportion to the file."""
    monkeypatch.setattr(quoted, "_FREE", 1_000)
    path = write(tmp_path / "a.csv", "RPPS,x\n" + 'a","b\n' * 5_000)
    answer = run("numbers", "check", path)
    assert (answer.code, answer.out) == (2, "")
    assert "too many quotes are not closed: give --no-quotes" in answer.err
    assert run("numbers", "check", path, "--no-quotes").code == 1


def test_a_row_within_quotes_may_be_as_long_as_a_line(run: Run, tmp_path: Path) -> None:
    """A row of many short quoted lines ends like a line that is too long; the lines behind it are read."""
    cell = '"' + f"{'x' * 999}\n" * 100 + '"'
    path = write(tmp_path / "a.csv", f"RPPS,x,y\n{RIGHT},{cell},{cell}\n{RIGHT},1,2\n")
    assert run("numbers", "check", path).code == 0
    long = ",".join([cell] * 11)
    write(path, f"RPPS{',x' * 11}\n{RIGHT},{long}\n")
    found = json.loads(run("numbers", "check", path, "--json").out)
    assert found["unreadable"]["quotes/broken"] >= 1


def test_a_column_name_cannot_write_to_the_terminal(run: Run, tmp_path: Path) -> None:
    """Escape sequences in a header are shown as what they are: characters that cannot be shown."""
    path = write(tmp_path / "a.csv", f"RPPS \x1b[2J\n{RIGHT}\n")
    answer = run("numbers", "check", path)
    assert "\x1b" not in answer.out
    assert "RPPS \N{REPLACEMENT CHARACTER}[2J (rpps)" in answer.out


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_is_json_on_any_stream_and_writes_nothing_to_the_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """A header's control characters, C1 and directions among them, are escaped, and what the stream lacks."""
    name = "RPPS é \x1b[2J\x9b31m\u202e\U000e0001"
    path = write(tmp_path / "a.csv", f"{name}\n{RIGHT}\n")
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert run("numbers", "check", path, "--json").code == 0
    text = written.getvalue().decode(encoding)
    assert json.loads(text)["columns"][0]["name"] == name
    assert text.replace("\n", "").isprintable()
