"""The home page, with its three audiences, and the choice of language."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.records.kinds import Locale
from examples.flask_app.rendering import render
from examples.flask_app.sessions import set_locale

__all__ = ["choose_language", "home"]

home = Blueprint("home", __name__)


@home.get("/")
def index() -> Response:
    """Professionnel de santé, Établissement de santé, Acteur médicosocial."""
    return render("home.html")


def choose_language() -> AnyResponse | None:
    """`?langue=fr` or `?langue=en` on any page: keep it in the session, and show the page without it.

    Runs before every request. The way back is the rule's own address and not the path that came
    in: `//elsewhere.example/` is a path too, and as a redirect it would leave the site.
    """
    chosen = request.args.get("langue")
    if request.method != "GET" or request.url_rule is None or chosen not in set(Locale):
        return None
    set_locale(Locale(chosen))
    arguments = [pair for pair in request.args.items(multi=True) if pair[0] != "langue"]
    path = current_app.url_for(request.endpoint or "home.index", **(request.view_args or {}))
    return redirect(f"{path}?{urlencode(arguments)}" if arguments else path)
