"""Small files of each accepted type, as their programs write them, and of types that are not accepted."""

from __future__ import annotations

import zlib
from typing import Final


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def heif(major: bytes, *compatible: bytes) -> bytes:
    """A HEIF file of these brands, with something after its file type box."""
    return _box(b"ftyp", major + b"\0\0\0\0" + b"".join(compatible)) + _box(b"mdat", b"\x01\x02" * 40)


PDF: Final = (
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)
PNG: Final = (
    b"\x89PNG\r\n\x1a\n"
    + _png_chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0")
    + _png_chunk(b"IDAT", zlib.compress(b"\0\xff"))
    + _png_chunk(b"IEND", b"")
)
_JFIF: Final = _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
_SCAN: Final = (
    _segment(0xDB, b"\0" + bytes(range(1, 65))) + _segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x2a\xff\xd9"
)
JPEG: Final = b"\xff\xd8" + _JFIF + _SCAN
# What cameras and picture programs add: XMP metadata, which is XML.
_XMP: Final = (
    b'http://ns.adobe.com/xap/1.0/\0<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta><?xpacket end="w"?>'
)
JPEG_WITH_XMP: Final = b"\xff\xd8" + _segment(0xE1, b"Exif\0\0MM\0*") + _segment(0xE1, _XMP) + _SCAN
# A phone's motion photo: the still picture, then a short film after its end.
MOTION_PHOTO: Final = JPEG + _box(b"ftyp", b"mp42\0\0\0\0isommp42") + _box(b"mdat", bytes(200))
HEIC: Final = heif(b"heic", b"mif1", b"MiHE", b"MiPr", b"miaf", b"MiHB", b"heic")

ACCEPTED: Final = {
    "pdf": (PDF, "application/pdf"),
    "png": (PNG, "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "jpeg with xmp": (JPEG_WITH_XMP, "image/jpeg"),
    "motion photo": (MOTION_PHOTO, "image/jpeg"),
    "heic of an iPhone": (HEIC, "image/heic"),
    "heic of another phone": (heif(b"heic", b"mif1", b"heic"), "image/heic"),
    "heif with ten bits": (heif(b"heix", b"mif1", b"heix"), "image/heic"),
    "heif sequence": (heif(b"hevc", b"msf1", b"hevc"), "image/heic"),
    "heif that starts with mif1": (heif(b"mif1", b"mif1", b"heic"), "image/heic"),
}
REFUSED: Final = {
    "text": b"Bonjour",
    "html": b"<!doctype html><html></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gif": b"GIF89a\x01\0\x01\0",
    "webp": b"RIFF\x1a\0\0\0WEBPVP8 ",
    "zip": b"PK\x03\x04\x14\0\0\0",
    "program": b"MZ\x90\0\x03\0\0\0",
    "film": _box(b"ftyp", b"isom\0\0\x02\0isomiso2mp41"),
    "avif": heif(b"avif", b"mif1", b"avif"),
    "avif that starts with mif1": heif(b"mif1", b"mif1", b"avif"),
    "png without its header": PNG[:8] + PNG[33:],
    "file type box longer than the file": b"\0\0\x02\0ftypheic\0\0\0\0",
    "pdf behind white space": b"\n" + PDF,
}
