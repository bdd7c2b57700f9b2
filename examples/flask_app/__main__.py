"""`python -m examples.flask_app`: the whole demonstration on one SQLite file, with nothing to set up.

It listens on loopback, over http, with werkzeug's own server in threads: good for a demonstration,
and for nothing else. Nothing leaves the machine: `/demo/boite` shows every SMS and e-mail.
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from werkzeug.serving import run_simple

from entractes_auth import Auth, Channel, Keyring, Policy, Reviewer, Secret, Site
from entractes_auth.backends.documents.filesystem import FilesystemDocuments
from entractes_auth.backends.limits.sql import SqlLimits
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.storage.sqlalchemy import SqlStore
from entractes_auth.flows import expiry, outbox
from examples.flask_app import Desk, create_app
from examples.flask_app.captcha import DemonstrationCaptcha
from examples.flask_app.logs import RouteLog

_KEYRING = "keyring.txt"
_SESSION_KEY = "session-key.txt"


@contextmanager
def build(folder: Path, origin: str, desk: Desk) -> Generator[Flask]:
    """The site on the files of `folder`, which is made when it is not there; its database is closed at the end."""
    for made in (folder, folder / "documents"):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(folder / _KEYRING, f"demo:{Keyring.new_key()}")
    _keep(folder / _SESSION_KEY, secrets.token_urlsafe(48))
    with closing(SqlStore(f"sqlite:///{folder / 'demo.sqlite3'}")) as store:
        store.upgrade()
        yield _site(folder, origin, desk, store)


def _site(folder: Path, origin: str, desk: Desk, store: SqlStore) -> Flask:
    mailbox = Mailbox()
    policy = Policy.tutorial()
    # The agency's test identities are the only numbers that a demonstration should see.
    policy = replace(policy, registration=replace(policy.registration, accept_test_numbers=True))
    keys = Keyring.from_file(folder / _KEYRING)
    auth = Auth(
        store=store,
        keys=keys,
        site=Site(name="Entr'Actes", origin=origin, support_email="support@example.fr"),
        messengers={Channel.SMS: mailbox, Channel.EMAIL: mailbox},
        documents=FilesystemDocuments(folder / "documents"),
        limits=SqlLimits(store, keys),
        captcha=DemonstrationCaptcha(),
        policy=policy,
    )
    # A site of some size runs these two all the time, beside the server; here, once at each start:
    # what a stop in mid-air left in the outbox, and what was abandoned.
    auth.run(outbox.deliver())
    auth.run(expiry.expire())
    session_key = (folder / _SESSION_KEY).read_text(encoding="ascii").strip()
    return create_app(auth, secret_key=session_key, desk=desk, mailbox=mailbox, secure_cookies=False)


def _keep(path: Path, fresh: str) -> None:
    """Write `fresh` unless the file is there already; readable by its owner only, from the start."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh + "\n")


def main() -> None:
    """Read the options, build, say where to look, serve."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.flask_app", description="The demonstration site."
    )
    parser.add_argument(
        "--data", type=Path, default=Path("demo-data"), help="folder of its files (%(default)s)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port (%(default)s)")
    options = parser.parse_args()
    origin = f"http://{options.host}:{options.port}"
    password = secrets.token_urlsafe(16)
    desk = Desk(reviewer=Reviewer("demo", "Camille"), username="equipe", password=Secret(password))
    with build(options.data, origin, desk) as app:
        print(f"Site                            {origin}/", flush=True)
        print(f"Téléphone et boîte aux lettres  {origin}/demo/boite", flush=True)
        print(f"Espace de l'équipe              {origin}/equipe   equipe / {password}", flush=True)
        run_simple(options.host, options.port, app, threaded=True, request_handler=RouteLog)


if __name__ == "__main__":
    main()
