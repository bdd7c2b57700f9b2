"""The host under test: sign-in with two factors, and one page for members.

A route reads the form, runs a flow, keeps what the flow gave in the session. It counts nothing, compares
nothing and stores nothing: that is what the flows are for. The suite runs on this site and finds no bug.
"""

from __future__ import annotations

from typing import Final, TypeVar, cast

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth import Auth, Flow
from entractes_auth.errors import AuthError, Limited
from entractes_auth.flows import account, login
from entractes_auth.networks import network_of
from entractes_auth.records.kinds import AccountState, Channel, Locale
from entractes_auth.testing import World
from entractes_auth.texts import explain_error

__all__ = ["build", "create_app"]

DEVICES: Final = "__Host-devices"  # by this cookie a browser keeps budgets of its own, session or not

T = TypeVar("T")
pages = Blueprint("pages", __name__)


def build(world: World) -> Flask:
    """The site on the ports of a test. The bugs in `planted/` have a function of the same shape."""
    return create_app(world.auth, secret_key="of these tests, and of no site that people reach")


def create_app(auth: Auth, *, secret_key: str) -> Flask:
    """The site. `secret_key` signs the session cookie."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["entractes_auth"] = auth
    app.register_blueprint(pages)
    return app


@pages.before_request
def only_from_our_own_pages() -> None:
    """No other site's page posts here with a member's cookie (CSRF)."""
    if request.method == "POST" and request.headers.get("Origin") != _auth().site.origin:
        abort(403)


@pages.post("/connexion")
def sign_in() -> AnyResponse:
    """Identifier and password: good for a ticket."""
    typed, devices = request.form, request.cookies.get(DEVICES, "")
    identifier, password = typed.get("identifier", ""), typed.get("password", "")
    page = _run(login.begin(identifier, password, network=_network(), devices=devices))
    session.clear()  # who begins anew is not in any more
    session["ticket"] = page.ticket.reveal()
    return redirect("/connexion/validation", 303)


@pages.post("/connexion/validation/envoi")
def send_code() -> AnyResponse:
    """A code, the first one or another."""
    channel = Channel.EMAIL if request.form.get("channel") == "email" else Channel.SMS
    _run(login.send_code(session.get("ticket", ""), channel))
    return redirect("/connexion/validation", 303)


@pages.post("/connexion/validation")
def verify() -> AnyResponse:
    """The code: opens the session."""
    ticket, devices = session.get("ticket", ""), request.cookies.get(DEVICES, "")
    member = _run(login.verify(ticket, code=request.form.get("code", ""), devices=devices))
    session.clear()  # nothing of before survives the sign-in
    session.update(account_id=member.account_id, serial=member.password_serial)
    response = redirect("/espace", 303)
    lasts = _auth().policy.devices.lifetime
    response.set_cookie(
        DEVICES, member.devices.reveal(), max_age=lasts, secure=True, httponly=True, samesite="Lax"
    )
    return response


@pages.get("/espace")
def members_page() -> AnyResponse:
    """For members, while their password is the one that they signed in with."""
    if "account_id" not in session:
        return redirect("/connexion", 303)
    member = _run(account.profile(session["account_id"]))
    if member.state is not AccountState.ACTIVE or member.password_serial != session["serial"]:
        session.clear()
        return redirect("/connexion", 303)
    return Response(f"Bonjour {member.first_name}", mimetype="text/plain")


@pages.errorhandler(AuthError)
def refused(error: AuthError) -> AnyResponse:
    """The package's own sentence for each refusal."""
    status = 429 if isinstance(error, Limited) else 422
    return Response(explain_error(error, Locale.FR), status, mimetype="text/plain")


def _auth() -> Auth:
    return cast("Auth", current_app.extensions["entractes_auth"])


def _run(flow: Flow[T]) -> T:
    return _auth().run(flow)


def _network() -> str:
    """Who asks, for the budgets."""
    return network_of(request.remote_addr or "")
