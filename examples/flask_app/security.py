"""Cookies, CSRF and headers: what every response of the site carries, set in one place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

__all__ = ["protect"]

# No script at all, ours included: an injected one does not run. Everything else comes from this site.
_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Paths hold secret links: no other site ever learns one. `no-referrer` would also blank the
    # Origin of our own forms, by which CSRF protections (this one on https, and Django's) know them.
    "Referrer-Policy": "same-origin",
}

_TWO_YEARS_SECONDS: Final = 63_072_000


def protect(app: Flask, *, secure_cookies: bool) -> None:
    """Set cookies, CSRF and headers. `secure_cookies` is False on plain http only, that is on loopback.

    The `__Host-` prefix has the browser refuse the cookie from a subdomain or over http, so that
    nobody can plant a session, and with it a CSRF token, of their own.
    """
    app.config.from_mapping(
        SESSION_COOKIE_NAME="__Host-session" if secure_cookies else "session",
        SESSION_COOKIE_SECURE=secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # The longest that a form may stay open; sign-ins end much earlier (see `sessions`).
        PERMANENT_SESSION_LIFETIME=timedelta(hours=24),
        # The token lives as long as the session: a nurse who is called away keeps the form.
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf: Any = CSRFProtect()
    csrf.init_app(app)

    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            # Pages hold names, numbers and links: neither a shared computer nor a proxy keeps them.
            response.headers["Cache-Control"] = "no-store"
        if secure_cookies:
            response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS_SECONDS}; includeSubDomains"
        return response

    app.after_request(add_headers)
