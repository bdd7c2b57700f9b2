"""The professions are pairs of a table and a code, read once, at first use."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from entractes_auth.numbers import (
    Profession,
    find_profession,
    offered_professions,
    profession,
    profession_of_code,
)


def facts() -> list[dict[str, str]]:
    """The agency's tables as they were read: table, code, French label, status and source."""
    file = Path(__file__).with_name("professions_facts.csv")
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def test_every_profession_of_the_agencys_tables_is_there_as_they_have_it() -> None:
    assert len(facts()) == 48
    for row in facts():
        found = profession(row["table"], row["code"])
        assert found is not None
        assert (found.label_fr, found.status) == (row["label"], row["status"])


def test_the_catalogue_offers_what_the_agencys_tables_have_active_and_nothing_else() -> None:
    active = [f"{row['table']}/{row['code']}" for row in facts() if row["status"] == "active"]
    assert [one.key for one in offered_professions()] == active


def test_a_profession_is_found_by_its_pair_and_by_its_key() -> None:
    nurse = profession("TRE_G15-ProfessionSante", "60")
    assert nurse is not None
    assert (nurse.label_fr, nurse.label_en) == ("Infirmier", "Nurse")
    assert nurse.key == "TRE_G15-ProfessionSante/60"
    assert find_profession(nurse.key) is nurse


def test_code_93_is_deprecated_in_one_table_and_offered_in_the_other() -> None:
    former = profession("TRE_G15-ProfessionSante", "93")
    current = profession("TRE_R95-UsagerTitre", "93")
    assert former is not None
    assert current is not None
    assert not former.offered
    assert current.offered


def test_deprecated_codes_are_readable_and_not_offered() -> None:
    offered = offered_professions()
    assert len(offered) == 42
    assert all(one.offered for one in offered)
    assistant = profession("TRE_G15-ProfessionSante", "35")
    assert assistant is not None
    assert assistant not in offered


@pytest.mark.parametrize("status", ["", "abrogated", "Active", "active since 2024", "deprecated"])
def test_no_status_but_active_is_offered(status: str) -> None:
    assert not Profession("TRE_G15-ProfessionSante", "60", "Infirmier", "Nurse", status, "2021-10").offered


def test_a_code_alone_is_that_of_an_offered_profession_first() -> None:
    psychologist, assistant = profession_of_code("93"), profession_of_code("35")
    assert psychologist is not None
    assert psychologist.key == "TRE_R95-UsagerTitre/93"
    assert assistant is not None
    assert not assistant.offered
    assert profession_of_code("00") is None


def test_each_profession_left_adeli_in_a_month_between_2011_and_september_2024() -> None:
    """Or nothing says when."""
    moved = [one.in_rpps_since for one in offered_professions() if one.in_rpps_since]
    assert len(moved) == 28
    assert all(re.fullmatch(r"20[12][0-9](-(03|06|09|10|12))?", since) for since in moved)
    assert min(moved) == "2011"
    assert max(moved) == "2024-09"


def test_what_no_table_has_is_none() -> None:
    assert profession("TRE_G15-ProfessionSante", "00") is None
    assert profession("TRE_R95-UsagerTitre", "60") is None
    assert find_profession("60") is None


def test_codes_are_unique_over_the_offered_professions() -> None:
    codes = [one.code for one in offered_professions()]
    assert len(codes) == len(set(codes))


def test_every_profession_has_a_label_in_both_languages_and_a_key_of_its_own() -> None:
    offered = offered_professions()
    assert all(one.label_fr.strip() and one.label_en.strip() for one in offered)
    assert len({one.label_fr for one in offered}) == len({one.label_en for one in offered}) == len(offered)


def test_importing_reads_no_file() -> None:
    """Nothing is done at import: the table is read by the first question."""
    program = (
        "from entractes_auth.numbers import catalogue as c; "
        "before = c._by_key.cache_info().currsize; c.offered_professions(); c.offered_professions(); "
        "print(before, c._by_key.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]
