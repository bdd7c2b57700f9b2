"""`entractes-auth numbers check`: what it finds, what it says, what it writes, and how it ends."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from entractes_auth.cli.checking import rejects
from entractes_auth.cli.checking.summary import LABELS
from tests.cli.conftest import Run
from tests.cli.files import write

RIGHT = "99700218896"
WRONG = "99700218897"
HEADER = "Type d'identifiant PP|Identifiant PP|Nom d'exercice|Numéro SIRET site|Numéro FINESS site|"
EXTRACT = f"""\
{HEADER}
8|{RIGHT}|MARTIN|26750045200524|750100125|
8|{WRONG}|DE LA "TOUR|26750045200524||
0|0B1053871|PETIT||2A0000014|
8|0B1053871|PETIT|26750045200525||
"""


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "extract.txt"
    path.write_text(EXTRACT, encoding="utf-8")
    return path


# ---------------------------------------------------------------- what is found


def test_the_directorys_columns_are_found_and_judged_by_their_names(run: Run, extract: Path) -> None:
    """An identifier is an RPPS or ADELI number as the column beside it says, and a quote is part of a name."""
    answer = run("numbers", "check", extract, "--json")
    assert answer.code == 1
    assert answer.err == ""
    found = json.loads(answer.out)
    assert {key: found[key] for key in ("rows", "valid", "invalid", "unreadable")} == {
        "rows": 4,
        "valid": 2,
        "invalid": 2,
        "unreadable": {},
    }
    assert found["columns"] == [
        {
            "name": "Identifiant PP",
            "kind": "professional",
            "valid": 2,
            "empty": 0,
            "refused": {"checksum/key": 1, "format/letter": 1},
        },
        {
            "name": "Numéro SIRET site",
            "kind": "siret",
            "valid": 2,
            "empty": 1,
            "refused": {"checksum/key": 1},
        },
        {"name": "Numéro FINESS site", "kind": "finess", "valid": 2, "empty": 2, "refused": {}},
    ]


def test_invalid_rows_are_written_as_they_stand_behind_line_and_reasons(run: Run, extract: Path) -> None:
    """The header first, each row verbatim, every reason with its column."""
    kept = extract.with_name("wrong.txt")
    assert run("numbers", "check", extract, "--invalid", kept).code == 1
    lines = EXTRACT.splitlines()
    assert kept.read_text(encoding="utf-8").splitlines() == [
        f"line|reason|{lines[0]}",
        f"3|Identifiant PP: checksum/key|{lines[2]}",
        f"5|Identifiant PP: format/letter + Numéro SIRET site: checksum/key|{lines[4]}",
    ]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_file_of_valid_rows_ends_with_nought(run: Run, tmp_path: Path) -> None:
    """Exit code 0, and a file of invalid rows that holds the header only."""
    path, kept = write(tmp_path / "a.csv", f"RPPS\n{RIGHT}\n"), tmp_path / "wrong.csv"
    answer = run("numbers", "check", path, "--column", "RPPS", "--invalid", kept)
    assert answer.code == 0
    assert answer.out == f"{path}: 1 row, 1 valid, 0 invalid\n\nRPPS (rpps)\n             1  valid\n"
    assert kept.read_text() == "line,reason,RPPS\n"


def test_no_number_reaches_the_summary(run: Run, extract: Path) -> None:
    """Counts and codes only: neither a right nor a wrong number, nor a name, on either stream."""
    for options in ([], ["--json"], ["--required"]):
        answer = run("numbers", "check", extract, *options)
        for cell in (RIGHT, WRONG, "0B1053871", "26750045200525", "MARTIN", "TOUR"):
            assert cell not in answer.out + answer.err


def test_an_empty_cell_is_invalid_only_where_it_is_required(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"RPPS,n\n,1\n  ,2\n{RIGHT},3\n")
    assert run("numbers", "check", path).code == 0
    found = json.loads(run("numbers", "check", path, "--required", "--json").out)
    assert found["invalid"] == 2
    assert found["columns"][0]["refused"] == {"length/empty": 2}


def test_line_numbers_count_the_lines_of_the_file(run: Run, tmp_path: Path) -> None:
    """Blank lines and lines within quotes count, so that an editor goes to the very row."""
    path = write(
        tmp_path / "a.csv", f'RPPS,n\n\n{WRONG},1\n"{RIGHT}","a\nb"\n\n"{WRONG}","c\nd"\n{WRONG},e\n'
    )
    kept = tmp_path / "wrong.csv"
    run("numbers", "check", path, "--invalid", kept)
    rows = list(csv.reader(io.StringIO(kept.read_text(), newline="")))
    assert rows == [
        ["line", "reason", "RPPS", "n"],
        ["3", "RPPS: checksum/key", WRONG, "1"],
        ["7", "RPPS: checksum/key", WRONG, "c\nd"],
        ["9", "RPPS: checksum/key", WRONG, "e"],
    ]


def test_another_encoding_is_read_when_it_is_named(run: Run, tmp_path: Path) -> None:
    """cp1252, as Excel writes it in France: names with accents, and invalid rows byte for byte."""
    path = write(tmp_path / "a.csv", f"Numéro RPPS;prénom\n{WRONG};Zoé Œuvre\n".encode("cp1252"))
    assert "give --encoding" in run("numbers", "check", path).err
    kept = tmp_path / "wrong.csv"
    assert run("numbers", "check", path, "--encoding", "cp1252", "--invalid", kept).code == 1
    assert f"{WRONG};Zoé Œuvre".encode("cp1252") in kept.read_bytes()


# ---------------------------------------------------------------- where it is read from


def test_gzip_and_zip_files_are_read_as_they_are(run: Run, extract: Path) -> None:
    """The same summary from each; of a zip with several files the directory's activities are taken."""
    wanted = json.loads(run("numbers", "check", extract, "--json").out)
    packed = write(extract.with_suffix(".gz"), gzip.compress(EXTRACT.encode()))
    archive = extract.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writing:
        writing.writestr("PS_LibreAcces_Personne_activite_20261101.txt", EXTRACT)
        writing.writestr("PS_LibreAcces_Dipl_AutExerc_20261101.txt", "RPPS\n1\n")
    for path in (packed, archive):
        found = json.loads(run("numbers", "check", path, "--json").out)
        assert {**found, "file": None} == {**wanted, "file": None}
    other = run("numbers", "check", archive, "--member", "PS_LibreAcces_Dipl_AutExerc_20261101.txt", "--json")
    assert json.loads(other.out)["rows"] == 1
    assert "no 'x'" in run("numbers", "check", archive, "--member", "x").err
    asked = run("numbers", "check", extract, "--member", "x")
    assert (asked.code, asked.out) == (2, "")
    assert "--member: the file is no zip file" in asked.err


def test_the_standard_input_and_output_make_a_pipe(
    run: Run, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` reads the standard input; `--invalid -` writes rows there, and the summary beside it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EXTRACT.encode())))
    answer = run("numbers", "check", "-", "--invalid", "-")
    assert answer.code == 1
    assert answer.out.splitlines()[0] == f"line|reason|{HEADER}"
    assert len(answer.out.splitlines()) == 3
    assert answer.err.startswith("-: 4 rows, 2 valid, 2 invalid\n")


# ---------------------------------------------------------------- mistaken arguments


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--column", "RPSP"], "no column is named 'RPSP'; there is 'RPPS'"),
        (["--column", "Siret"], "no column is named 'Siret'; there is 'Numéro SIRET site'"),
        (["--column", "téléphone"], "the first line has 4 columns, none with a name like it"),
        (["--column", "Nom"], "the kind of the column 'Nom' is not known: give --kind KIND"),
        (["--column", "Nom=rpss"], "no column is named 'Nom=rpss'"),
        (["--column", "note"], "2 columns are named 'note'"),
        (["--column", "RPPS", "--column", "rpps"], "a column is named twice"),
        (["--kind", "ssn"], "argument --kind: invalid choice"),
        (["--jobs", "0"], "argument --jobs: a number from 1 to 256"),
        (["--delimiter", "ab"], "argument --delimiter: one character"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_a_mistaken_option_is_refused_in_one_line(
    run: Run, tmp_path: Path, options: list[str], message: str
) -> None:
    """Exit code 2 and a sentence; a column that is not there is answered with those that resemble it."""
    path = write(tmp_path / "a.csv", "RPPS,Nom,Numéro SIRET site,note,note\n".replace(",note,note", ",note"))
    if "note" in options:
        write(path, "RPPS,note,note\n")
    answer = run("numbers", "check", path, *options)
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_two_columns_of_one_name_are_not_passed_over_without_a_word(run: Run, tmp_path: Path) -> None:
    """Also where others can be checked: a file is not called valid for what nobody looked at."""
    path = write(tmp_path / "a.csv", f"SIRET,RPPS,RPPS\n26750045200524,{WRONG},{WRONG}\n")
    answer = run("numbers", "check", path)
    assert answer.code == 2
    assert "2 columns are named 'RPPS'" in answer.err


def test_a_byte_order_mark_stays_at_the_very_beginning_of_the_invalid_rows(run: Run, tmp_path: Path) -> None:
    """Anywhere else Excel takes it for a part of a column's name, and the accents for another encoding."""
    path, kept = tmp_path / "a.csv", tmp_path / "wrong.csv"
    path.write_text(f"RPPS;Prénom\n{WRONG};Zoé\n", encoding="utf-8-sig")
    assert run("numbers", "check", path, "--invalid", kept).code == 1
    assert kept.read_text(encoding="utf-8-sig").splitlines() == [
        "line;reason;RPPS;Prénom",
        f"2;RPPS: checksum/key;{WRONG};Zoé",
    ]


def test_a_file_without_header_does_not_show_its_people(run: Run, tmp_path: Path) -> None:
    """Where the first line is a person's, a wrong column name is answered without quoting it."""
    path = write(tmp_path / "a.csv", f"{RIGHT},MARTIN,Zoé\n")
    answer = run("numbers", "check", path, "--column", "RPPS")
    assert answer.code == 2
    assert "MARTIN" not in answer.err
    assert RIGHT not in answer.err


@pytest.mark.parametrize(
    "options", [[], ["--column", "RPPS"], ["--column", "Nom"], ["--column", "x", "--json"]]
)
def test_a_refusal_is_french_where_the_system_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """What the command says and what the system says: neither leaves English in a French sentence."""
    path = write(tmp_path / "a.csv", "Nom,RPSP\nx,y\n")
    english = [run("numbers", "check", each, *options).err for each in (path, tmp_path, tmp_path / "none")]
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    french = [run("numbers", "check", each, *options).err for each in (path, tmp_path, tmp_path / "none")]
    for one, other in zip(english, french, strict=True):
        assert one.startswith("entractes-auth: error: ")
        assert other.startswith("entractes-auth: erreur: ")
        assert one.replace("error", "erreur") != other
    assert f"{tmp_path}: est un dossier" in french[1]
    assert f"{tmp_path}/none: fichier ou dossier introuvable" in french[2]


def test_columns_are_found_without_accents_and_case(run: Run, extract: Path) -> None:
    """As people type them; the kind is named behind an equals sign where the name does not tell it."""
    answer = run(
        "numbers",
        "check",
        extract,
        "--column",
        "numero siret SITE",
        "--column",
        "Identifiant PP=rpps",
        "--json",
    )
    assert [(each["name"], each["kind"]) for each in json.loads(answer.out)["columns"]] == [
        ("Numéro SIRET site", "siret"),
        ("Identifiant PP", "rpps"),
    ]


def test_missing_files_and_folders_are_named(run: Run, tmp_path: Path) -> None:
    """Exit code 2, with the name and what the system says."""
    answer = run("numbers", "check", tmp_path / "none.csv")
    assert (answer.code, answer.err) == (
        2,
        f"entractes-auth: error: {tmp_path}/none.csv: No such file or directory\n",
    )
    assert run("numbers", "check", tmp_path).code == 2
    path = write(tmp_path / "a.csv", "RPPS\n")
    assert run("numbers", "check", path, "--invalid", tmp_path / "none" / "x").code == 2
    assert "is a folder" in run("numbers", "check", path, "--invalid", tmp_path).err


# ---------------------------------------------------------------- the file of invalid rows


def test_the_file_that_is_checked_is_never_replaced(run: Run, extract: Path) -> None:
    """`--invalid` with the input's own name, or a link to it, would destroy it."""
    link = extract.with_name("link.txt")
    link.symlink_to(extract)
    for name in (extract, link):
        assert "would be replaced" in run("numbers", "check", extract, "--invalid", name).err
    assert extract.read_text(encoding="utf-8") == EXTRACT


def test_a_run_that_is_interrupted_leaves_what_was_there(
    run: Run, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while rows are written: the old file stays, the unfinished one goes, exit code 130."""
    kept = write(extract.with_name("wrong.txt"), "from yesterday")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rejects.Rejects, "write", interrupted)
    answer = run("numbers", "check", extract, "--invalid", kept)
    assert (answer.code, answer.err) == (130, "entractes-auth: error: interrupted\n")
    assert kept.read_text() == "from yesterday"
    assert sorted(os.listdir(extract.parent)) == ["extract.txt", "wrong.txt"]


def test_a_folder_that_cannot_be_written_is_named_by_what_the_user_wrote(run: Run, extract: Path) -> None:
    """Not by the unfinished file, of which nobody has heard."""
    wanted = Path("/proc/wrong.txt")
    answer = run("numbers", "check", extract, "--invalid", wanted)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"entractes-auth: error: {wanted}: ")


def test_invalid_rows_can_go_to_a_device(run: Run, extract: Path) -> None:
    """What is no ordinary file is written to and not replaced."""
    assert run("numbers", "check", extract, "--invalid", os.devnull).code == 1
    assert not Path(os.devnull).is_file()


# ---------------------------------------------------------------- languages and colours


def test_the_summary_is_french_where_the_system_is(
    run: Run, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words and thousands as the reader writes them; codes stay what they are."""
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    said = run("numbers", "check", extract, "--column", "Numéro SIRET site").out
    assert said == (
        f"{extract}: 4 lignes, 3 valides, 1 invalide\n\nNuméro SIRET site (siret)\n"
        "             2  valides\n             1  vide\n"
        "             1  checksum/key  la clé ne correspond pas\n"
    )
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "rows" in run("numbers", "check", extract).out


def test_colours_come_and_go_as_the_environment_says(
    run: Run, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None in a pipe; FORCE_COLOR brings them; NO_COLOR wins."""
    plain = run("numbers", "check", extract).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("numbers", "check", extract).out
    assert "\x1b[31m" in coloured
    assert "\x1b[1m" in run("numbers", "check", "--help").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert run("numbers", "check", extract).out == plain
    assert "\x1b" not in plain


def test_each_code_has_its_words(run: Run, tmp_path: Path) -> None:
    """Every code that a file can bring out is explained, in both languages."""
    wrong = ["1A", "9\0", "9\u202e", "9٣", "9/", "9", "9" * 20, "0" * 11, WRONG, "9" * 12, "9é", "9\t"]
    lines = ["RPPS;SIRET;PS;ST", *(f"{each};{each};{each};{each}" for each in wrong)]
    lines += ["0;26750045300522;1234567890;123456789012", "1Z1234567;1;1;9" * 1, "x", "1;2;3;4;5"]
    path = write(tmp_path / "a.csv", "\n".join(lines))
    answer = run(
        *("numbers", "check", path, "--required", "--json", "--column", "RPPS=adeli"),
        *("--column", "SIRET", "--column", "PS=professional", "--column", "ST=structure"),
    )
    found = json.loads(answer.out)
    codes = {code for each in found["columns"] for code in each["refused"]} | set(found["unreadable"])
    assert len(codes) > 10
    assert codes <= set(LABELS)
    assert list(LABELS) == sorted(LABELS)
    assert all(english and french for english, french in LABELS.values())
