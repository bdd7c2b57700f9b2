"""Connexion, Validation d'authentification, the signed-in home, and signing out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.errors import (
    CaptchaRefused,
    CodeRefused,
    InvalidInput,
    LinkRefused,
    NotFound,
    SignInRefused,
)
from entractes_auth.flows import account, login
from entractes_auth.records.kinds import AccountState, Channel
from entractes_auth.texts import explain_error
from examples.flask_app import codes, device_cookie, sessions
from examples.flask_app.forms import CLEAN, Form, one_error, with_problems
from examples.flask_app.host import host, network, run
from examples.flask_app.rendering import render, say

__all__ = ["sign_in"]

sign_in = Blueprint("sign_in", __name__)


@sign_in.get("/connexion")
def password() -> Response:
    """Identifiant, Mot de passe."""
    return _show_password()


@sign_in.post("/connexion")
def check_password() -> AnyResponse:
    """Check both; a right password only leads to the code.

    The refusal shows nothing of what was typed: the page is the same, byte for byte, whether the
    identifier exists or not.
    """
    language = sessions.locale()
    identifier = request.form.get("identifier", "")
    answer = request.form.get("captcha", "")
    try:
        opened = run(
            login.begin(
                identifier,
                request.form.get("password", ""),
                captcha=answer,
                network=network(),
                devices=device_cookie.jar(),
            )
        )
    except InvalidInput as error:
        return _show_password(with_problems(error.problems, language, {"identifier": identifier}))
    except CaptchaRefused as error:
        return _show_password(
            one_error("captcha", explain_error(error, language), {"identifier": identifier})
        )
    except SignInRefused as error:
        return _show_password(one_error("identifier", explain_error(error, language)))
    sessions.set_ticket(opened.ticket)
    return redirect(url_for("sign_in.second_factor"))


@sign_in.get("/connexion/validation")
def second_factor() -> Response:
    """Choose e-mail or SMS; then type the code."""
    return _show_code()


@sign_in.post("/connexion/validation/envoi")
def send() -> AnyResponse:
    """Send a code by the chosen channel."""
    channel = request.form.get("channel", "")
    if channel not in set(Channel):
        return _show_code(one_error("channel", say("verify.choose.missing")))
    run(login.send_code(sessions.ticket(), Channel(channel)))
    return redirect(url_for("sign_in.second_factor"))


@sign_in.post("/connexion/validation")
def verify() -> AnyResponse:
    """Je valide & me connecte."""
    try:
        code = request.form.get("code", "")
        signed_in = run(login.verify(sessions.ticket(), code=code, devices=device_cookie.jar()))
    except (CodeRefused, InvalidInput) as error:
        return _show_code(codes.refused(error))
    sessions.open_member(signed_in.account_id, signed_in.password_serial)
    sessions.set_locale(signed_in.locale)
    return device_cookie.keep(redirect(url_for("sign_in.member")), signed_in.devices)


@sign_in.get("/espace")
def member() -> AnyResponse:
    """The signed-in home. The account is read again each time: a suspended member is out at once, and so
    is a session that an earlier password opened."""
    account_id = sessions.member_id()
    if account_id is None:
        return redirect(url_for("sign_in.password"))
    try:
        profile = run(account.profile(account_id))
    except NotFound:
        profile = None
    if (
        profile is None
        or profile.state is not AccountState.ACTIVE
        or profile.password_serial != sessions.password_serial()
    ):
        sessions.end()
        return redirect(url_for("sign_in.password"))
    return render("member.html", profile=profile)


@sign_in.post("/deconnexion")
def sign_out() -> AnyResponse:
    """Forget the session."""
    sessions.end()
    flash("member.signed_out")
    return redirect(url_for("sign_in.password"))


@sign_in.errorhandler(LinkRefused)
def over(_error: LinkRefused) -> AnyResponse:
    """The ticket of the password expired or was used: start again.

    Unless it was used in this browser, by a second click or a page that was gone back to.
    """
    if sessions.member_id() is not None:
        return redirect(url_for("sign_in.member"))
    sessions.end()
    flash("login.over", "wait")
    return redirect(url_for("sign_in.password"))


def _show_password(form: Form = CLEAN) -> Response:
    policy = host().auth.policy
    return render(
        "login.html",
        422 if form.errors else 200,
        form=form,
        captcha=policy.captcha,
        identifier_digits=policy.credentials.identifier_digits,
        password_digits=policy.credentials.password_digits,
    )


def _show_code(form: Form = CLEAN) -> Response:
    ticket = sessions.ticket()
    choices = run(login.open(ticket)).choices
    page = run(login.open_code(ticket))
    chosen = page.channel or Channel.SMS
    shown = Form(values={"channel": chosen.value}, errors=form.errors, summary=form.summary)
    return codes.show("verify.html", page if page.sent else None, form=shown, values={"choices": choices})
