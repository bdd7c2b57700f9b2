"""The kit as a whole: light to import, quick, the same at each run, and readable where a test fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy

from entractes_auth.numbers import Rpps
from entractes_auth.records.kinds import State, Step
from entractes_auth.records.registration import Registration
from entractes_auth.testing import strategies as fr
from tests.testing.drawing import sample

FACTORIES = [name for name in fr.__all__ if name[0].islower()]
NEEDED: dict[str, tuple[Any, ...]] = {
    "as_typed": (fr.rpps_numbers(),),
    "oversized_documents": (20_000,),
    "pages": (Step.CONTACTS,),
}


def strategy(name: str) -> SearchStrategy[Any]:
    make: Callable[..., SearchStrategy[Any]] = getattr(fr, name)
    return make(*NEEDED.get(name, ()))


def test_the_public_names_are_sorted_and_each_says_what_it_is() -> None:
    assert fr.__all__ == sorted(set(fr.__all__))
    for name in fr.__all__:
        assert getattr(fr, name).__doc__


def test_the_kits_root_does_not_import_hypothesis_and_the_strategies_do() -> None:
    """A host imports the clock and the messenger without the extra."""
    program = (
        "import sys, entractes_auth.testing\n"
        "print('hypothesis' in sys.modules)\n"
        "import entractes_auth.testing.strategies\n"
        "print('hypothesis' in sys.modules, 'pytest' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\nTrue False\n"


@pytest.mark.parametrize("name", FACTORIES)
def test_no_health_check_complains(name: str) -> None:
    """With none suppressed: nothing is filtered too often, too large or too slow."""
    drawn: list[object] = []

    @settings(max_examples=20, suppress_health_check=[], derandomize=True, database=None, deadline=None)
    @given(strategy(name))
    def draw(value: object) -> None:
        drawn.append(value)

    draw()
    assert len(drawn) >= 4


@pytest.mark.parametrize("name", FACTORIES)
def test_the_same_examples_come_at_each_run(name: str) -> None:
    assert sample(strategy(name), 10) == sample(strategy(name), 10)


QUICK = settings(
    max_examples=1_000, phases=(Phase.generate, Phase.shrink), derandomize=True, database=None, deadline=None
)


def notes_of(test: Callable[[], None]) -> str:
    """What Hypothesis tells of the failure of `test`."""
    with pytest.raises(AssertionError) as caught:
        test()
    return "\n".join(caught.value.__notes__)


def test_a_failing_example_shows_the_number_that_its_repr_hides() -> None:
    @QUICK
    @given(fr.rpps_numbers())
    def fails(number: Rpps) -> None:
        assert not number.startswith("99")

    assert "Rpps('99700218896')" in notes_of(fails)


def test_a_failing_example_shows_the_damaged_number() -> None:
    @QUICK
    @given(fr.almost_rpps_numbers())
    def fails(typed: str) -> None:
        assert "\0" not in typed

    assert r"typed='99700218896\x00'" in notes_of(fails)


def test_a_failing_example_shows_the_pages_of_a_registration(capsys: pytest.CaptureFixture[str]) -> None:
    """Their repr shows nothing, and that would be all that one is told."""

    @QUICK
    @given(fr.registrations(states=[State.IN_REVIEW]))
    def fails(record: Registration) -> None:
        assert record.identity is None

    told = notes_of(fails) + capsys.readouterr().out
    assert "'last_name': 'Durand'" in told
    assert "state=<State.IN_REVIEW" in told
