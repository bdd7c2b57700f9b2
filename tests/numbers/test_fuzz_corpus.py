"""What the fuzzer found worth keeping is checked at each run of the tests, and the check would see a bug."""

from __future__ import annotations

import operator
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from entractes_auth.errors import NumberRefused
from entractes_auth.numbers import finess, idnat, names, siren, siret
from fuzz import corpus
from fuzz.checks import check
from fuzz.inputs import BASES

INPUTS = corpus.inputs()


@pytest.mark.parametrize("data", INPUTS, ids=[f"line {number}" for number in range(1, 1 + len(INPUTS))])
def test_every_kept_input_is_read_or_refused_as_the_rules_say(data: bytes) -> None:
    check(data)


def test_the_corpus_holds_inputs_of_every_sort() -> None:
    """A file cut short would make the test above pass."""
    assert len(INPUTS) > 100
    assert {data[:1] for data in INPUTS} >= {b"m", b"n", b"f"}
    assert any(data[:1].isdigit() for data in INPUTS)


@pytest.mark.parametrize("data", [text.encode() for text in BASES])
def test_every_number_that_the_fuzzer_begins_with_is_read_or_refused(data: bytes) -> None:
    check(data)


def always(answer: object) -> Callable[[object], object]:
    return lambda _: answer


@pytest.mark.parametrize(
    ("module", "name", "planted", "seen_by"),
    [
        (siren, "is_valid", always(True), b"267500453"),
        (siren, "is_valid", always(False), b"267500452"),
        (siret, "_LA_POSTE", b"no company", b"35600000024249"),
        (siret, "_NO_COMPANY", b"no company", b"00000000000018"),
        (finess, "_judge", always(b"750100125"), b"2A0000014"),
        (siren.Siren, "masked", "267500452", b"267500452"),
        (siren.Siren, "formatted", "267 500 453", b"267500452"),
        (idnat, "_EMPLOYEE_PREFIXES", None, b"3750100125"),
        (names, "comparison_key", always("A  B"), b"nA|B"),
        (names, "_same", operator.lt, b"nA|B"),
    ],
)
def test_the_check_sees_a_planted_bug(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType | type, name: str, planted: object, seen_by: bytes
) -> None:
    monkeypatch.setattr(module, name, planted)
    with pytest.raises((AssertionError, NumberRefused, TypeError)):
        check(seen_by)


def test_what_is_unpacked_packs_again_as_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = corpus.CORPUS.read_bytes()
    corpus.unpack(tmp_path / "inputs")
    monkeypatch.setattr(corpus, "CORPUS", tmp_path / "corpus.txt")
    corpus.pack(tmp_path / "inputs")
    assert corpus.CORPUS.read_bytes() == kept
