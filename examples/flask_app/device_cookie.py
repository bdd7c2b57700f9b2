"""The cookie that says on which device which members signed in. It outlives the session and the sign-out.

It opens nothing: it only keeps what strangers do at the sign-in page from keeping this device out. For
the same reason it needs no consent: CNIL, délibération 2020-091, exempts what protects the
authentication itself.
"""

from __future__ import annotations

from typing import Final

from flask import current_app, request
from werkzeug.wrappers import Response

from entractes_auth.redact import Secret
from examples.flask_app.host import host

__all__ = ["jar", "keep"]

_NAME: Final = "devices"


def jar() -> str:
    """What the browser sent; "" when it sent none."""
    return request.cookies.get(_name(), "")


def keep(response: Response, devices: Secret) -> Response:
    """Send the new jar along. No script reads it, and no other site's form brings it here."""
    response.set_cookie(
        _name(),
        devices.reveal(),
        max_age=host().auth.policy.devices.lifetime,
        secure=_over_https(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _name() -> str:
    """Over HTTPS with the prefix that lets no neighbouring subdomain plant one."""
    return f"__Host-{_NAME}" if _over_https() else _NAME


def _over_https() -> bool:
    return current_app.config["SESSION_COOKIE_SECURE"] is True
