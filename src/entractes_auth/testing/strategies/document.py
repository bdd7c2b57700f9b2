"""Supporting documents as bytes: real files of each accepted type, and those that must be refused.

The accepted ones are small, but whole: programs open them. The refused ones say which code the refusal
must have: `empty`, `too_large`, `not_accepted`, or `ambiguous` where two readers would find two types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies import _files

__all__ = ["HostileUpload", "Upload", "documents", "hostile_documents", "oversized_documents"]

SMALLEST_SIZE: Final = 1024
"""The smallest `size` that can be asked for, in bytes: each type has room for its padding by then."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of an accepted type: its bytes, and the media type that must be found in them."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class HostileUpload:
    """A file that must be refused with the problem `code`; `what` says in words what it is."""

    content: bytes
    code: str
    what: str


# Each with the bytes from its start that tell it from any other type.
_TYPES: Final[Mapping[str, tuple[Callable[[int], bytes], int]]] = {
    "application/pdf": (lambda extra: _files.pdf(extra=extra), 5),
    "image/jpeg": (lambda extra: _files.jpeg(extra=extra), 3),
    "image/png": (lambda extra: _files.png(extra=extra), 16),
    "image/heic": (lambda extra: _files.heic(extra=extra), 12),
}


def documents(*, size: int | None = None) -> SearchStrategy[Upload]:
    """PDF, JPEG, PNG and HEIC files, each as small as can be, or of exactly `size` bytes (at least 1,024).

    Shrinks to a PDF of one empty page. Raises ValueError for a smaller size.
    """
    if size is not None and size < SMALLEST_SIZE:
        raise ValueError(f"the smallest size is {SMALLEST_SIZE} bytes")
    types = st.sampled_from(tuple(_TYPES))
    if size is not None:
        return st.builds(_of_size, types, st.just(size))
    pictures = st.builds(_files.png, st.integers(1, 32), st.integers(1, 32), st.integers(0, 255))
    return st.one_of(
        st.builds(_of_size, types, st.just(0) | st.integers(SMALLEST_SIZE, 9_000)),
        pictures.map(lambda content: Upload(content, "image/png")),
    )


def oversized_documents(maximum_bytes: int) -> SearchStrategy[HostileUpload]:
    """Files of every accepted type that are larger than `maximum_bytes`, by one byte or by many.

    Each is made whole in memory: a test runs quicker over a policy with a small maximum.
    """
    sizes = st.sampled_from((1, 2, 4096, 65_536)).map(lambda more: max(maximum_bytes + more, SMALLEST_SIZE))
    uploads = st.builds(_of_size, st.sampled_from(tuple(_TYPES)), sizes)
    return uploads.map(
        lambda upload: HostileUpload(upload.content, "too_large", f"large {upload.media_type}")
    )


def hostile_documents() -> SearchStrategy[HostileUpload]:
    """Files that must be refused, whatever their name says. Shrinks to the empty file."""
    types = st.sampled_from(tuple(_TYPES))
    return st.one_of(
        st.builds(HostileUpload, st.just(b""), st.just("empty"), st.just("empty")),
        st.sampled_from(tuple(_OTHERS)).map(_other),
        st.builds(_cut, types, st.integers(1, 15)),
        st.builds(_one_bit_wrong, types, st.integers(0, 15), st.integers(0, 7)),
        st.builds(_behind, types, st.sampled_from(_IN_FRONT)),
        st.builds(_picture_and_page, st.booleans(), st.sampled_from(_MARKUP), st.integers(0, 600)),
        st.builds(_picture_and_pdf, types.filter(lambda one: one != "application/pdf"), st.integers(0, 600)),
        st.builds(_also_archive, types, st.integers(0, 65_535)),
    )


def _of_size(media_type: str, size: int) -> Upload:
    """The smallest file of the type for 0."""
    make, _ = _TYPES[media_type]
    return Upload(make(size - len(make(0)) if size else 0), media_type)


def _small(media_type: str) -> bytes:
    return _of_size(media_type, 0).content


def _other(what: str) -> HostileUpload:
    return HostileUpload(_OTHERS[what], "not_accepted", what)


def _cut(media_type: str, length: int) -> HostileUpload:
    """Broken off while what tells its type was still on the way."""
    head = _TYPES[media_type][1]
    return HostileUpload(_small(media_type)[: min(length, head - 1)], "not_accepted", f"cut {media_type}")


def _one_bit_wrong(media_type: str, place: int, bit: int) -> HostileUpload:
    """A wrong magic number. In HEIC the first four bytes are a length, and the last of the brand have variants."""
    first, last = (4, 9) if media_type == "image/heic" else (0, _TYPES[media_type][1])
    at = first + place % (last - first)
    content = _small(media_type)
    wrong = content[:at] + bytes((content[at] ^ 1 << bit,)) + content[at + 1 :]
    return HostileUpload(wrong, "not_accepted", f"damaged {media_type}")


def _behind(media_type: str, front: bytes) -> HostileUpload:
    return HostileUpload(front + _small(media_type), "not_accepted", f"{media_type} behind {front!r}")


def _picture_and_page(as_jpeg: bool, markup: bytes, gap: int) -> HostileUpload:
    """A real picture whose comment is a page, for a browser that guesses or a server that executes."""
    text = b" " * gap + markup
    content = _files.jpeg(text=text) if as_jpeg else _files.png(text=text)
    return HostileUpload(content, "ambiguous", f"picture with {markup!r}")


def _picture_and_pdf(media_type: str, gap: int) -> HostileUpload:
    """Readers look for a PDF's head in the first kilobyte."""
    content = _small(media_type) + bytes(gap) + _files.pdf()
    return HostileUpload(content, "ambiguous", f"{media_type} with a PDF")


def _also_archive(media_type: str, comment: int) -> HostileUpload:
    """An archive is read from its end, with a comment of up to 65,535 bytes: a JAR, an office document, a ZIP."""
    ended = _small(media_type) + _ZIP_END + comment.to_bytes(2, "little") + bytes(comment)
    return HostileUpload(ended, "ambiguous", f"{media_type} that is also an archive")


_ZIP_END: Final = b"PK\x05\x06" + bytes(16)
_IN_FRONT: Final = (
    b"\n",
    b" ",
    b"\0",
    b"\xef\xbb\xbf",
    b"GIF89a",
    b"MZ",
    b"PK\x03\x04",
    b"<html>",
    b"#!/bin/sh\n",
)
_MARKUP: Final = (
    b"<html><body onload=alert(1)>",
    b"<HTML>",
    b"<script>alert(1)</script>",
    b"<ScRiPt src=//example.org>",
    b"<!DOCTYPE html>",
    b'<svg onload="alert(1)">',
    b"<?php system($_GET[0]); ?>",
)
# A member of 4 GiB less one byte of zeros, announced in a head of 30 bytes: what a "zip bomb" begins with.
_ZIP_BOMB: Final = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(8) + b"\x44\0\0\0\xff\xff\xff\xff\x01\0\0\0a\x03\0"
_OTHERS: Final[Mapping[str, bytes]] = {
    "text": b"Bonjour",
    "page": b"<!doctype html><html><script>alert(1)</script></html>",
    "SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "XML that reads a file": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "Windows program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
    "Linux program": b"\x7fELF\x02\x01\x01" + bytes(9),
    "shell script": b"#!/bin/sh\nrm -rf .\n",
    "zip bomb": _ZIP_BOMB,
    "gzip bomb": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\xec\xc1\x01\r\0\0\0\xc2\xa0",
    "rich text": rb"{\rtf1\ansi {\object\objocx}}",
    "old office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(24),
    "PostScript": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
    "GIF": b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0;",
    "TIFF": b"II*\0\x08\0\0\0\0\0",
    "BMP": b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0",
    "WebP": b"RIFF\x1a\0\0\0WEBPVP8L",
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
    "AVIF that says HEIF first": b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif",
    "certificate": b"-----BEGIN CERTIFICATE-----\n",
}
