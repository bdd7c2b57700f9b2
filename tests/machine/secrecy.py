"""Whether any secret lies at rest: searched for as text, in obvious encodings, and as a plain hash.

Codes and passwords have nine digits, so a hit is no chance: a file holds some hundred digit
sequences of this length, out of 10**9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["found_at_rest"]

# Pages of a log are mostly equal to one another: each distinct piece is searched once. Pieces
# overlap by more than the longest needle.
_PIECE: Final = 1024
_OVERLAP: Final = 160
_DIGITS: Final = re.compile(rb"(?=([0-9]{9}))")
_UTF16: Final = re.compile(rb"(?:[0-9]\x00){9,}")
_HEXADECIMAL: Final = re.compile(rb"(?:3[0-9]){9,}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def found_at_rest(secrets: Iterable[str], values: Iterable[object], raw: bytes) -> list[str]:
    """The kinds of finds (never the secrets themselves), empty when nothing was found."""
    at_rest = list(values)
    text = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in at_rest)
    haystack = b"\n".join((text, *_pieces(raw)))
    digits = set(_digit_runs(haystack))
    finds: list[str] = []
    for secret in secrets:
        if secret.isdigit() and secret.encode() in digits:
            finds.append("digits")
        finds += [name for name, needle in _needles(secret) if needle in haystack]
    return finds


def _pieces(raw: bytes) -> set[bytes]:
    return {raw[start : start + _PIECE + _OVERLAP] for start in range(0, len(raw), _PIECE)}


def _digit_runs(haystack: bytes) -> Iterator[bytes]:
    """Nine digits in a row: as text, as UTF-16, as hexadecimal text, or inside base64 at any offset."""
    yield from _DIGITS.findall(haystack)
    for wide in _UTF16.findall(haystack):
        yield from _DIGITS.findall(wide[::2])
    for hexadecimal in _HEXADECIMAL.findall(haystack):
        yield from _DIGITS.findall(binascii.unhexlify(hexadecimal))
    runs = {run.translate(_STANDARD) for run in _BASE64.findall(haystack)}
    whole = (run[offset : len(run) - (len(run) - offset) % 4] for run in runs for offset in range(4))
    for encoded in whole:
        yield from _DIGITS.findall(base64.b64decode(encoded))


def _needles(secret: str) -> Iterator[tuple[str, bytes]]:
    """What is searched for besides digits: the text, its encodings, and what an unkeyed hash of it would be."""
    text = secret.encode()
    if not secret.isdigit():
        yield "text", text
        yield "utf-16", secret.encode("utf-16-le")
        yield "base64", base64.b64encode(text).rstrip(b"=")
        bytes_behind = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        yield "decoded", bytes_behind
        yield "hexadecimal of the decoded", bytes_behind.hex().encode()
    for algorithm in ("md5", "sha1", "sha256"):
        digest = hashlib.new(algorithm, text, usedforsecurity=False)
        yield algorithm, digest.digest()
        yield algorithm, digest.hexdigest().encode()
