"""The page behind the e-mail's link: the code from the SMS proves phone and e-mail together."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from entractes_auth.errors import CodeRefused, InvalidInput, LinkRefused, NotPossibleNow
from entractes_auth.flows import confirmation as flows
from examples.flask_app import codes
from examples.flask_app.forms import CLEAN, Form
from examples.flask_app.host import network, run
from examples.flask_app.rendering import render

__all__ = ["confirmation"]

confirmation = Blueprint("confirmation", __name__)


@confirmation.get("/confirmation/<token>")
def page(token: str) -> Response:
    """Show the code field. Nothing is sent or changed: mail scanners open links."""
    return _show(token)


@confirmation.post("/confirmation/<token>")
def confirm(token: str) -> AnyResponse:
    """Judge the code."""
    try:
        run(flows.confirm(token, code=request.form.get("code", "")))
    except (CodeRefused, InvalidInput) as error:
        return _show(token, codes.refused(error))
    except NotPossibleNow:
        # Withdrawn meanwhile, say: the link is over, as any other that is.
        raise LinkRefused from None
    return redirect(url_for("confirmation.done"))


@confirmation.post("/confirmation/<token>/nouveau-code")
def resend(token: str) -> AnyResponse:
    """Send another code to the same phone."""
    run(flows.resend(token, network=network()))
    flash("code.resent")
    return redirect(url_for("confirmation.page", token=token))


@confirmation.get("/en-cours-de-verification")
def done() -> Response:
    """Both contacts are proved; a human looks at it. The same for everyone: no link, no name."""
    return render("under_review.html", token="")


def _show(token: str, form: Form = CLEAN) -> Response:
    return codes.show("confirmation.html", run(flows.open(token)), form=form, values={"token": token})
