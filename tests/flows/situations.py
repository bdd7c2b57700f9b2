"""Situations that tests of several flows begin with."""

from __future__ import annotations

import pytest

from entractes_auth import Kind, State, Step
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.errors import (
    CodeRefused,
)
from entractes_auth.flows import confirmation, login, registration, review
from entractes_auth.redact import Secret
from entractes_auth.steps import StepData
from entractes_auth.testing import builders, scenario
from entractes_auth.testing.faults import Faults
from tests.flows.world import World

PAGES: tuple[StepData, ...] = (builders.identity(), builders.practice(), builders.care(), builders.contacts())


async def begun(world: World) -> registration.Draft:
    """An empty draft."""
    return await world.run(registration.begin(Kind.PROFESSIONAL))


async def asked(
    world: World, *steps: Step, document: bool = False, who: scenario.Applicant | None = None
) -> scenario.Waiting:
    """A registration that an operator sent back, with these steps flagged."""
    waiting = await world.run(scenario.in_review(world.inbox, who or scenario.applicant()))
    await world.run(
        review.ask(
            scenario.REVIEWER,
            waiting.registration_id,
            question="Est-ce bien votre nom ?",
            steps=frozenset(steps),
            document=document,
        )
    )
    return waiting


def documents_of(world: World) -> int:
    """How many documents the port keeps."""
    assert isinstance(world.documents, MemoryDocuments)
    return len(world.documents)


async def _draft(world: World) -> Secret:
    return (await world.run(scenario.drafted(scenario.applicant()))).link


async def _submitted(world: World) -> Secret:
    return (await world.submitted()).resume_link


async def _in_review(world: World) -> Secret:
    return (await world.in_review()).resume_link


async def _asked(world: World) -> Secret:
    return (await asked(world, Step.IDENTITY)).resume_link


async def _approved(world: World) -> Secret:
    return (await world.member()).resume_link


async def _rejected(world: World) -> Secret:
    waiting = await world.in_review()
    await world.run(review.reject(scenario.REVIEWER, waiting.registration_id, reason="Document illisible."))
    return waiting.resume_link


async def _withdrawn(world: World) -> Secret:
    link = await _submitted(world)
    await world.run(registration.withdraw(link))
    return link


async def _expired(world: World) -> Secret:
    link = await _submitted(world)
    world.clock.advance(world.policy.registration.draft_lifetime)
    return link


WAYS = {
    State.DRAFT: _draft,
    State.SUBMITTED: _submitted,
    State.IN_REVIEW: _in_review,
    State.NEEDS_INFORMATION: _asked,
    State.APPROVED: _approved,
    State.REJECTED: _rejected,
    State.WITHDRAWN: _withdrawn,
    State.EXPIRED: _expired,
}
"""How each state is reached; gives the applicant's own link."""


async def ticket_of(world: World, member: scenario.Member) -> Secret:
    """The ticket of a right password."""
    return (await world.run(login.begin(member.identifier, member.password))).ticket


async def refuse_code(world: World, ticket: Secret, code: str, times: int = 1) -> None:
    """Type a wrong code so many times."""
    for _ in range(times):
        with pytest.raises(CodeRefused):
            await world.run(login.verify(ticket, code=scenario.another(code)))


def hashes(faults: Faults) -> list[str]:
    """What was hashed; asking for the decoy hashes nothing."""
    names = [call.removeprefix("hasher.") for call in faults.calls]
    return [name for name in names if name != "decoy"]


async def refuse_confirmation(world: World, waiting: scenario.Waiting, times: int = 1) -> None:
    """Type a wrong code so many times."""
    for _ in range(times):
        with pytest.raises(CodeRefused):
            await world.run(confirmation.confirm(waiting.confirm_link, code=scenario.another(waiting.code)))
