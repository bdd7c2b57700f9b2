"""The smallest real files of each accepted type: readers open them, and each can be made as large as asked.

`extra` is how many bytes are added inside the file, where its format has room for what no reader shows.
"""

from __future__ import annotations

import zlib
from typing import Final

__all__ = ["heic", "jpeg", "pdf", "png"]


def pdf(extra: int = 0) -> bytes:
    """One empty A4 page (ISO 32000-2, section 7.5), with comments of `extra` bytes after the head."""
    line = b"%" + b" " * 62 + b"\n"
    head = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    # The last comment ends with the line end of a shorter line.
    comments = (
        line * (extra // len(line)) + (b"%" * (extra % len(line)))[1:] + b"\n" * (extra % len(line) > 0)
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
    )
    written, table, at = b"", b"0000000000 65535 f \n", len(head) + extra
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % (at + len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    trailer = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n" % (at + len(written))
    return b"".join((head, comments, written, b"xref\n0 4\n", table, trailer))


def png(width: int = 1, height: int = 1, grey: int = 255, extra: int = 0, text: bytes = b"") -> bytes:
    """A picture of one grey (W3C PNG, third edition), with `text` as its comment.

    `extra` is 0 or at least 12.
    """
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    rows = (b"\0" + bytes((grey,)) * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", size + b"\x08\0\0\0\0")
        + (_chunk(b"tEXt", b"Comment\0" + text) if text else b"")
        + (_chunk(b"zeRo", bytes(extra - 12)) if extra else b"")  # a private chunk that may be left unread
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def jpeg(extra: int = 0, text: bytes = b"") -> bytes:
    """A grey picture of eight by eight points (ITU-T T.81, baseline), with `text` as its comment.

    `extra` is 0 or at least 4. Its only block is all zeros, so that each Huffman table has one code.
    """
    one_code = b"\x01" + bytes(15) + b"\0"
    return (
        b"\xff\xd8"
        + _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + (_segment(0xFE, text) if text else b"")
        + _comments(extra)
        + _segment(0xDB, b"\0" + b"\x01" * 64)
        + _segment(0xC0, b"\x08\0\x08\0\x08\x01\x01\x11\0")
        + _segment(0xC4, b"\0" + one_code)
        + _segment(0xC4, b"\x10" + one_code)
        + _segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x3f\xff\xd9"
    )


def heic(extra: int = 0) -> bytes:
    """A grey picture of 64 by 64 points (ISO/IEC 23008-12), of one HEVC block. `extra` is 0 or at least 8."""
    properties = _box(b"hvcC", _HEVC_SETTINGS) + _box(b"ispe", bytes(4) + (b"\0\0\0\x40" * 2))
    of_item = bytes(4) + b"\0\0\0\x01\0\x01\x02\x81\x02"
    kind = _box(b"ftyp", b"heic\0\0\0\0mif1heicmiaf")
    described = (
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
        + _box(b"pitm", bytes(4) + b"\0\x01")
        + _box(b"iinf", bytes(4) + b"\0\x01" + _box(b"infe", b"\x02\0\0\0\0\x01\0\0hvc1\0"))
        + _box(b"iprp", _box(b"ipco", properties) + _box(b"ipma", of_item))
    )
    # The place of the picture counts from the file's first byte: its own box is the last of `meta`, and
    # has 30 bytes.
    start = len(kind) + 12 + len(described) + 30 + extra + 8
    where = b"\0\0\0\0\x44\0\0\x01\0\x01\0\0\0\x01" + start.to_bytes(4, "big") + _length(_HEVC_BLOCK)
    return (
        kind
        + _box(b"meta", bytes(4) + described + _box(b"iloc", where))
        + (_box(b"free", bytes(extra - 8)) if extra else b"")
        + _box(b"mdat", _HEVC_BLOCK)
    )


# Made with an HEVC encoder from a plain grey picture: its settings (ISO/IEC 14496-15, section 8.3.3), and
# its only coded block with its length in front.
_HEVC_SETTINGS: Final = bytes.fromhex(
    "0103700000009000000000001ef000fcfdf8f800000f03600001001840010c01ffff03700000030090000003000003001eba"
    "0240610001002b42010103700000030090000003000003001ea020810596ea4929ae6e021a0c0800000300c8000003000840"
    "62000100074401c172b02240"
)
_HEVC_BLOCK: Final = bytes.fromhex("0000000a2801af0418fc4ad79bc0")


_LONGEST_SEGMENT: Final = 65_537  # with its marker


def _chunk(kind: bytes, data: bytes) -> bytes:
    return _length(data) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _length(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big")


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data


def _comments(extra: int) -> bytes:
    """Comment segments of `extra` bytes together, as long as a segment may be, and one or two shorter ones."""
    whole, rest = divmod(extra, _LONGEST_SEGMENT)
    if whole and 0 < rest < 4:
        whole, rest = whole - 1, rest + _LONGEST_SEGMENT
    shorter = (rest // 2, rest - rest // 2) if rest > _LONGEST_SEGMENT else (rest,) if rest else ()
    return _segment(0xFE, bytes(_LONGEST_SEGMENT - 4)) * whole + b"".join(
        _segment(0xFE, bytes(size - 4)) for size in shorter
    )


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content
