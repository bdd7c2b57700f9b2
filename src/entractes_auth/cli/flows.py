"""Running a flow from the command line: a runner over the host's store that sends nothing to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from entractes_auth.auth import Auth
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.limits.memory import MemoryLimits
from entractes_auth.backends.ports import Documents, Limits, Receipt
from entractes_auth.cli.console import CannotRun
from entractes_auth.keys import Keyring
from entractes_auth.policy import Policy
from entractes_auth.records.kinds import Channel
from entractes_auth.records.message import Outgoing
from entractes_auth.records.registration import Document
from entractes_auth.site import Site

if TYPE_CHECKING:
    from entractes_auth.backends.store import Store

__all__ = ["documents_in", "runner"]

_SITE = Site(name="entractes-auth", origin="http://localhost", support_email="nobody@localhost.invalid")


def runner(
    store: Store,
    policy: Policy,
    *,
    keys: Keyring | None = None,
    limits: Limits | None = None,
    documents: Documents | None = None,
) -> Auth:
    """A runner for flows that send no message: what is left out is not there, and says so when it is used."""
    return Auth(
        store=store,
        keys=keys or Keyring.generate(),
        site=_SITE,
        messengers=dict.fromkeys(Channel, _NoMessenger()),
        documents=documents or _NoDocuments(),
        limits=limits or MemoryLimits(),
        policy=policy,
        deliver="relay",
    )


def documents_in(folder: str | None) -> Documents | None:
    """The documents of a folder, which must be there: a volume that is not mounted is not an empty one."""
    if folder is None:
        return None
    if not Path(folder).is_dir():
        raise CannotRun("--documents: no such folder", "--documents : dossier introuvable")
    return FilesystemDocuments(folder)


class _NoMessenger:
    """No command sends a message."""

    def send(self, outgoing: Outgoing) -> Receipt:
        raise CannotRun("the command line sends no messages")


class _NoDocuments:
    """Nobody said where the documents are: a name is then never forgotten, for its file would stay behind."""

    def put(self, chunks: Iterable[bytes], maximum_bytes: int) -> Document:
        raise _where()

    def read(self, document_id: str) -> bytes:
        raise _where()

    def delete(self, document_id: str) -> None:
        raise _where()

    def stored(self, before: datetime) -> tuple[str, ...]:
        return ()


def _where() -> CannotRun:
    return CannotRun(
        "there are documents whose period is over: say where they are, --documents DIR",
        "des pièces ont atteint leur terme : dire où elles sont, --documents DIR",
    )
