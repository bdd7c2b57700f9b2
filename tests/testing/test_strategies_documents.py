"""Documents of the kit: the good ones are whole, the bad ones are refused with the code that they name."""

from __future__ import annotations

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.documents.sniff import HEAD_BYTES, TAIL_BYTES, sniff
from entractes_auth.errors import DocumentRefused, Problem
from entractes_auth.testing import strategies as fr
from entractes_auth.testing.strategies import _files
from tests.testing.drawing import found, sample, simplest

MEDIA_TYPES = {"application/pdf", "image/jpeg", "image/png", "image/heic"}
extras = st.one_of(
    st.just(0), st.integers(12, 300), st.integers(65_500, 65_600), st.integers(131_000, 131_100)
)


def type_of(content: bytes) -> str:
    return sniff(content[:HEAD_BYTES], content[-TAIL_BYTES:])


@given(fr.documents())
def test_a_document_is_of_the_type_that_it_says(upload: fr.Upload) -> None:
    assert type_of(upload.content) == upload.media_type


def test_documents_are_of_every_accepted_type() -> None:
    assert {upload.media_type for upload in sample(fr.documents(), 100)} == MEDIA_TYPES


@given(st.data(), st.integers(1024, 150_000))
def test_a_document_has_the_size_that_was_asked_for(data: st.DataObject, size: int) -> None:
    """To the byte: what is at the maximum is accepted, one more is not."""
    upload = data.draw(fr.documents(size=size))
    assert (len(upload.content), type_of(upload.content)) == (size, upload.media_type)
    store = MemoryDocuments()
    assert store.put([upload.content], size).size == size
    with pytest.raises(DocumentRefused):
        store.put([upload.content], size - 1)


def test_a_size_that_no_document_can_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="1024"):
        fr.documents(size=1023)


@given(fr.oversized_documents(5_000))
def test_an_oversized_document_is_refused_as_too_large(upload: fr.HostileUpload) -> None:
    with pytest.raises(DocumentRefused) as refused:
        MemoryDocuments().put([upload.content], 5_000)
    (problem,) = refused.value.problems
    assert (problem.code, upload.code) == ("too_large", "too_large")


@given(fr.hostile_documents())
def test_a_hostile_document_is_refused_with_its_code(upload: fr.HostileUpload) -> None:
    with pytest.raises(DocumentRefused) as refused:
        type_of(upload.content)
    assert refused.value.problems == (Problem("document", upload.code),)


# ---------------------------------------------------------------- the files are whole


@given(extras)
def test_a_pdfs_table_names_the_places_of_its_objects(extra: int) -> None:
    """A reader goes from the end to the table, and from there to each object."""
    content = _files.pdf(extra=extra)
    assert len(content) == len(_files.pdf()) + extra
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n$", content)
    assert start is not None
    table = content[int(start[1]) :]
    assert table.startswith(b"xref\n0 4\n0000000000 65535 f \n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n \n", table), 1):
        assert content[int(place) :].startswith(b"%d 0 obj\n" % number)
    assert all(line[:1] in (b"", b"%") for line in content[: int(table[29:39])].splitlines())


@given(st.integers(1, 32), st.integers(1, 32), st.integers(0, 255), extras)
def test_a_pngs_chunks_have_their_sums_and_its_rows_unpack(
    width: int, height: int, grey: int, extra: int
) -> None:
    content = _files.png(width, height, grey, extra)
    at, chunks = 8, dict[bytes, bytes]()
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert content[at + 8 + size : at + 12 + size] == zlib.crc32(kind + data).to_bytes(4, "big")
        chunks[kind], at = data, at + 12 + size
    assert list(chunks)[:: len(chunks) - 1] == [b"IHDR", b"IEND"]
    assert zlib.decompress(chunks[b"IDAT"]) == (b"\0" + bytes((grey,)) * width) * height


@given(extras, st.binary(max_size=20))
def test_a_jpegs_segments_lead_to_its_scan_and_its_end(extra: int, text: bytes) -> None:
    content = _files.jpeg(extra=extra, text=text)
    at, markers = 2, list[int]()
    while not markers or markers[-1] != 0xDA:
        assert content[at] == 0xFF
        markers.append(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    assert [marker for marker in markers if marker != 0xFE] == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA]
    assert content[at:] == b"\x3f\xff\xd9"
    assert len(_files.jpeg(extra=extra)) == len(_files.jpeg()) + extra


@given(st.one_of(st.just(0), st.integers(8, 100_000)))
def test_a_heics_boxes_fill_it_and_name_the_place_of_its_picture(extra: int) -> None:
    content = _files.heic(extra=extra)
    at, kinds = 0, list[bytes]()
    while at < len(content):
        kinds.append(content[at + 4 : at + 8])
        at += int.from_bytes(content[at : at + 4], "big")
    assert at == len(content)
    assert [kind for kind in kinds if kind != b"free"] == [b"ftyp", b"meta", b"mdat"]
    place = content.index(b"iloc") + 4 + 14
    start, length = (int.from_bytes(content[at : at + 4], "big") for at in (place, place + 4))
    assert content[start - 8 :] == (length + 8).to_bytes(4, "big") + b"mdat" + content[start:]
    assert len(content[start:]) == length == 4 + int.from_bytes(content[start : start + 4], "big")


# ---------------------------------------------------------------- what they find

KINDS = {
    "a page": "page",
    "an SVG picture": "SVG",
    "a Windows program": "Windows",
    "a zip bomb": "zip bomb",
    "a broken-off file": "cut",
    "a damaged file": "damaged",
    "a PDF behind something": "pdf behind",
    "a picture that is a page": "picture with",
    "a picture that is a PDF": "with a PDF",
    "a document that is an archive": "also an archive",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_of_deceiving_is_among_them(kind: str) -> None:
    assert found(fr.hostile_documents(), lambda upload: KINDS[kind] in upload.what)


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"])
def test_a_reader_that_looks_at_the_first_bytes_only_is_found_out(start: bytes) -> None:
    assert found(fr.hostile_documents(), lambda upload: upload.content.startswith(start))


def test_a_reader_that_looks_for_a_mark_anywhere_is_found_out() -> None:
    assert found(
        fr.hostile_documents(),
        lambda upload: b"%PDF-" in upload.content and not upload.content.startswith(b"%PDF-"),
    )


def test_the_simplest_documents_are_an_empty_page_and_an_empty_file() -> None:
    assert simplest(fr.documents()) == fr.Upload(_files.pdf(), "application/pdf")
    assert simplest(fr.hostile_documents()) == fr.HostileUpload(b"", "empty", "empty")
