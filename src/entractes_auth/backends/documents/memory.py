"""Documents in this process's memory: the reference to read first, for tests and demonstrations."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from entractes_auth.backends.clock import Clock
from entractes_auth.backends.documents.sniff import HEAD_BYTES, TAIL_BYTES, sniff
from entractes_auth.backends.system import SystemClock
from entractes_auth.errors import DocumentRefused, NotFound, Problem
from entractes_auth.records.registration import Document

__all__ = ["MemoryDocuments"]


class MemoryDocuments:
    """`Documents` that end with the process. Thread-safe: each call is one operation on a dict."""

    __slots__ = ("_clock", "_contents", "_times")

    def __init__(self, clock: Clock | None = None) -> None:
        """`clock` says when a document is stored; default: the machine's."""
        self._clock = clock or SystemClock()
        self._contents: dict[str, bytes] = {}
        self._times: dict[str, datetime] = {}

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """See `Documents.put`. Nothing is kept before the whole document was read and accepted."""
        content = bytearray()
        for chunk in chunks:
            if len(content) + len(chunk) > maximum_bytes:
                raise DocumentRefused(Problem("document", "too_large", {"maximum_bytes": maximum_bytes}))
            content += chunk
        media_type = sniff(bytes(content[:HEAD_BYTES]), bytes(content[-TAIL_BYTES:]))
        document = Document(id=secrets.token_hex(16), media_type=media_type, size=len(content))
        self._times[document.id] = self._clock.now()
        self._contents[document.id] = bytes(content)
        return document

    def read(self, document_id: str) -> bytes:
        """See `Documents.read`."""
        content = self._contents.get(document_id)
        if content is None:
            raise NotFound("no such document")
        return content

    def delete(self, document_id: str) -> None:
        """See `Documents.delete`."""
        self._contents.pop(document_id, None)
        self._times.pop(document_id, None)

    def stored(self, before: datetime) -> tuple[str, ...]:
        """See `Documents.stored`."""
        return tuple(document_id for document_id, at in list(self._times.items()) if at <= before)

    def __len__(self) -> int:
        """How many documents are kept."""
        return len(self._contents)
