"""The bug: a code accepted twice. A second click must not show an error, so its answer is remembered."""

from __future__ import annotations

from typing import Any

from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response

from entractes_auth.testing import World
from examples.property_tests import site

__all__ = ["build"]


def build(world: World) -> Flask:
    """The site, with a memory of what was answered to a ticket and its code."""
    app = site.build(world)
    verify: Any = app.view_functions["pages.verify"]
    answered: dict[tuple[str, str], dict[str, Any]] = {}

    def verify_or_remember() -> Response:
        asked = (session.get("ticket", ""), request.form.get("code", ""))
        if asked in answered:
            session.clear()
            session.update(answered[asked])
            return redirect("/espace", 303)
        response: Response = verify()
        answered[asked] = dict(session)
        return response

    app.view_functions["pages.verify"] = verify_or_remember
    return app
