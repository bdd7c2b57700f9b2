"""A whole host over a Django store: sync and async, with a recording messenger for both channels."""

from __future__ import annotations

from typing import Any

from entractes_auth import AsyncAuth, Auth, Channel, Keyring, Site
from entractes_auth.backends.documents.memory import MemoryDocuments
from entractes_auth.backends.store import AsyncStore, Store
from entractes_auth.testing import FrozenClock, RecordingMessenger, scenario

__all__ = ["async_auth", "sync_auth"]


def _ports(inbox: RecordingMessenger) -> dict[str, Any]:
    return {
        "keys": Keyring.generate(),
        "site": Site(name="Entr'Actes", origin="https://www.example.fr", support_email="aide@example.fr"),
        "messengers": {Channel.SMS: inbox, Channel.EMAIL: inbox},
        "documents": MemoryDocuments(),
        "policy": scenario.quick_policy(),
        "clock": FrozenClock(),
    }


def sync_auth(store: Store) -> tuple[Auth, RecordingMessenger]:
    """The runner, and the inbox of everybody."""
    inbox = RecordingMessenger()
    return Auth(store=store, **_ports(inbox)), inbox


def async_auth(store: AsyncStore | Store) -> tuple[AsyncAuth, RecordingMessenger]:
    """The same on an event loop."""
    inbox = RecordingMessenger()
    return AsyncAuth(store=store, **_ports(inbox)), inbox
