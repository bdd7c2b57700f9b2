"""The host under test: sign-in with two factors, and one page for members.

A route reads the form, runs a flow, keeps what the flow gave in the session. It counts nothing, compares
nothing and stores nothing: that is what the flows are for. The suite runs on this site and finds no bug.
"""

from __future__ import annotations

from flask import Flask, Response, abort, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth import Auth
from entractes_auth.errors import AuthError, Limited
from entractes_auth.flows import account, login
from entractes_auth.networks import network_of
from entractes_auth.records.kinds import AccountState, Channel, Locale
from entractes_auth.testing import World
from entractes_auth.texts import explain_error

__all__ = ["SECRET_KEY", "build", "create_app"]

SECRET_KEY = "of these tests, and of no site that people reach"


def build(world: World) -> Flask:
    """The site on the ports of a test. The bugs in `planted/` have a function of the same shape."""
    return create_app(world.auth, secret_key=SECRET_KEY)


def create_app(auth: Auth, *, secret_key: str) -> Flask:
    """The site. `secret_key` signs the session cookie."""
    app = Flask(__name__)
    app.extensions["entractes_auth"] = auth
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )

    @app.before_request
    def only_from_our_own_pages() -> None:
        """Nobody else's page posts here with a member's cookie (CSRF)."""
        if request.method == "POST" and request.headers.get("Origin") != auth.site.origin:
            abort(403)

    @app.post("/connexion")
    def sign_in() -> AnyResponse:
        typed = request.form
        page = auth.run(
            login.begin(typed.get("identifier", ""), typed.get("password", ""), network=network())
        )
        session.clear()  # who begins anew is not in any more
        session["ticket"] = page.ticket.reveal()
        return redirect("/connexion/validation", 303)

    @app.post("/connexion/validation/envoi")
    def send_code() -> AnyResponse:
        channel = Channel.EMAIL if request.form.get("channel") == "email" else Channel.SMS
        auth.run(login.send_code(session.get("ticket", ""), channel, network=network()))
        return redirect("/connexion/validation", 303)

    @app.post("/connexion/validation")
    def verify() -> AnyResponse:
        member = auth.run(login.verify(session.get("ticket", ""), code=request.form.get("code", "")))
        session.clear()  # nothing of before survives the sign-in
        session.update(account_id=member.account_id, serial=member.password_serial)
        return redirect("/espace", 303)

    @app.get("/espace")
    def members_page() -> AnyResponse:
        if "account_id" not in session:
            return redirect("/connexion", 303)
        member = auth.run(account.profile(session["account_id"]))
        if member.state is not AccountState.ACTIVE or member.password_serial != session["serial"]:
            session.clear()
            return redirect("/connexion", 303)
        return Response(f"Bonjour {member.first_name}", mimetype="text/plain")

    @app.errorhandler(AuthError)
    def refused(error: AuthError) -> AnyResponse:
        status = 429 if isinstance(error, Limited) else 422
        return Response(explain_error(error, Locale.FR), status, mimetype="text/plain")

    return app


def network() -> str:
    """Who asks, for the budgets."""
    return network_of(request.remote_addr or "")
