"""What the site writes to its log: the route, never the path, since the path of a page can be a secret link.

A server's own request log holds whole paths, and outlives the links in it. Turn it off in production
(gunicorn and waitress have it off at first; nginx needs a `log_format` without `$request`), or give it
the route, as `RouteLog` does for werkzeug's server.
"""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Final, TypeAlias

from flask import Flask, request
from typing_extensions import override
from werkzeug.serving import WSGIRequestHandler

__all__ = ["RouteLog", "SecretiveFlask", "name_the_route"]

_ROUTE: Final = "examples.route"
_NOWHERE: Final = "-"  # no route of ours: it may be a link that was mistyped

_ErrorInfo: TypeAlias = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


def name_the_route() -> None:
    """Tell the server which route the request has, such as `/confirmation/<token>`. Runs before every request."""
    request.environ[_ROUTE] = _route()


class RouteLog(WSGIRequestHandler):
    """Werkzeug's handler, with method, route and status in its log."""

    @override
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line for each request."""
        environ = getattr(self, "environ", {})  # absent when the request could not be read
        method = str(environ.get("REQUEST_METHOD", ""))
        # The asker may write anything there; control characters would forge lines or colour the terminal.
        shown = method if method in {"GET", "HEAD", "OPTIONS", "POST"} else _NOWHERE
        self.log("info", "%s %s %s", shown, environ.get(_ROUTE, _NOWHERE), code)

    @override
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not HTTP with the standard phrase: `message` quotes the request line, and the link in it."""
        super().send_error(code)


class SecretiveFlask(Flask):
    """Flask that logs an unexpected error without the path, and without the text of the error."""

    @override
    def log_exception(self, exc_info: _ErrorInfo) -> None:
        """The route, the kind of each error of the chain, and where it was raised.

        The texts are left out: those of other libraries quote the value that they could not take.
        """
        self.logger.error("%s %s failed\n%s", request.method, _route(), _outline(exc_info[1]))


def _route() -> str:
    return _NOWHERE if request.url_rule is None else request.url_rule.rule


def _outline(error: BaseException | None) -> str:
    parts: list[str] = []
    while error is not None:
        parts.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
        parts.extend(traceback.format_tb(error.__traceback__))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(parts)
