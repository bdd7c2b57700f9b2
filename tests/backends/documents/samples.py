"""The test kit's files of each accepted type, as cameras and phones write them too, and types that are refused."""

from __future__ import annotations

from typing import Final

from entractes_auth.testing.strategies import _files


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def heif(major: bytes, *compatible: bytes) -> bytes:
    """A HEIF file of these brands, with something after its file type box."""
    return _box(b"ftyp", major + b"\0\0\0\0" + b"".join(compatible)) + _box(b"mdat", b"\x01\x02" * 40)


PDF: Final = _files.pdf()
PNG: Final = _files.png()
JPEG: Final = _files.jpeg()
HEIC: Final = _files.heic()
# What cameras and picture programs add: XMP metadata, which is XML.
_XMP: Final = (
    b'http://ns.adobe.com/xap/1.0/\0<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta><?xpacket end="w"?>'
)
JPEG_WITH_XMP: Final = JPEG[:2] + _segment(0xE1, b"Exif\0\0MM\0*") + _segment(0xE1, _XMP) + JPEG[2:]
# A phone's motion photo: the still picture, then a short film after its end.
MOTION_PHOTO: Final = JPEG + _box(b"ftyp", b"mp42\0\0\0\0isommp42") + _box(b"mdat", bytes(200))

ACCEPTED: Final = {
    "pdf": (PDF, "application/pdf"),
    "png": (PNG, "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "jpeg with xmp": (JPEG_WITH_XMP, "image/jpeg"),
    "motion photo": (MOTION_PHOTO, "image/jpeg"),
    "heic": (HEIC, "image/heic"),
    "heic of an iPhone": (heif(b"heic", b"mif1", b"MiHE", b"MiPr", b"miaf", b"MiHB", b"heic"), "image/heic"),
    "heic of another phone": (heif(b"heic", b"mif1", b"heic"), "image/heic"),
    "heif with ten bits": (heif(b"heix", b"mif1", b"heix"), "image/heic"),
    "heif sequence": (heif(b"hevc", b"msf1", b"hevc"), "image/heic"),
    "heif that starts with mif1": (heif(b"mif1", b"mif1", b"heic"), "image/heic"),
}
REFUSED: Final = {
    "film": _box(b"ftyp", b"isom\0\0\x02\0isomiso2mp41"),
    "avif": heif(b"avif", b"mif1", b"avif"),
    "avif that starts with mif1": heif(b"mif1", b"mif1", b"avif"),
    "png without its header": PNG[:8] + PNG[33:],
    "file type box longer than the file": b"\0\0\x02\0ftypheic\0\0\0\0",
}
"""Beside those of `strategies.hostile_documents`."""
