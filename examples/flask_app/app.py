"""The application factory: takes a ready `Auth`, so that tests and other hosts bring their own."""

from __future__ import annotations

from typing import Final

from flask import Flask, request

from entractes_auth import Auth
from entractes_auth.backends.clock import Clock
from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.system import SystemClock
from examples.flask_app.backoffice import backoffice
from examples.flask_app.confirmation import confirmation
from examples.flask_app.demo import demo
from examples.flask_app.failures import handle_failures
from examples.flask_app.home import choose_language, home
from examples.flask_app.host import EXTENSION, Desk, Host, host
from examples.flask_app.logs import SecretiveFlask, name_the_route
from examples.flask_app.recovery import recovery
from examples.flask_app.security import protect
from examples.flask_app.sign_in import sign_in
from examples.flask_app.wizard import wizard
from examples.pages import STATIC, TEMPLATES

__all__ = ["create_app"]

_BESIDE_THE_FILE_BYTES: Final = 256 * 1024  # the other fields of the form that carries a document
_HEAVY_PHOTO: Final = 4  # times what a document may weigh: what the newest phones make


def create_app(
    auth: Auth,
    *,
    secret_key: str,
    desk: Desk,
    mailbox: Mailbox | None = None,
    clock: Clock | None = None,
    secure_cookies: bool = True,
) -> Flask:
    """Build the site.

    `secret_key` signs the session cookie: at least 32 random bytes, the same in every process.
    `mailbox` opens the demonstration's side page: leave it out where real people sign up.
    `clock` is the one that `auth` was given, if any. `secure_cookies` is False on http loopback only.
    The host of the site's addresses is that of `auth.site.origin`, and no other but loopback is answered;
    a proxy in front must pass it on, and is declared by wrapping `app.wsgi_app` in werkzeug's `ProxyFix`
    (see `host.network`).
    """
    app = SecretiveFlask(
        __name__, template_folder=str(TEMPLATES), static_folder=str(STATIC), static_url_path="/static"
    )
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        # Any other Host is refused: a page elsewhere could have its own name lead to this machine (DNS
        # rebinding) and would then read what is here, the demonstration's mailbox first.
        TRUSTED_HOSTS=[auth.site.sms_domain, "localhost", "127.0.0.1"],
        # Slightly above one document: the rest is refused before it is read.
        MAX_CONTENT_LENGTH=auth.policy.documents.maximum_bytes + _BESIDE_THE_FILE_BYTES,
        MAX_FORM_MEMORY_SIZE=_BESIDE_THE_FILE_BYTES,
        MAX_FORM_PARTS=100,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[EXTENSION] = Host(auth=auth, clock=clock or SystemClock(), desk=desk, mailbox=mailbox)
    app.before_request(name_the_route)
    app.before_request(_read_heavy_photos)
    protect(app, secure_cookies=secure_cookies)
    handle_failures(app)
    app.before_request(choose_language)
    for blueprint in (home, wizard, confirmation, sign_in, recovery, backoffice):
        app.register_blueprint(blueprint)
    if mailbox is not None:
        app.register_blueprint(demo)
    return app


def _read_heavy_photos() -> None:
    """In the wizard, read a photo that is too heavy all the same: it is refused at its field, and what was
    typed beside it is shown again. Nowhere else, and no more than `_HEAVY_PHOTO`: it fills the disk meanwhile.
    """
    if request.endpoint == "wizard.save":
        accepted = host().auth.policy.documents.maximum_bytes
        request.max_content_length = _HEAVY_PHOTO * accepted + _BESIDE_THE_FILE_BYTES
