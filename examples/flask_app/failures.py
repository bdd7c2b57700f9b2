"""What a visitor sees of each error: one page each, with the status that says it to machines."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from flask import Flask, Response, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from entractes_auth.errors import Conflict, Limited, LinkRefused, NotFound, NotPossibleNow, StoreUnavailable
from examples.flask_app.forms import told
from examples.flask_app.host import host
from examples.flask_app.rendering import notice, say, way_back
from examples.flask_app.sessions import locale

__all__ = ["drain", "handle_failures"]

_DRAINED_BYTES: Final = 512 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024


def handle_failures(app: Flask) -> None:
    """Register the pages. A blueprint may say more for its own pages."""
    app.register_error_handler(LinkRefused, _link_refused)
    app.register_error_handler(Limited, _limited)
    app.register_error_handler(StoreUnavailable, _unavailable)
    app.register_error_handler(Conflict, _not_now)
    app.register_error_handler(NotPossibleNow, _not_now)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _other)
    app.register_error_handler(Exception, _failure)


def _link_refused(_error: LinkRefused) -> Response:
    # 410 for every one of them: whether the link was ever good is not told.
    links = [
        (url_for("home.index"), say("go.home")),
        (url_for("recovery.ask"), say("login.forgotten")),
    ]
    return notice("link_refused", 410, look="wait", links=links)


def _limited(error: Limited) -> Response:
    now = host().clock.now()
    page = notice(
        "limited",
        429,
        look="wait",
        detail=told(error, locale(), now=now),
        links=[(way_back(), say("go.back"))],
    )
    seconds = math.ceil((error.retry_at - now) / timedelta(seconds=1))
    page.headers["Retry-After"] = str(max(1, seconds))
    return page


def _unavailable(_error: StoreUnavailable) -> Response:
    page = notice("unavailable", 503, look="error")
    page.headers["Retry-After"] = "60"
    return page


def _not_now(_error: Exception) -> Response:
    return notice("not_now", 409, look="wait")


def _not_found(_error: Exception) -> Response:
    return notice("not_found", 404)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    drain()
    return notice("too_large", 413, look="error")


def _csrf(_error: Exception) -> Response:
    return notice("csrf", 400, look="error")


def _other(error: HTTPException) -> HTTPException | Response:
    if error.code is None or error.code < 400:
        return error  # a redirect
    key = "failure" if error.code >= 500 else "not_found"
    page = notice(key, error.code, look="error")
    # What the protocol asks for beside the status, such as Allow with 405.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            page.headers[name] = value
    return page


def _failure(error: Exception) -> Response:
    from flask import current_app

    # Logged with its trace, whose text is ours: the package's errors and records hold no personal data.
    current_app.logger.error("a request failed", exc_info=error)
    return notice("failure", 500, look="error")


def drain() -> None:
    """Read and drop a body that was refused for its size.

    A server that closes while the browser is still sending makes it show "connection reset"
    in place of our page. A bound, so that nobody holds a thread for ever.
    """
    stream = request.environ["wsgi.input"]
    left = min(int(request.environ.get("CONTENT_LENGTH") or 0), _DRAINED_BYTES)
    while left > 0:
        chunk: bytes = stream.read(min(left, _CHUNK_BYTES))
        if not chunk:
            return
        left -= len(chunk)
