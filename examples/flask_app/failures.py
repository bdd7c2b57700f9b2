"""What a visitor sees of each error: one page each, with the status that says it to machines."""

from __future__ import annotations

import math
import sys
from datetime import timedelta
from typing import Final

from flask import Flask, Response, current_app, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, SecurityError

from entractes_auth.errors import Conflict, Limited, LinkRefused, NotFound, NotPossibleNow, StoreUnavailable
from entractes_auth.texts import explain_error
from examples.flask_app.host import host
from examples.flask_app.rendering import notice, say, way_back
from examples.flask_app.sessions import locale

__all__ = ["handle_failures", "too_large", "was_refused_unread"]

_DRAINED_BYTES: Final = 512 * 1024 * 1024
_A_MOMENT_SECONDS: Final = 60
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
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(SecurityError, _foreign_host)
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
    seconds = max(1, math.ceil((error.retry_at - now) / timedelta(seconds=1)))
    if seconds <= _A_MOMENT_SECONDS:
        # Most often the pause before another code: nobody has tried too much.
        again = say("too_soon.text", time=say("time.seconds", number=seconds))
        page = notice("too_soon", 429, look="wait", detail=again, links=_back())
    else:
        page = notice(
            "limited", 429, look="wait", detail=explain_error(error, locale(), now=now), links=_back()
        )
    page.headers["Retry-After"] = str(seconds)
    return page


def _unavailable(_error: StoreUnavailable) -> Response:
    page = notice("unavailable", 503, look="error")
    page.headers["Retry-After"] = "60"
    return page


def _not_now(_error: Exception) -> Response:
    return notice("not_now", 409, look="wait", links=_back())


def _not_found(_error: Exception) -> Response:
    return notice("not_found", 404)


def too_large(_error: RequestEntityTooLarge) -> Response:
    """What was sent is larger than anything that the site takes."""
    _drain()
    return notice("too_large", 413, look="error", links=_back())


def was_refused_unread() -> bool:
    """Whether the request announced more bytes than the site takes, so that nothing of it was read."""
    announced, maximum = request.content_length, request.max_content_length
    return announced is not None and maximum is not None and announced > maximum


def _csrf(_error: Exception) -> Response:
    return notice("csrf", 400, look="error", links=_back())


def _foreign_host(_error: SecurityError) -> Response:
    # Without a host of ours no address can be built, and so no page of ours.
    return Response("400\n", 400, content_type="text/plain; charset=utf-8")


def _other(error: HTTPException) -> HTTPException | Response:
    if error.code is None or error.code < 400:
        return error  # a redirect
    key = "failure" if error.code >= 500 else "bad_request"
    # An address that only takes forms is opened where a page of ours was loaded again after a refusal.
    links = _back() if isinstance(error, MethodNotAllowed) else None
    page = notice(key, error.code, look="error", links=links)
    # What the protocol asks for beside the status, such as Allow with 405.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            page.headers[name] = value
    return page


def _failure(_error: Exception) -> Response:
    current_app.log_exception(sys.exc_info())
    return notice("failure", 500, look="error")


def _back() -> list[tuple[str, str]]:
    return [(way_back(), say("go.back"))]


def _drain() -> None:
    """Read and drop a body that was refused for its size.

    A server that closes while the browser is still sending makes it show "connection reset"
    in place of our page. Only a body of which nothing was read: of another one nobody knows how much
    is left, and to read more than that is to wait for ever. A bound, for the same reason.
    """
    left = min(request.content_length or 0, _DRAINED_BYTES) if was_refused_unread() else 0
    stream = request.environ["wsgi.input"]
    while left > 0:
        chunk: bytes = stream.read(min(left, _CHUNK_BYTES))
        if not chunk:
            return
        left -= len(chunk)
