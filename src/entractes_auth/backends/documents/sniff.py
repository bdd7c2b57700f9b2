"""What a file is, from its content: a name and a declared type are whatever the sender wrote.

Pure. The first `HEAD_BYTES` and the last `TAIL_BYTES` are all that is looked at, since this is where
readers look. Accepted: PDF, JPEG, PNG, HEIC. A file that some other reader would take for
something else (a "polyglot") is refused, because the operator's browser or mail client may be
that reader.

Accepted weakness: a well-formed PDF or image is not disarmed, only named. Show documents with the
media type found here, `X-Content-Type-Options: nosniff`, and in a sandbox without scripts.
"""

from __future__ import annotations

from typing import Final

from entractes_auth.errors import DocumentRefused, Problem

__all__ = ["HEAD_BYTES", "TAIL_BYTES", "sniff"]

HEAD_BYTES: Final = 1024
# A ZIP's end record (22 bytes) and its longest comment: APPNOTE.TXT 4.3.16. Readers search backwards for it.
TAIL_BYTES: Final = 22 + 65_535

_PDF: Final = b"%PDF-"  # ISO 32000-2, section 7.5.2; common readers take it anywhere in the first 1,024 bytes
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER: Final = (
    b"\x00\x00\x00\x0dIHDR"  # the first chunk, of 13 bytes: PNG (W3C, third edition) section 11.2.1
)
_ZIP_END: Final = b"PK\x05\x06"
# ISO/IEC 23008-12, annex B: HEVC-coded images and sequences, then the two brands that leave the codec open.
_HEVC_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_OPEN_BRANDS: Final = frozenset((b"mif1", b"msf1"))
_AV1_BRANDS: Final = frozenset((b"avif", b"avis"))
# What makes a browser that sniffs, or a server that executes, take an image for a page. XMP, which
# cameras do write, starts with "<?xpacket" or "<x:xmpmeta" and is none of these.
_MARKUP: Final = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?php")


def sniff(head: bytes, tail: bytes) -> str:
    """The media type of a file: "application/pdf", "image/jpeg", "image/png" or "image/heic".

    `head` is its first `HEAD_BYTES` bytes and `tail` its last `TAIL_BYTES`, or all of a shorter file.

    Raises:
        DocumentRefused: field "document"; code "empty", "not_accepted", or "ambiguous" where another
            reader would find another type.
    """
    if not head:
        raise _refused("empty")
    media_type = _media_type(head)
    if media_type is None:
        raise _refused("not_accepted")
    if _ZIP_END in tail[-TAIL_BYTES:]:
        # Also a JAR or an office document with macros: they are all ZIP files.
        raise _refused("ambiguous")
    if media_type != "application/pdf" and _poses_as_page(head[:HEAD_BYTES]):
        raise _refused("ambiguous")
    return media_type


def _media_type(head: bytes) -> str | None:
    if head.startswith(_PDF):
        return "application/pdf"
    if head.startswith(_JPEG):
        return "image/jpeg"
    if head.startswith(_PNG + _PNG_HEADER):
        return "image/png"
    return "image/heic" if _is_heic(head) else None


def _is_heic(head: bytes) -> bool:
    """True for a file type box (ISO/IEC 14496-12, section 4.3) that announces HEIF, but not AVIF."""
    if head[4:8] != b"ftyp":
        return False
    size = int.from_bytes(head[:4], "big")
    if not 16 <= size <= min(len(head), HEAD_BYTES):
        return False
    major = head[8:12]
    compatible = {head[at : at + 4] for at in range(16, size - 3, 4)}
    if major in _HEVC_BRANDS:
        return True
    return major in _OPEN_BRANDS and not compatible & _AV1_BRANDS


def _poses_as_page(head: bytes) -> bool:
    lowered = head.lower()
    return _PDF in head or any(mark in lowered for mark in _MARKUP)


def _refused(code: str) -> DocumentRefused:
    return DocumentRefused(Problem("document", code))
