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


def test_what_takes_long_is_done_before_hypothesis_measures() -> None:
    """The first registration would else load phone plans and catalogues, and on a busy machine be refused as slow."""
    program = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from entractes_auth.testing import strategies as fr\n"
        "made = [fr.registrations(), fr.members(), fr.accounts(), fr.applicants()]\n"
        "before = set(sys.modules)\n"
        "[strategy.example() for strategy in made]\n"
        "print([name for name in set(sys.modules) - before if name.startswith('phonenumbers.phone')])\n"
        "print('phonenumbers.data.region_PF' in before, 'email_validator' in before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nTrue True\n"


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


SHOWN: dict[str, tuple[SearchStrategy[Any], Callable[[Any], bool], str]] = {
    "what was typed, beside the number": (
        fr.as_typed(fr.rpps_numbers()),
        lambda one: " " not in one.typed,
        "Typed(typed=' 99700218896 ', value=Rpps('99700218896'))",
    ),
    "a phone": (
        fr.mobiles(),
        lambda one: one.region != "GP",
        "Phone(typed='06 90 34 56 78', value='+590690345678', region='GP')",
    ),
    "an address": (
        fr.addresses(),
        lambda one: "CEDEX" not in one.city,
        "Address(street='1 rue de l’Église',",
    ),
    "an e-mail": (
        fr.typed_emails(),
        lambda one: "+" not in one.typed,
        "Typed(typed='marie+rdv@example.fr', value='marie+rdv@example.fr')",
    ),
    "a number with a wrong digit": (fr.almost_rpps_numbers(), lambda one: len(one) != 11, "'09700218896'"),
    "a number with a NUL": (fr.almost_rpps_numbers(), lambda one: "\0" not in one, r"'99700218896\x00'"),
    "a phone with a letter": (fr.refused_mobiles(), lambda one: "O" not in one, "'0O12345678'"),
    "a page": (fr.identity_pages(), lambda one: len(one["last_name"]) < 5, "'last_name': 'Durand'"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_failing_example_shows_the_value_and_not_how_the_kit_made_it(name: str) -> None:
    values, holds, shown = SHOWN[name]

    @QUICK
    @given(values)
    def fails(value: Any) -> None:
        assert holds(value)

    told = notes_of(fails)
    assert shown in told
    assert "=_" not in told, told  # a call of a function of the kit's own


def test_a_failing_example_shows_the_pages_of_a_registration(capsys: pytest.CaptureFixture[str]) -> None:
    """Their repr shows nothing, and that would be all that one is told."""

    @QUICK
    @given(fr.registrations(states=[State.IN_REVIEW]))
    def fails(record: Registration) -> None:
        assert record.identity is None

    told = notes_of(fails) + capsys.readouterr().out
    assert "'last_name': 'Durand'" in told
    assert "state=<State.IN_REVIEW" in told
