"""Documents in the wizard: found out from their content, counted, and gone when they are taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from entractes_auth.errors import (
    DocumentRefused,
    InvalidInput,
    Limited,
    NotFound,
    NotPossibleNow,
    Problem,
)
from entractes_auth.flows import registration
from entractes_auth.testing import scenario
from tests.flows.situations import begun, documents_of
from tests.flows.world import World

pytestmark = pytest.mark.anyio


DAY = timedelta(days=1)


class TestDocuments:
    """`attach` and `detach`"""

    async def test_an_attached_document_can_be_read_by_a_reviewer(self, world: World) -> None:
        """In whatever chunks it comes, it is the same document, and its type is found from its content."""
        draft = await begun(world)
        chunks = (scenario.PDF[at : at + 7] for at in range(0, len(scenario.PDF), 7))
        seen = await world.run(registration.attach(draft.link, chunks))
        (document,) = seen.documents
        assert (document.media_type, document.size) == ("application/pdf", len(scenario.PDF))
        assert world.documents.read(document.id) == scenario.PDF

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"Bonjour", "not_accepted"),
            (scenario.PDF + b"PK\x05\x06" + bytes(18), "ambiguous"),
        ],
        ids=["empty", "text", "polyglot"],
    )
    async def test_another_file_is_refused_and_nothing_kept(
        self, content: bytes, code: str, memory: World
    ) -> None:
        """Neither the port nor the record has anything of it."""
        draft = await begun(memory)
        before = await memory.registration(draft.id)
        with pytest.raises(DocumentRefused) as refused:
            await memory.run(registration.attach(draft.link, [content]))
        assert refused.value.problems == (Problem("document", code),)
        assert await memory.registration(draft.id) == before
        assert documents_of(memory) == 0

    async def test_no_more_than_the_policy_says(self, memory: World) -> None:
        """The sixth is refused before a byte of it is read."""
        draft = await begun(memory)
        maximum = memory.policy.documents.maximum_count
        for _ in range(maximum):
            await memory.run(registration.attach(draft.link, [scenario.PDF]))
        unread = iter([scenario.PDF])
        with pytest.raises(InvalidInput) as refused:
            await memory.run(registration.attach(draft.link, unread))
        assert refused.value.problems == (Problem("document", "too_many", {"maximum": maximum}),)
        assert list(unread) == [scenario.PDF]
        assert documents_of(memory) == maximum

    async def test_uploads_of_one_registration_are_counted(self, memory: World) -> None:
        """Attaching and taking back in turn ends with the day's budget, which says when it is back."""
        draft = await begun(memory)
        began = memory.clock.now()
        for _ in range(memory.policy.limits.documents_per_registration.amount):
            seen = await memory.run(registration.attach(draft.link, [scenario.PDF]))
            await memory.run(registration.detach(draft.link, seen.documents[0].id))
        with pytest.raises(Limited) as limited:
            await memory.run(registration.attach(draft.link, [scenario.PDF]))
        assert limited.value.retry_at == began + DAY
        assert documents_of(memory) == 0

    async def test_none_is_added_or_taken_back_once_it_is_handed_in(self, memory: World) -> None:
        """The operator decides on what was handed in."""
        waiting = await memory.submitted()
        (document,) = (await memory.registration(waiting.registration_id)).documents
        for flow in (
            registration.attach(waiting.resume_link, [scenario.PDF]),
            registration.detach(waiting.resume_link, document.id),
        ):
            with pytest.raises(NotPossibleNow):
                await memory.run(flow)
        assert memory.documents.read(document.id) == scenario.PDF
        assert documents_of(memory) == 1

    async def test_one_taken_back_is_gone(self, world: World) -> None:
        """Its file too; the others stay; and a second time there is nothing to take back."""
        draft = await begun(world)
        await world.run(registration.attach(draft.link, [scenario.PDF]))
        kept, gone = (await world.run(registration.attach(draft.link, [scenario.PDF]))).documents
        seen = await world.run(registration.detach(draft.link, gone.id))
        assert seen.documents == (kept,)
        assert documents_of(world) == 1
        with pytest.raises(NotFound):
            await world.run(registration.detach(draft.link, gone.id))

    async def test_another_applicants_document_cannot_be_taken_back(self, memory: World) -> None:
        """The id alone does nothing."""
        mine, theirs = await begun(memory), await begun(memory)
        seen = await memory.run(registration.attach(theirs.link, [scenario.PDF]))
        with pytest.raises(NotFound):
            await memory.run(registration.detach(mine.link, seen.documents[0].id))
        assert memory.documents.read(seen.documents[0].id) == scenario.PDF
