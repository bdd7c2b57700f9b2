"""What the code blocks of each page find: a ready `auth`, and the names that the page says a host has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from entractes_auth import Auth, Channel, Flow, Keyring, Site
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.storage.memory import MemoryStore
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario
from tests import django_settings

__all__ = ["PAGES", "World"]

T = TypeVar("T")


class World:
    """One host in memory, and a folder for the pages that write files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox = RecordingMessenger()
        self.clock = FrozenClock()
        self.keys = Keyring.generate()
        self.auth = Auth(
            store=MemoryStore(),
            keys=self.keys,
            site=Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr"),
            messengers={Channel.SMS: self.inbox, Channel.EMAIL: self.inbox},
            documents=MemoryDocuments(),
            policy=scenario.quick_policy(),
            clock=self.clock,
        )

    def run(self, flow: Flow[T]) -> T:
        """Run a flow."""
        return self.auth.run(flow)

    def member(self) -> scenario.Member:
        """An approved member."""
        return self.run(scenario.approved(self.inbox, scenario.applicant()))


def _nothing(world: World) -> Mapping[str, Any]:
    return {}


def _auth(world: World) -> Mapping[str, Any]:
    return {"auth": world.auth}


def _files(world: World) -> Mapping[str, Any]:
    draft = world.run(scenario.drafted(scenario.applicant()))
    return {
        "auth": world.auth,
        "folder": world.folder,
        "keys": world.keys,
        "link": draft.link,
        "pdf": scenario.PDF,
    }


def _confirmation(world: World) -> Mapping[str, Any]:
    waiting = world.run(scenario.submitted(world.inbox, scenario.applicant()))
    return {"auth": world.auth, "link": waiting.confirm_link.reveal(), "code": waiting.code}


def _review(world: World) -> Mapping[str, Any]:
    world.run(scenario.in_review(world.inbox, scenario.applicant()))
    return {"auth": world.auth, "print": _silent}


def _signing_in(world: World) -> Mapping[str, Any]:
    member = world.member()
    contacts = member.applicant.contacts
    return {
        "auth": world.auth,
        "clock": world.clock,
        "answer": "yes",
        "cookie": _no_cookie,
        "account_id": member.account_id,
        "identifier": member.identifier,
        "password": member.password,
        "email": contacts.email,
        "code_from_the_phone": lambda: world.inbox.last_code_to(contacts.mobile),
        "link_from_the_mailbox": lambda: scenario.token_in(world.inbox.last_link_to(contacts.email)),
        "print": _silent,
    }


def _no_cookie(_name: str) -> str:
    """A browser that comes for the first time."""
    return ""


def _silent(*_: object) -> None:
    """In place of `print`: what an operator or a member would see is not the page's text."""


class Anything:
    """Stands for a class of the reader's own, which a page names in a signature only."""


def _readers_own(world: World) -> Mapping[str, Any]:
    return {"auth": world.auth, "Client": Anything, "Service": Anything}


def _outbox(world: World) -> Mapping[str, Any]:
    return {"auth": world.auth, "Auth": Auth, "Callable": Callable}


def _frameworks(world: World) -> Mapping[str, Any]:
    django_settings.configure()
    return {}


def _django(world: World) -> Mapping[str, Any]:
    django_settings.configure()
    return {"auth": world.auth}


PAGES: Final[Mapping[str, Callable[[World], Mapping[str, Any]]]] = {
    "README.md": _nothing,
    "docs/account.md": _signing_in,
    "docs/command-line.md": _nothing,
    "docs/confirmation.md": _confirmation,
    "docs/django.md": _django,
    "docs/documents.md": _files,
    "docs/errors.md": _signing_in,
    "docs/expiry.md": _auth,
    "docs/fields.md": _frameworks,
    "docs/hosts.md": _readers_own,
    "docs/index.md": _nothing,
    "docs/limits.md": _files,
    "docs/login.md": _signing_in,
    "docs/messages.md": _readers_own,
    "docs/numbers.md": _nothing,
    "docs/numbers/adeli.md": _nothing,
    "docs/numbers/finess.md": _nothing,
    "docs/numbers/rpps.md": _nothing,
    "docs/numbers/siren.md": _nothing,
    "docs/numbers/siret.md": _nothing,
    "docs/outbox.md": _outbox,
    "docs/policy.md": _nothing,
    "docs/recovery.md": _signing_in,
    "docs/registration.md": _auth,
    "docs/retention.md": _auth,
    "docs/review.md": _review,
    "docs/secrets.md": _nothing,
    "docs/stores.md": _files,
    "docs/testing.md": _nothing,
}
"""Every page whose blocks run. A page that is not here has its blocks compiled."""
