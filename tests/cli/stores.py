"""A site with a database, for the commands that work on one: members, keys, documents, and its clock."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from entractes_auth import Auth, Channel, Flow, Keyring, Site
from entractes_auth.backends.batch import EventQuery
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.backends.system import SystemClock
from entractes_auth.records.event import Event, What
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["Place", "place"]


@dataclass(frozen=True, slots=True)
class Place:
    """The site's database, its documents' folder, its keys as text, and who lives there."""

    url: str
    documents: Path
    keys: str
    auth: Auth
    store: SqlStore
    inbox: RecordingMessenger

    def member(self, n: int = 1) -> scenario.Member:
        """An approved member."""
        return self.auth.run(scenario.approved(self.inbox, scenario.applicant(n)))

    def events(self, what: What) -> tuple[Event, ...]:
        """The lines of the audit trail about this."""
        page = self.store.events(EventQuery(limit=1000))
        return tuple(event for event in page.rows if event.what is what)

    def run(self, flow: Flow[object]) -> None:
        """Run a flow of the site."""
        self.auth.run(flow)


@contextmanager
def place(folder: Path, *, ago: timedelta = timedelta(0)) -> Generator[Place]:
    """A site whose clock stands `ago` before the machine's: the command's own clock is the machine's."""
    documents, inbox = folder / "documents", RecordingMessenger()
    documents.mkdir(mode=0o700)
    url, text = f"sqlite:///{folder / 'auth.db'}", f"k1:{Keyring.new_key()}"
    store, keys = SqlStore(url), Keyring.from_text(text)
    store.upgrade()
    auth = Auth(
        store=store,
        keys=keys,
        site=Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr"),
        messengers={Channel.SMS: inbox, Channel.EMAIL: inbox},
        documents=FilesystemDocuments(documents),
        limits=SqlLimits(store, keys),
        policy=scenario.quick_policy(),
        clock=FrozenClock(SystemClock().now() - ago),
    )
    try:
        yield Place(url, documents, text, auth, store, inbox)
    finally:
        store.close()
