"""What a document is, is found from its content, and a file that is two things at once is refused."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.documents.sniff import HEAD_BYTES, TAIL_BYTES, sniff
from entractes_auth.errors import DocumentRefused
from tests.backends.documents.samples import ACCEPTED, HEIC, JPEG, PDF, PNG, REFUSED

_TYPES: Final = {"application/pdf", "image/jpeg", "image/png", "image/heic"}
_IMAGES: Final = st.sampled_from([JPEG, PNG, HEIC])
_ALL: Final = st.sampled_from([PDF, JPEG, PNG, HEIC])
_ZIP_END: Final = b"PK\x05\x06" + bytes(18)


def found(content: bytes) -> str:
    return sniff(content[:HEAD_BYTES], content[-TAIL_BYTES:])


def verdict(content: bytes) -> str:
    """The code of the refusal, or the media type where there is none."""
    try:
        return found(content)
    except DocumentRefused as refused:
        (problem,) = refused.problems
        return f"{problem.field}: {problem.code}"


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_real_file_of_each_accepted_type_is_named(name: str) -> None:
    content, media_type = ACCEPTED[name]
    assert found(content) == media_type


@pytest.mark.parametrize("name", REFUSED)
def test_every_other_type_is_refused(name: str) -> None:
    assert verdict(REFUSED[name]) == "document: not_accepted"


def test_an_empty_file_is_refused_as_empty() -> None:
    assert verdict(b"") == "document: empty"


@given(st.binary(max_size=300), _ALL | st.just(b""))
def test_any_bytes_give_one_of_the_four_types_or_a_refusal(noise: bytes, start: bytes) -> None:
    """Nothing else is raised and nothing else is returned, whatever follows a true beginning."""
    for content in (noise, start + noise, start[: len(noise)] + noise):
        assert verdict(content) in _TYPES | {
            f"document: {why}" for why in ("empty", "not_accepted", "ambiguous")
        }


@given(_ALL, st.integers(0, 11), st.integers(1, 255))
def test_one_changed_byte_never_turns_a_type_into_another(content: bytes, at: int, change: int) -> None:
    before = found(content)
    changed = content[:at] + bytes((content[at] ^ change,)) + content[at + 1 :]
    assert verdict(changed) in (before, "document: not_accepted")


@given(_IMAGES, st.integers(0, HEAD_BYTES - len(b"%PDF-")))
def test_an_image_with_a_pdf_inside_the_first_kilobyte_is_refused(image: bytes, gap: int) -> None:
    at = max(gap, len(image))
    if at <= HEAD_BYTES - len(b"%PDF-"):
        assert verdict(image.ljust(at, b"\0") + PDF) == "document: ambiguous"


@given(st.binary(min_size=1, max_size=900))
def test_a_pdf_behind_anything_is_refused(prefix: bytes) -> None:
    """Many readers open such a file as a PDF, so a prefix must not make an accepted image of it."""
    assert verdict(b"\0" + prefix + PDF) == "document: not_accepted"
    assert verdict(JPEG[:3] + prefix + PDF) == "document: ambiguous"


@given(
    _IMAGES,
    st.sampled_from([b"<html", b"<script", b"<svg", b"<!doctype", b"<?php"]),
    st.lists(st.booleans(), min_size=9, max_size=9),
    st.integers(0, 500),
)
def test_an_image_that_holds_markup_is_refused_in_any_case(
    image: bytes, mark: bytes, upper: list[bool], gap: int
) -> None:
    mixed = bytes(b - 32 if up and 97 <= b <= 122 else b for b, up in zip(mark, upper, strict=False))
    assert verdict(image + bytes(gap) + mixed) == "document: ambiguous"


@given(_ALL, st.integers(0, TAIL_BYTES - len(_ZIP_END)))
def test_a_file_that_also_ends_as_a_zip_is_refused(content: bytes, comment: int) -> None:
    """An archive is read from its end, with a comment of up to 65,535 bytes behind its end record."""
    assert verdict(content + _ZIP_END + bytes(comment)) == "document: ambiguous"


def test_bytes_that_no_reader_looks_at_do_not_refuse_a_document() -> None:
    """The film behind a motion photo, or a long scan, may hold these bytes by chance."""
    assert found(JPEG.ljust(HEAD_BYTES, b"\0") + b"%PDF-<script" + bytes(50)) == "image/jpeg"
    assert found(PDF + _ZIP_END + bytes(TAIL_BYTES)) == "application/pdf"
