"""The professions are pairs of a table and a code, read once, at first use."""

from __future__ import annotations

import subprocess
import sys

from entractes_auth.numbers import find_profession, offered_professions, profession


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
