"""Documents in a folder: streamed, under names that lead nowhere else, and nothing left of a failure."""

from __future__ import annotations

import os
import resource
import stat
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.ports import Documents
from entractes_auth.errors import DocumentRefused, NotFound, StoreUnavailable
from entractes_auth.records.registration import Document
from entractes_auth.testing import strategies as fr
from tests.backends.documents.samples import ACCEPTED, JPEG, PDF, PNG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    place.mkdir(mode=0o700)
    return place


def code(refused: pytest.ExceptionInfo[DocumentRefused]) -> str:
    (problem,) = refused.value.problems
    return problem.code


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_was_put_is_read_back_with_its_true_type_until_it_is_deleted(folder: Path, name: str) -> None:
    content, media_type = ACCEPTED[name]
    documents: Documents = FilesystemDocuments(folder)
    document = documents.put([content], len(content))
    assert (document.media_type, document.size) == (media_type, len(content))
    assert documents.read(document.id) == content
    documents.delete(document.id)
    documents.delete(document.id)
    assert list(folder.iterdir()) == []
    with pytest.raises(NotFound):
        documents.read(document.id)


@given(st.lists(st.integers(0, len(JPEG)), max_size=8))
def test_how_the_upload_is_cut_into_chunks_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    documents = FilesystemDocuments(tmp_path_factory.mktemp("documents"))
    ends = [*sorted(cuts), len(JPEG)]
    chunks = [JPEG[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    document = documents.put(chunks, 10_000)
    assert (documents.read(document.id), document.size) == (JPEG, len(JPEG))


def test_the_file_is_for_its_owner_alone_and_named_by_chance(folder: Path) -> None:
    documents = FilesystemDocuments(folder)
    ids = {documents.put([PNG], 10_000).id for _ in range(5)}
    files = list(folder.iterdir())
    assert {file.name for file in files} == ids
    assert len(ids) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_exact_maximum_passes_and_one_byte_more_does_not(folder: Path) -> None:
    documents = FilesystemDocuments(folder)
    documents.put([PDF], len(PDF))
    with pytest.raises(DocumentRefused) as refused:
        documents.put([PDF], len(PDF) - 1)
    assert code(refused) == "too_large"
    assert len(list(folder.iterdir())) == 1


def test_a_huge_upload_is_not_read_to_its_end(folder: Path) -> None:
    """300 MB against a maximum of 1 MB: the reading stops with the chunk that passes it."""
    asked = 0

    def upload() -> Iterator[bytes]:
        nonlocal asked
        for _ in range(300):
            asked += 1
            yield JPEG.ljust(1_000_000, b"\0")

    with pytest.raises(DocumentRefused) as refused:
        FilesystemDocuments(folder).put(upload(), 1_000_000)
    assert code(refused) == "too_large"
    assert asked == 2
    assert list(folder.iterdir()) == []


@given(fr.hostile_documents() | fr.oversized_documents(70_000))
def test_a_refused_document_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, upload: fr.HostileUpload
) -> None:
    """Empty, of another type, of two types at once, or too large: its code, and an empty folder."""
    folder = tmp_path_factory.mktemp("documents")
    with pytest.raises(DocumentRefused) as refused:
        FilesystemDocuments(folder).put([upload.content], 70_000)
    assert code(refused) == upload.code
    assert list(folder.iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing_and_its_error_passes_as_it_is(folder: Path) -> None:
    """A lost client is not a full disk: the host must be able to tell them apart."""

    def upload() -> Iterator[bytes]:
        yield PDF
        raise ConnectionResetError("the client went away")

    with pytest.raises(ConnectionResetError):
        FilesystemDocuments(folder).put(upload(), 10_000)
    assert list(folder.iterdir()) == []


def test_a_disk_that_refuses_more_is_unavailable_and_leaves_nothing(folder: Path) -> None:
    """The system itself refuses to write past 4 KiB, in the middle of a chunk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StoreUnavailable) as unavailable:
            FilesystemDocuments(folder).put([JPEG, bytes(10_000)], 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(folder.iterdir()) == []
    assert str(folder) not in "".join(traceback.format_exception(unavailable.value))
    assert (unavailable.value.__cause__, unavailable.value.__context__) == (None, None)


def test_a_folder_that_is_missing_is_unavailable_for_every_call(tmp_path: Path) -> None:
    """Above all for reading: a volume that is not mounted must not pass for a deleted document."""
    documents = FilesystemDocuments(tmp_path / "missing")
    calls: tuple[Callable[[], object], ...] = (
        lambda: documents.put([PDF], 10_000),
        lambda: documents.read("0" * 32),
        lambda: documents.delete("0" * 32),
    )
    for call in calls:
        with pytest.raises(StoreUnavailable) as unavailable:
            call()
        # The system's error names the path: it must not travel along into somebody's log.
        assert (unavailable.value.__cause__, unavailable.value.__context__) == (None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret",
        "/etc/passwd",
        "0" * 31,
        "0" * 33,
        "A" * 32,
        "0" * 32 + "\n",
        "0" * 32 + ".part",
    ],
)
def test_an_id_of_another_form_reads_nothing_and_deletes_nothing(folder: Path, name: str) -> None:
    (folder.parent / "secret").write_bytes(PDF)
    (folder / ("0" * 32 + ".part")).write_bytes(PDF)
    documents = FilesystemDocuments(folder)
    with pytest.raises(NotFound):
        documents.read(name)
    documents.delete(name)
    assert (folder.parent / "secret").exists()
    assert (folder / ("0" * 32 + ".part")).exists()


def test_many_threads_at_once_store_many_documents(folder: Path) -> None:
    documents = FilesystemDocuments(folder)
    together = threading.Barrier(8)
    stored: list[Document] = []

    def upload(content: bytes) -> None:
        together.wait()
        stored.append(documents.put([content], 100_000))

    contents = [PNG + bytes(number) for number in range(8)]
    threads = [threading.Thread(target=upload, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(documents.read(document.id) for document in stored) == sorted(contents)


def test_what_is_stored_is_listed_by_its_own_time(folder: Path) -> None:
    """Documents and cut uploads, each once; nobody else's files, and no links to elsewhere by another name."""
    documents: Documents = FilesystemDocuments(folder)
    old, young = (documents.put([PDF], len(PDF)).id for _ in range(2))
    cut = "c" * 32
    (folder / f"{cut}.part").write_bytes(b"%PDF-")
    for other in ("README", f"{'d' * 31}.part", f"{'D' * 32}", f"{'e' * 32}.bak"):
        (folder / other).write_bytes(b"")
    for name in os.listdir(folder):
        os.utime(folder / name, (1000, 1000))
    os.utime(folder / young, (2000, 2000))
    assert set(documents.stored(datetime.fromtimestamp(1000, UTC))) == {old, cut}
    assert set(documents.stored(datetime.fromtimestamp(2000, UTC))) == {old, cut, young}
    assert documents.stored(datetime.fromtimestamp(999, UTC)) == ()
    documents.delete(cut)
    assert not (folder / f"{cut}.part").exists()


def test_a_folder_that_is_gone_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        FilesystemDocuments(tmp_path / "absent").stored(datetime.fromtimestamp(1000, UTC))
    assert "absent" not in str(caught.value)
