"""Documents in this process's memory: the reference to read first, for tests and demonstrations."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from entractes_auth.backends.documents.sniff import HEAD_BYTES, TAIL_BYTES, sniff
from entractes_auth.errors import DocumentRefused, NotFound, Problem
from entractes_auth.records.registration import Document

__all__ = ["MemoryDocuments"]


class MemoryDocuments:
    """`Documents` that end with the process. Thread-safe: each call is one operation on a dict."""

    __slots__ = ("_contents",)

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        """See `Documents.put`. Nothing is kept before the whole document was read and accepted."""
        content = bytearray()
        for chunk in chunks:
            if len(content) + len(chunk) > maximum_bytes:
                raise DocumentRefused(Problem("document", "too_large", {"maximum_bytes": maximum_bytes}))
            content += chunk
        media_type = sniff(bytes(content[:HEAD_BYTES]), bytes(content[-TAIL_BYTES:]))
        document = Document(id=secrets.token_hex(16), media_type=media_type, size=len(content))
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

    def __len__(self) -> int:
        """How many documents are kept."""
        return len(self._contents)
