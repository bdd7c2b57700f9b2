"""What the operator is told about a registration, alone, against a directory, and against other records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entractes_auth import State
from entractes_auth.flows import review
from entractes_auth.flows.examination import examine
from entractes_auth.numbers.adeli import Adeli
from entractes_auth.numbers.directory_answer import DirectoryAnswer, DirectorySays, NotListed
from entractes_auth.numbers.finess import Finess
from entractes_auth.testing import builders, scenario
from tests.flows.world import World

NURSE_WITH_ADELI = builders.practice(1, professional_number=Adeli("756123451"), structure_number=None)


def codes(answer: DirectorySays | None = None) -> list[str]:
    registration = builders.registration(1, State.IN_REVIEW, practice=NURSE_WITH_ADELI)
    return [one.code for one in examine(registration, answer=answer)]


def test_an_adeli_is_graded_with_the_profession_and_the_address() -> None:
    assert codes() == ["adeli_left_long_ago", "department_differs"]


def test_an_empty_draft_has_no_finding() -> None:
    empty = replace(builders.registration(1), identity=None, practice=None)
    listed = DirectoryAnswer(last_name="X", first_name="Y", postcodes=("13001",))
    assert examine(empty, answer=listed) == examine(empty) == ()


def test_an_establishment_without_a_profession_is_not_told_to_have_an_unknown_one() -> None:
    practice = builders.practice(1, profession="", structure_number=Finess("290000017"))
    registration = builders.registration(1, practice=practice)
    assert [one.code for one in examine(registration)] == ["rpps_test_identity"]


def test_the_answer_of_a_directory_is_compared_with_the_pages() -> None:
    registration = builders.registration(1, State.IN_REVIEW)
    assert registration.identity is not None
    same = DirectoryAnswer(
        last_name=registration.identity.last_name.upper(),
        first_name="ZOE",
        profession_codes=("60",),
        postcodes=("29000",),
        structure_numbers=("2A0000022",),
    )
    assert examine(registration, answer=same) == examine(registration)
    other = DirectoryAnswer(
        last_name="DURAND",
        first_name="ZOE ANNE",
        profession_codes=("10",),
        postcodes=("13001",),
        structure_numbers=("540002698",),
    )
    more = examine(registration, answer=other)[len(examine(registration)) :]
    assert [one.code for one in more] == [
        "directory_last_name_differs",
        "directory_first_name_in_part",
        "directory_profession_differs",
        "directory_department_differs",
        "directory_structure_differs",
    ]


def test_a_number_that_the_directory_does_not_know_is_told() -> None:
    assert codes(answer=NotListed())[-1] == "directory_not_listed"


@pytest.mark.anyio
@pytest.mark.parametrize(("accepted", "severity"), [(True, "info"), (False, "warning")])
async def test_the_operator_is_warned_of_a_test_identity_where_none_is_accepted(
    accepted: bool, severity: str, world: World
) -> None:
    """It was accepted when it was typed: the policy has changed since."""
    waiting = await world.in_review()
    rules = replace(
        world.policy, registration=replace(world.policy.registration, accept_test_numbers=accepted)
    )
    dossier = await world.again(policy=rules).run(review.read(scenario.REVIEWER, waiting.registration_id))
    [test] = [one for one in dossier.findings if one.code == "rpps_test_identity"]
    assert test.severity == severity


@pytest.mark.anyio
async def test_the_operator_sees_what_the_numbers_say_in_the_dossier(world: World) -> None:
    waiting = await world.in_review(practice=NURSE_WITH_ADELI)
    dossier = await world.run(review.read(scenario.REVIEWER, waiting.registration_id))
    assert {"adeli_left_long_ago", "department_differs"} <= {one.code for one in dossier.findings}
