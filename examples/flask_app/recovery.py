"""Mot de passe oublié: a link by e-mail, then a code by SMS, then a new password by SMS."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.errors import CaptchaRefused, CodeRefused, InvalidInput
from entractes_auth.flows import recovery as flows
from entractes_auth.texts import explain_error
from examples.flask_app import codes, device_cookie
from examples.flask_app.forms import CLEAN, Form, one_error, with_problems
from examples.flask_app.host import host, network, run
from examples.flask_app.rendering import notice, render, say
from examples.flask_app.sessions import locale

__all__ = ["recovery"]

recovery = Blueprint("recovery", __name__)


@recovery.get("/mot-de-passe-oublie")
def ask() -> Response:
    """Ask for the e-mail."""
    return _show()


@recovery.post("/mot-de-passe-oublie")
def begin() -> AnyResponse:
    """The same answer for every address: what it is good for is told in the mailbox only."""
    email, answer = request.form.get("email", ""), request.form.get("captcha", "")
    try:
        run(
            flows.begin(
                email, captcha=answer, network=network(), devices=device_cookie.jar(), locale=locale()
            )
        )
    except InvalidInput as error:
        return _show(with_problems(error.problems, locale(), {"email": email}))
    except CaptchaRefused as error:
        return _show(one_error("captcha", explain_error(error, locale()), {"email": email}))
    return redirect(url_for("recovery.sent"))


@recovery.get("/mot-de-passe-oublie/envoye")
def sent() -> Response:
    """Look at your e-mail."""
    return notice("recovery_sent", look="wait", links=[(url_for("sign_in.password"), say("recovery.back"))])


@recovery.get("/recuperation/<token>")
def page(token: str) -> Response:
    """The page behind the link. Nothing is sent by opening it."""
    return _show_code(token)


@recovery.post("/recuperation/<token>/code")
def send(token: str) -> AnyResponse:
    """Recevoir le code par SMS."""
    run(flows.send_code(token, network=network()))
    return redirect(url_for("recovery.page", token=token))


@recovery.post("/recuperation/<token>")
def complete(token: str) -> AnyResponse:
    """Both channels are proved: a new password leaves."""
    try:
        run(flows.complete(token, code=request.form.get("code", "")))
    except (CodeRefused, InvalidInput) as error:
        return _show_code(token, codes.refused(error))
    return redirect(url_for("recovery.recovered"))


@recovery.get("/mot-de-passe-oublie/termine")
def recovered() -> Response:
    """The new password is on its way."""
    return notice("recovered", look="success", links=[(url_for("sign_in.password"), say("nav.sign_in"))])


def _show(form: Form = CLEAN) -> Response:
    status = 422 if form.errors else 200
    return render("recovery.html", status, form=form, captcha=host().auth.policy.captcha)


def _show_code(token: str, form: Form = CLEAN) -> Response:
    return codes.show("recovery_code.html", run(flows.open(token)), form=form, values={"token": token})
