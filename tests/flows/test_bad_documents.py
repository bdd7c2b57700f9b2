"""Documents that are too large, not what they seem, or broken off: nothing of them is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from entractes_auth import Kind, testing
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.errors import (
    DocumentRefused,
    Problem,
)
from entractes_auth.flows import registration, review
from entractes_auth.testing import scenario
from entractes_auth.testing import strategies as fr
from tests.flows.world import World

pytestmark = pytest.mark.anyio


class Endless:
    """A body of so many bytes, made as it is read, that counts what was read of it."""

    def __init__(self, size: int, head: bytes = scenario.PDF) -> None:
        self._size = size
        self._head = head
        self.read = 0
        self.largest = 0

    def __iter__(self) -> Iterator[bytes]:
        piece = 64 * 1024
        while self.read < self._size:
            chunk = (self._head if not self.read else b"").ljust(min(piece, self._size - self.read), b"\n")
            self.read += len(chunk)
            self.largest = max(self.largest, len(chunk))
            yield chunk


class TestDocuments:
    """What is sent as a document."""

    @pytest.fixture(params=["memory", "filesystem"])
    def documents(
        self, request: pytest.FixtureRequest, tmp_path: Path
    ) -> MemoryDocuments | FilesystemDocuments:
        """An empty port, and a folder that can be looked into."""
        (tmp_path / "documents").mkdir(mode=0o700)
        if request.param == "memory":
            return MemoryDocuments()
        return FilesystemDocuments(tmp_path / "documents")

    @staticmethod
    def kept(documents: MemoryDocuments | FilesystemDocuments, tmp_path: Path) -> int:
        """How many there are, parts of documents included."""
        if isinstance(documents, MemoryDocuments):
            return len(documents)
        return len(list((tmp_path / "documents").iterdir()))

    async def test_three_hundred_megabytes_are_not_read(
        self,
        documents: MemoryDocuments | FilesystemDocuments,
        sqlite: World,
        tmp_path: Path,
        dump: Callable[[], str],
    ) -> None:
        """Refused as soon as the maximum is passed: one chunk more is read, and nothing of it is kept."""
        world = sqlite.again(documents=documents)
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        before = dump()
        body = Endless(300 * 1024 * 1024)
        with pytest.raises(DocumentRefused) as refused:
            await world.run(registration.attach(draft.link, body))
        maximum = world.policy.documents.maximum_bytes
        assert refused.value.problems == (Problem("document", "too_large", {"maximum_bytes": maximum}),)
        assert maximum < body.read <= maximum + body.largest
        assert self.kept(documents, tmp_path) == 0
        assert dump() == before

    async def test_the_maximum_itself_is_accepted(
        self, documents: MemoryDocuments | FilesystemDocuments, memory: World, tmp_path: Path
    ) -> None:
        """To the byte."""
        rules = replace(memory.policy.documents, maximum_bytes=200_000)
        world = memory.again(documents=documents, policy=replace(memory.policy, documents=rules))
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        await world.run(registration.attach(draft.link, Endless(200_000)))
        with pytest.raises(DocumentRefused):
            await world.run(registration.attach(draft.link, Endless(200_001)))
        assert self.kept(documents, tmp_path) == 1

    async def test_a_name_says_nothing(self, memory: World) -> None:
        """There is no name to believe: a PDF that was called .jpg is shown to the reviewer as the PDF it is."""
        waiting = await memory.in_review()
        (document,) = (await memory.registration(waiting.registration_id)).documents
        seen = await memory.run(review.document(scenario.REVIEWER, waiting.registration_id, document.id))
        assert seen.document.media_type == "application/pdf"

    async def test_a_body_that_breaks_off(
        self, documents: MemoryDocuments | FilesystemDocuments, memory: World, tmp_path: Path
    ) -> None:
        """The host's own error comes back, and no half of a document is kept."""

        def broken() -> Iterator[bytes]:
            yield scenario.PDF
            raise ConnectionResetError

        world = memory.again(documents=documents)
        draft = await world.run(registration.begin(Kind.PROFESSIONAL))
        with pytest.raises(ConnectionResetError):
            await world.run(registration.attach(draft.link, broken()))
        assert self.kept(documents, tmp_path) == 0
        assert (await world.run(registration.resume(draft.link))).documents == ()


@given(fr.hostile_documents())
@settings(max_examples=60)
def test_a_hostile_document_is_named_by_what_is_wrong_with_it_and_nothing_of_it_is_kept(
    upload: fr.HostileUpload,
) -> None:
    """Pages, programs, archives, broken files, and files that another reader would take for something else."""
    with TemporaryDirectory() as folder:
        for documents in (MemoryDocuments(), FilesystemDocuments(Path(folder))):
            world = testing.World(documents=documents)
            draft = world.auth.run(registration.begin(Kind.PROFESSIONAL))
            with pytest.raises(DocumentRefused) as refused:
                world.auth.run(registration.attach(draft.link, [upload.content]))
            assert refused.value.problems == (Problem("document", upload.code),)
            assert world.auth.run(registration.resume(draft.link)).documents == ()
            assert len(documents) == 0 if isinstance(documents, MemoryDocuments) else not os.listdir(folder)
