"""Documents in memory keep to the port's contract."""

from __future__ import annotations

from datetime import timedelta

import pytest

from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.ports import Documents
from entractes_auth.errors import DocumentRefused, NotFound
from entractes_auth.testing import FrozenClock
from tests.backends.documents.samples import HEIC, PDF


def test_what_was_put_is_read_back_until_it_is_deleted() -> None:
    documents: Documents = MemoryDocuments()
    document = documents.put([PDF[:4], b"", PDF[4:]], len(PDF))
    assert (document.media_type, document.size) == ("application/pdf", len(PDF))
    assert documents.read(document.id) == PDF
    documents.delete(document.id)
    documents.delete(document.id)
    with pytest.raises(NotFound):
        documents.read(document.id)


def test_two_puts_of_one_content_are_two_documents() -> None:
    documents = MemoryDocuments()
    assert documents.put([HEIC], 10_000).id != documents.put([HEIC], 10_000).id
    assert len(documents) == 2


def test_a_refused_document_leaves_nothing() -> None:
    documents = MemoryDocuments()
    for content, maximum in ((b"", 100), (b"text", 100), (PDF, len(PDF) - 1)):
        with pytest.raises(DocumentRefused):
            documents.put([content], maximum)
    assert len(documents) == 0


def test_what_is_stored_is_listed_from_its_instant_on() -> None:
    """Until it is deleted; by the clock that it was given."""
    clock = FrozenClock()
    documents: Documents = MemoryDocuments(clock)
    first = documents.put([PDF], len(PDF)).id
    at = clock.now()
    clock.advance(timedelta(hours=1))
    second = documents.put([HEIC], len(HEIC)).id
    assert documents.stored(at - timedelta(microseconds=1)) == ()
    assert documents.stored(at) == (first,)
    assert set(documents.stored(clock.now())) == {first, second}
    documents.delete(first)
    assert documents.stored(clock.now()) == (second,)
