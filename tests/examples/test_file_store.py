"""The example of a store in one file keeps the contract, and what it was told over the end of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from entractes_auth.errors import StoreUnavailable
from entractes_auth.records.kinds import State
from entractes_auth.testing import ProcessContract, Reachable, StoreContract
from entractes_auth.testing import builders as b
from examples.file_store import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


class TestFileStore(StoreContract):
    """Threads race here."""


class TestFileStoreOfProcesses(ProcessContract):
    """Processes race here, and one is killed."""

    @pytest.fixture
    def reachable(self, tmp_path: Path) -> Reachable:
        return Reachable("examples.file_store:open_store", str(tmp_path))


def test_what_was_committed_is_there_when_the_file_is_opened_anew(store: FileStore, tmp_path: Path) -> None:
    store.commit(b.batch(b.registration(1, State.IN_REVIEW)))
    assert FileStore(tmp_path).registration(b.registration(1).id) is not None


def test_a_folder_that_is_gone_is_told_as_a_store_that_is_not_there(tmp_path: Path) -> None:
    gone = FileStore(tmp_path / "gone")
    for _ in range(2):  # the first refusal leaves nothing locked
        with pytest.raises(StoreUnavailable):
            gone.registration("r1")
