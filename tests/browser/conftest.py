"""A real site on a real SQLite file, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from entractes_auth import Auth, Channel, Keyring, Reviewer, Secret, Site
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.testing.clock import FrozenClock
from entractes_auth.testing.messenger import RecordingMessenger
from entractes_auth.testing.scenario import quick_policy
from examples.flask_app import Desk, create_app
from examples.flask_app.captcha import DemonstrationCaptcha
from tests.browser.world import World

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = [
    "--no-sandbox",  # the tests may run as root; the only pages opened are ours, on loopback
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, driven by Playwright; a missing one fails the test.

    Not for the whole session: Playwright keeps an event loop running in this thread until it stops,
    and the async tests that come after need the thread without one.
    """
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None:
        pytest.fail("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The demonstration's site, with a clock that the test moves."""
    clock, carrier = FrozenClock(), RecordingMessenger()
    store = SqlStore(f"sqlite:///{tmp_path / 'site.sqlite3'}")
    store.upgrade()
    (tmp_path / "documents").mkdir()
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True)
    origin = f"http://127.0.0.1:{server.server_port}"
    keys = Keyring.generate()
    ports: dict[str, Any] = {
        "store": store,
        "keys": keys,
        "site": Site(name="Entr'Actes", origin=origin, support_email="support@example.fr"),
        "messengers": {Channel.SMS: carrier, Channel.EMAIL: carrier},
        "documents": FilesystemDocuments(tmp_path / "documents"),
        "limits": SqlLimits(store, keys),
        "clock": clock,
    }
    quick = quick_policy()
    auth = Auth(**ports, policy=replace(quick, captcha=True), captcha=DemonstrationCaptcha())
    behind = Auth(**ports, policy=quick)
    desk = Desk(
        reviewer=Reviewer("r1", "Dominique"), username="equipe", password=Secret("only for this test")
    )
    app = create_app(
        auth,
        secret_key=os.urandom(32).hex(),
        desk=desk,
        mailbox=carrier,
        clock=clock,
        secure_cookies=False,
    )
    server.app = app
    pages = frozenset(rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield World(origin, clock, carrier, desk, behind, pages, tmp_path)
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    store.close()


def _not_yet(environ: object, start_response: object) -> list[bytes]:
    raise AssertionError("the application is put in place before the server runs")
