"""Pages of the kit: the wizard takes the good ones, and names the one field that is wrong in the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.errors import InvalidInput
from entractes_auth.numbers.finess import Finess
from entractes_auth.numbers.rpps import Rpps
from entractes_auth.numbers.siren import Siren
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Kind, Step
from entractes_auth.steps import Care, Contacts, Identity, Practice, StepData, check_step, parse_step
from entractes_auth.testing import strategies as fr
from tests.testing.drawing import found, sample, simplest

steps = pytest.mark.parametrize("step", Step)
GOOD = {step: fr.pages(step) for step in Step}
BAD = {step: fr.refused_pages(step) for step in Step}
PRACTICES = {kind: fr.practice_pages(kind) for kind in Kind}
MODELS: dict[Step, type[StepData]] = {
    Step.IDENTITY: Identity,
    Step.PRACTICE: Practice,
    Step.CARE: Care,
    Step.CONTACTS: Contacts,
}


@steps
@given(data=st.data())
def test_the_wizard_takes_a_page_and_so_does_the_default_policy(step: Step, data: st.DataObject) -> None:
    page = parse_step(step, data.draw(GOOD[step]))
    check_step(page, Policy(), Kind.PROFESSIONAL)
    assert type(page) is MODELS[step]


@pytest.mark.parametrize("kind", Kind)
@given(data=st.data())
def test_a_practice_is_good_for_its_kind(kind: Kind, data: st.DataObject) -> None:
    check_step(parse_step(Step.PRACTICE, data.draw(PRACTICES[kind])), Policy(), kind)


def test_only_establishments_have_no_profession() -> None:
    assert found(fr.practice_pages(Kind.ESTABLISHMENT), lambda page: not page["profession"])
    assert all(page["profession"] for page in sample(fr.practice_pages(Kind.SOCIAL_CARE), 100))


@given(
    fr.practice_pages(
        professional=fr.rpps_numbers(), structure=fr.finess_numbers(department="2A"), networks=("guild",)
    )
)
def test_a_practice_has_the_numbers_and_the_networks_that_were_asked_for(page: dict[str, object]) -> None:
    read = parse_step(Step.PRACTICE, page)
    assert isinstance(read, Practice)
    assert read.networks == ("guild",)
    assert isinstance(read.professional_number, Rpps | None)
    assert read.structure_number is None or read.structure_number.startswith("2A")


@pytest.mark.parametrize("kind", [Rpps, Finess, Siren])
def test_a_practice_may_have_any_kind_of_number(kind: type) -> None:
    def has_one(page: dict[str, object]) -> bool:
        read = parse_step(Step.PRACTICE, page)
        assert isinstance(read, Practice)
        return kind in (type(read.professional_number), type(read.structure_number))

    assert found(fr.practice_pages(), has_one)


@steps
@given(data=st.data())
def test_a_refused_page_has_one_problem_and_it_is_in_the_field_that_is_named(
    step: Step, data: st.DataObject
) -> None:
    page = data.draw(BAD[step])
    with pytest.raises(InvalidInput) as refused:
        parse_step(page.step, page.data)
    assert page.step is step
    assert [problem.field for problem in refused.value.problems] == [page.field]


@pytest.mark.parametrize("step", Step)
def test_every_field_is_the_wrong_one_in_its_turn(step: Step) -> None:
    fields = {f"{step}.{name}" for name in MODELS[step].model_fields}
    assert {page.field for page in sample(BAD[step], 250)} == {*fields, step.value}


def test_pages_of_every_step_are_refused() -> None:
    assert {page.step for page in sample(fr.refused_pages(), 100)} == set(Step)


def test_the_simplest_pages_are_ones_that_one_reads() -> None:
    assert simplest(fr.identity_pages()) == {
        "last_name": "Durand",
        "first_name": "Zoé",
        "organisation": "",
        "street": "1 rue de l’Église",
        "postcode": "75001",
        "city": "Paris",
    }
    assert simplest(fr.contacts_pages()) == {
        "mobile": "06 12 34 56 78",
        "contact_phone": "",
        "email": "marie@example.fr",
        "newsletter": False,
    }
    assert simplest(fr.care_pages()) == {"visit": True, "consultation": True}


def test_a_found_page_is_simple_but_for_what_is_wrong() -> None:
    """A form that stops at the first line end would be shown this."""
    page = simplest(fr.refused_pages(Step.IDENTITY), lambda page: "\n" in str(page.data.get("last_name")))
    assert page.data == {**simplest(fr.identity_pages()), "last_name": "\nDurand"}
